import { checkConditions, objectHeaders } from "../object-headers";
import { findObject, type Operation } from "../operation";

export const headObject: Operation = {
  name: "HeadObject",
  method: "HEAD",
  on: "object",
  action: "oss:GetObject",
  openTo: ["public-read", "public-read-write"],
  handle(call) {
    const object = findObject(call);
    checkConditions(object, call.request.headers);
    return {
      status: 200,
      headers: { ...objectHeaders(object, call.request.query), "content-length": object.data.length },
    };
  },
};

/** Only size, ETag and date. */
export const getObjectMeta: Operation = {
  name: "GetObjectMeta",
  method: "HEAD",
  on: "object",
  subresource: "objectMeta",
  action: "oss:GetObject",
  openTo: ["public-read", "public-read-write"],
  handle(call) {
    const { etag, lastModified, crc64, data } = findObject(call);
    return {
      status: 200,
      headers: {
        etag,
        "last-modified": lastModified.toUTCString(),
        "x-oss-hash-crc64ecma": crc64,
        "content-length": data.length,
      },
    };
  },
};
