import { ruleToHeaders } from "../../store/encryption-rule";
import { checkConditions } from "../object-headers";
import { bucketOf, objectKey, xmlAnswer, type Call, type Operation } from "../operation";
import { OssError } from "../../errors/oss-error";
import type { StoredObject } from "../../store/store";
import { checkOverwrite, objectSettings } from "./object";

/** Encrypts the copy as if it were uploaded: how the source is encrypted plays no part. */
export const copyObject: Operation = {
  name: "CopyObject",
  method: "PUT",
  on: "object",
  header: "x-oss-copy-source",
  action: "oss:PutObject",
  encrypts: true,
  handle(call) {
    const { headers } = call.request;
    const source = copySource(call);
    const bucket = bucketOf(call);
    const key = objectKey(call);
    checkOverwrite(call, bucket, key);
    const settings = objectSettings(call, bucket);
    const replaced = headers["x-oss-metadata-directive"]?.toString().toUpperCase() === "REPLACE";
    const { type, data, etag, crc64 } = source;
    if (data.length > call.store.free) throw new OssError("EntityTooLarge");
    const lastModified = new Date(call.now);
    bucket.objects.set(key, {
      ...{ type: type === "Appendable" ? "Normal" : type, data, etag, crc64, lastModified },
      ...settings,
      headers: replaced ? settings.headers : source.headers,
    });
    const answer = xmlAnswer({ CopyObjectResult: { LastModified: lastModified.toISOString(), ETag: etag } });
    const extra = { "x-oss-hash-crc64ecma": crc64, ...ruleToHeaders(settings.encryption) };
    return { ...answer, headers: { ...answer.headers, ...extra } };
  },
};

/** The object that `x-oss-copy-source` names, as `/bucket/key` with the key percent-encoded; its conditions are checked. */
export function copySource(call: Call): StoredObject {
  const { headers } = call.request;
  const text = headers["x-oss-copy-source"]?.toString() ?? "";
  const [, name, encoded] = /^\/?([^/]+)\/([^?]+)/.exec(text) ?? [];
  const argument = { ArgumentName: "x-oss-copy-source", ArgumentValue: text };
  if (name === undefined || encoded === undefined) throw new OssError("InvalidArgument", argument);
  const bucket = call.store.bucket(name);
  if (bucket.owner !== call.identity?.account) throw new OssError("ForeignBucket", { BucketName: name });
  const source = bucket.objects.get(decode(encoded, argument));
  if (source === undefined) throw new OssError("NoSuchKey", { Key: encoded });
  checkConditions(source, headers, "x-oss-copy-source-");
  call.store.checkKey(source.encryption);
  return source;
}

function decode(text: string, argument: Record<string, string>): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " ")); // the Go SDK writes spaces like a form does
  } catch {
    throw new OssError("InvalidArgument", argument);
  }
}
