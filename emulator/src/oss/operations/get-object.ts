import { checkConditions, objectHeaders, readRange } from "../object-headers";
import { findObject, type Operation } from "../operation";

export const getObject: Operation = {
  name: "GetObject",
  method: "GET",
  on: "object",
  openTo: ["public-read", "public-read-write"],
  handle(call) {
    const { headers, query } = call.request;
    const object = findObject(call);
    checkConditions(object, headers);
    call.store.checkKey(object.encryption);
    const { data } = object;
    const range = readRange(headers.range, data.length, headers["x-oss-range-behavior"] === "standard");
    const described = objectHeaders(object, query);
    if (range === undefined) return { status: 200, headers: described, body: data };
    const [first, last] = range;
    const contentRange = { "content-range": `bytes ${first}-${last}/${data.length}` };
    return { status: 206, headers: { ...described, ...contentRange }, body: data.subarray(first, last + 1) };
  },
};
