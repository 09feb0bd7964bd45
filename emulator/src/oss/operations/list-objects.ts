import { listPage, nameEncoder, readListQuery } from "../object-lists";
import { OssError } from "../../errors/oss-error";
import type { StoredObject } from "../../store/object-versions";
import type { Bucket } from "../../store/store";
import { bucketOf, isoTime, xmlAnswer, type Operation } from "../operation";
import { restoreHeader } from "./restore";

const readers: Operation["openTo"] = ["public-read", "public-read-write"];

export const listObjects: Operation = {
  name: "ListObjects",
  method: "GET",
  on: "bucket",
  openTo: readers,
  handle(call) {
    const { query } = call.request;
    const bucket = bucketOf(call);
    const encode = nameEncoder(query);
    const asked = readListQuery(query, "marker");
    const { entries, commonPrefixes, isTruncated, next } = listPage(bucket.objects.objects(), asked);
    return xmlAnswer({
      ListBucketResult: {
        Name: bucket.name,
        Prefix: encode(asked.prefix),
        Marker: encode(asked.after),
        MaxKeys: asked.maxKeys,
        Delimiter: encode(asked.delimiter),
        EncodingType: query.get("encoding-type"),
        IsTruncated: isTruncated,
        NextMarker: isTruncated ? encode(next) : undefined,
        Contents: entries.map(([key, object]) => describeObject(encode(key), object, bucket, call.now)),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      },
    });
  },
};

export const listObjectsV2: Operation = {
  name: "ListObjectsV2",
  method: "GET",
  on: "bucket",
  subresource: "list-type",
  action: "oss:ListObjects",
  openTo: readers,
  handle(call) {
    const { query } = call.request;
    const bucket = bucketOf(call);
    const encode = nameEncoder(query);
    const token = query.get("continuation-token") || undefined;
    const asked = readListQuery(query, "start-after");
    const after = token === undefined ? asked.after : readToken(token);
    const { entries, commonPrefixes, isTruncated, next } = listPage(bucket.objects.objects(), {
      ...asked,
      after,
    });
    const withOwner = query.get("fetch-owner") === "true";
    return xmlAnswer({
      ListBucketResult: {
        Name: bucket.name,
        Prefix: encode(asked.prefix),
        StartAfter: query.has("start-after") ? encode(asked.after) : undefined,
        ContinuationToken: token,
        MaxKeys: asked.maxKeys,
        Delimiter: encode(asked.delimiter),
        EncodingType: query.get("encoding-type"),
        IsTruncated: isTruncated,
        NextContinuationToken: isTruncated ? newToken(next) : undefined,
        Contents: entries.map(([key, object]) =>
          describeObject(encode(key), object, withOwner ? bucket : undefined, call.now),
        ),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
        KeyCount: entries.length + commonPrefixes.length,
      },
    });
  },
};

const tokenMark = "after:";

function newToken(next: string): string {
  return Buffer.from(tokenMark + next).toString("base64");
}

/** @throws OssError InvalidArgument for a token that no listing gave out */
function readToken(token: string): string {
  const text = Buffer.from(token, "base64").toString();
  if (newToken(text.slice(tokenMark.length)) === token) return text.slice(tokenMark.length);
  throw new OssError("InvalidArgument", { ArgumentName: "continuation-token", ArgumentValue: token });
}

/** An object in a listing, with its owner where its bucket is given. */
export function describeObject(key: string, object: StoredObject, bucket: Bucket | undefined, now: number) {
  return {
    Key: key,
    LastModified: isoTime(object.lastModified),
    ETag: object.etag,
    Type: object.type,
    Size: object.data.length,
    StorageClass: object.storageClass,
    Owner: bucket && { ID: bucket.owner, DisplayName: bucket.owner },
    RestoreInfo: restoreHeader(object, now)["x-oss-restore"]?.toString(),
  };
}
