import { OssError } from "../../errors/oss-error";
import type { StoredObject } from "../../store/object-versions";
import type { Bucket } from "../../store/store";
import { checkConditions } from "../object-headers";
import { checkOverwrite, objectSettings, uploadedHeaders } from "../object-upload";
import {
  bucketOf,
  decodeArgument,
  findVersion,
  isoTime,
  objectKey,
  xmlAnswer,
  type Call,
  type Operation,
} from "../operation";
import { checkReadable } from "./restore";
import { followLink } from "./symlink";

/** What a copy is made of. */
export interface CopySource {
  bucket: Bucket;
  key: string;
  object: StoredObject;
}

/** Encrypts the copy as if it were uploaded: how the source is encrypted plays no part. */
export const copyObject: Operation = {
  name: "CopyObject",
  method: "PUT",
  on: "object",
  header: "x-oss-copy-source",
  action: "oss:PutObject",
  encrypts: true,
  handle(call) {
    const source = copySource(call);
    const bucket = bucketOf(call);
    const key = objectKey(call);
    checkOverwrite(call, bucket, key);
    const settings = objectSettings(call, bucket);
    const replaces = (directive: string) =>
      call.request.headers[directive]?.toString().toUpperCase() === "REPLACE";
    const ontoItself = source.bucket === bucket && source.key === key;
    const { type, data, etag, crc64, md5, headers, tags } = source.object;
    if (data.length > call.store.free) throw new OssError("EntityTooLarge");
    const copiedHeaders = () => {
      if (replaces("x-oss-metadata-directive")) return settings.headers;
      const { "content-type": type = "", ...given } = settings.headers;
      const kept = call.request.headers["content-type"] === undefined ? headers["content-type"] : type;
      return ontoItself ? { ...given, "content-type": kept ?? type } : headers;
    };
    const lastModified = new Date(call.now);
    const copy = {
      type: type === "Appendable" ? "Normal" : type,
      data,
      etag,
      crc64,
      md5,
      lastModified,
      ...settings,
      headers: copiedHeaders(),
      tags: replaces("x-oss-tagging-directive") ? settings.tags : tags,
    };
    const object = bucket.objects.put(key, copy, bucket.versioning);
    return xmlAnswer(
      { CopyObjectResult: { LastModified: isoTime(lastModified), ETag: etag } },
      { ...sourceHeader(source), ...uploadedHeaders(bucket, object) },
    );
  },
};

/** The object that `x-oss-copy-source` names, as `/bucket/key` with the key percent-encoded; its conditions are checked. */
export function copySource(call: Call): CopySource {
  const { headers } = call.request;
  const text = headers["x-oss-copy-source"]?.toString() ?? "";
  const [, name, encoded, query = ""] = /^\/?([^/]+)\/([^?]+)(?:\?(.*))?$/.exec(text) ?? [];
  const argument = { ArgumentName: "x-oss-copy-source", ArgumentValue: text };
  if (name === undefined || encoded === undefined) throw new OssError("InvalidArgument", argument);
  const bucket = call.store.bucket(name);
  const key = decodeArgument(encoded.replaceAll("+", " "), argument); // the Go SDK writes spaces like a form does
  call.authorizeRead(name, key);
  const id = new URLSearchParams(query).get("versionId") ?? undefined;
  const object = followLink(findVersion(bucket, key, id), bucket);
  checkConditions(object, headers, "x-oss-copy-source-");
  checkReadable(object, call.now);
  call.store.checkKey(object.encryption);
  return { bucket, key, object };
}

/** Which version was copied, once the versioning of its bucket was set. */
export function sourceHeader({ bucket, object }: CopySource) {
  return bucket.versioning && { "x-oss-copy-source-version-id": object.versionId };
}
