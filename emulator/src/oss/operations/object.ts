import { objectEncryption, ruleToHeaders } from "../../store/encryption-rule";
import { checksummed, keptHeaders, checkConditions, objectHeaders, readRange } from "../object-headers";
import { bucketOf, objectKey, readData, type Call, type Operation, findObject } from "../operation";
import { OssError } from "../../errors/oss-error";
import type { Bucket } from "../../store/store";

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
    checkOverwrite(call, bucket, key);
    const settings = objectSettings(call, bucket);
    const content = checksummed(await readData(call), call.now);
    bucket.objects.set(key, { type: "Normal", ...content, ...settings });
    return {
      status: 200,
      headers: {
        etag: content.etag,
        "content-md5": Buffer.from(content.etag.slice(1, -1), "hex").toString("base64"),
        "x-oss-hash-crc64ecma": content.crc64,
        ...ruleToHeaders(settings.encryption),
      },
    };
  },
};

/** What an upload, a copy or the start of a multipart upload says about the object to be. */
export function objectSettings({ request: { headers }, store }: Call, bucket: Bucket) {
  const encryption = objectEncryption(headers) ?? bucket.encryption.latest;
  store.checkKey(encryption);
  const storageClass = headers["x-oss-storage-class"]?.toString() ?? bucket.storageClass;
  return { encryption, storageClass, headers: keptHeaders(headers) };
}

/** @throws OssError FileAlreadyExists where the request forbids to overwrite */
export function checkOverwrite({ request: { headers } }: Call, { objects }: Bucket, key: string): void {
  if (headers["x-oss-forbid-overwrite"] === "true" && objects.has(key)) {
    throw new OssError("FileAlreadyExists");
  }
}

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

/** Also succeeds where there is no such object. */
export const deleteObject: Operation = {
  name: "DeleteObject",
  method: "DELETE",
  on: "object",
  openTo: ["public-read-write"],
  handle(call) {
    bucketOf(call).objects.delete(call.request.key ?? "");
    return { status: 204 };
  },
};
