import { createHash } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";
import { OssError } from "../errors/oss-error";
import { objectEncryption, ruleToHeaders } from "../store/encryption-rule";
import type { StoredObject } from "../store/object-versions";
import type { Bucket, ObjectSettings, Part } from "../store/store";
import { readObjectAcl } from "./acl";
import { crc64 } from "./crc64";
import { keptHeaders } from "./object-headers";
import { readTagHeader } from "./tags";
import { versionHeader, type Call } from "./operation";

/** What an upload, a copy or the start of a multipart upload says about the object to be. */
export function objectSettings({ request: { headers }, store }: Call, bucket: Bucket): ObjectSettings {
  const encryption = objectEncryption(headers) ?? bucket.encryption.latest;
  store.checkKey(encryption);
  return {
    encryption,
    storageClass: headers["x-oss-storage-class"]?.toString() ?? bucket.storageClass,
    headers: keptHeaders(headers),
    acl: readObjectAcl(headers) ?? "default",
    tags: readTagHeader(headers["x-oss-tagging"]?.toString()),
  };
}

/** @throws OssError FileAlreadyExists where the request forbids to overwrite */
export function checkOverwrite({ request: { headers } }: Call, { objects }: Bucket, key: string): void {
  if (headers["x-oss-forbid-overwrite"] === "true" && objects.current(key) !== undefined) {
    throw new OssError("FileAlreadyExists");
  }
}

/** Data with the checksums that OSS computes of it. */
export function checksummed(data: Buffer, now: number): Part {
  const md5 = createHash("md5").update(data).digest();
  const etag = `"${md5.toString("hex").toUpperCase()}"`;
  return { data, etag, crc64: crc64(data), md5: md5.toString("base64"), lastModified: new Date(now) };
}

/** What every answer to an upload says about the version that it has made. */
export function uploadedHeaders(bucket: Bucket, version: StoredObject): OutgoingHttpHeaders {
  return {
    "x-oss-hash-crc64ecma": version.crc64,
    ...versionHeader(bucket, version),
    ...ruleToHeaders(version.encryption),
  };
}
