import type { OutgoingHttpHeaders } from "node:http";
import { OssError } from "../../errors/oss-error";
import type { StoredObject } from "../../store/object-versions";
import { checkConditions, metadata, objectHeaders, readRange } from "../object-headers";
import { checkOverwrite, checksummed, objectSettings, uploadedHeaders } from "../object-upload";
import {
  bucketOf,
  checkVersionId,
  findObject,
  objectKey,
  readData,
  versionHeader,
  type Call,
  type Operation,
} from "../operation";
import { checkReadable, restoreHeader } from "./restore";
import { followLink } from "./symlink";

/** Encrypts with the object's own headers if there are any, with the bucket's rule otherwise. */
export const putObject: Operation = {
  name: "PutObject",
  method: "PUT",
  on: "object",
  encrypts: true,
  openTo: ["public-read-write"],
  async handle(call) {
    const bucket = bucketOf(call);
    const key = objectKey(call);
    if (call.request.headers["if-modified-since"] !== undefined) throw new OssError("NotImplemented");
    checkOverwrite(call, bucket, key);
    const settings = objectSettings(call, bucket);
    const content = checksummed(await readData(call), call.now);
    const object = bucket.objects.put(key, { type: "Normal", ...content, ...settings }, bucket.versioning);
    return {
      status: 200,
      headers: {
        etag: content.etag,
        "content-md5": content.md5,
        ...uploadedHeaders(bucket, object),
      },
    };
  },
};

export const getObject: Operation = {
  name: "GetObject",
  method: "GET",
  on: "object",
  openTo: ["public-read", "public-read-write"],
  handle(call) {
    const { headers } = call.request;
    const { object, described } = describe(call);
    checkReadable(object, call.now);
    call.store.checkKey(object.encryption);
    const { data } = object;
    const range = readRange(headers.range, data.length, headers["x-oss-range-behavior"] === "standard");
    if (range === undefined) return { status: 200, headers: described, body: data };
    const [first, last] = range;
    const contentRange = { "content-range": `bytes ${first}-${last}/${data.length}` };
    return { status: 206, headers: { ...described, ...contentRange }, body: data.subarray(first, last + 1) };
  },
};

export const headObject: Operation = {
  name: "HeadObject",
  method: "HEAD",
  on: "object",
  action: "oss:GetObject",
  openTo: ["public-read", "public-read-write"],
  handle(call) {
    const { object, described } = describe(call);
    return { status: 200, headers: { ...described, "content-length": object.data.length } };
  },
};

/** The object to be read, through a link if it is one, and what answers say about it. Conditions are checked. */
function describe(call: Call): { object: StoredObject; described: OutgoingHttpHeaders } {
  const { headers, query } = call.request;
  const bucket = bucketOf(call);
  const named = findObject(call);
  const object = followLink(named, bucket);
  checkConditions(object, headers);
  const described = {
    ...metadata(named), // a link has its own, beside that of its target
    ...objectHeaders(object, query),
    "x-oss-object-type": named.type,
    ...restoreHeader(object, call.now),
    ...versionHeader(bucket, named),
  };
  return { object, described };
}

/** Only size, ETag and date. */
export const getObjectMeta: Operation = {
  name: "GetObjectMeta",
  method: "HEAD",
  on: "object",
  subresource: "objectMeta",
  action: "oss:GetObject",
  openTo: ["public-read", "public-read-write"],
  handle(call) {
    const bucket = bucketOf(call);
    const named = findObject(call);
    const { etag, lastModified, crc64, data } = followLink(named, bucket);
    return {
      status: 200,
      headers: {
        etag,
        "last-modified": lastModified.toUTCString(),
        "x-oss-hash-crc64ecma": crc64,
        "content-length": data.length,
        ...versionHeader(bucket, named),
      },
    };
  },
};

/** Also succeeds where there is no such object. */
export const deleteObject: Operation = {
  name: "DeleteObject",
  method: "DELETE",
  on: "object",
  openTo: ["public-read-write"],
  handle(call) {
    const bucket = bucketOf(call);
    const { key = "", query } = call.request;
    const id = query.get("versionId");
    checkVersionId(id);
    const affected =
      id === undefined
        ? bucket.objects.delete(key, bucket.versioning, call.now)
        : bucket.objects.deleteVersion(key, id);
    const headers = {
      ...(affected && versionHeader(bucket, affected)),
      ...(id !== undefined && bucket.versioning && { "x-oss-version-id": id }),
      ...(affected?.type === "DeleteMarker" && { "x-oss-delete-marker": "true" }),
    };
    return { status: 204, headers };
  },
};
