import { listPage, nameEncoder, readListQuery } from "../object-lists";
import { bucketOf, xmlAnswer, type Operation } from "../operation";
import type { Bucket, StoredObject } from "../../store/store";

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
    const { entries, commonPrefixes, isTruncated, next } = listPage(bucket.objects, asked);
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
        Contents: entries.map(([key, object]) => describe(encode(key), object, bucket, true)),
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
    const token = query.get("continuation-token");
    const asked = readListQuery(query, "start-after");
    const after = token === undefined ? asked.after : Buffer.from(token, "base64").toString();
    const { entries, commonPrefixes, isTruncated, next } = listPage(bucket.objects, { ...asked, after });
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
        NextContinuationToken: isTruncated ? Buffer.from(next).toString("base64") : undefined,
        Contents: entries.map(([key, object]) => describe(encode(key), object, bucket, withOwner)),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
        KeyCount: entries.length + commonPrefixes.length,
      },
    });
  },
};

/** The listing that clean-up code asks for; every object has the one version "null". */
export const listObjectVersions: Operation = {
  name: "ListObjectVersions",
  method: "GET",
  on: "bucket",
  subresource: "versions",
  openTo: readers,
  handle(call) {
    const { query } = call.request;
    const bucket = bucketOf(call);
    const encode = nameEncoder(query);
    const asked = readListQuery(query, "key-marker");
    const { entries, commonPrefixes, isTruncated, next } = listPage(bucket.objects, asked);
    return xmlAnswer({
      ListVersionsResult: {
        Name: bucket.name,
        Prefix: encode(asked.prefix),
        KeyMarker: encode(asked.after),
        VersionIdMarker: "",
        MaxKeys: asked.maxKeys,
        Delimiter: encode(asked.delimiter),
        EncodingType: query.get("encoding-type"),
        IsTruncated: isTruncated,
        NextKeyMarker: isTruncated ? encode(next) : undefined,
        NextVersionIdMarker: isTruncated ? "null" : undefined,
        Version: entries.map(([key, object]) => ({
          VersionId: "null",
          IsLatest: true,
          ...describe(encode(key), object, bucket, true),
        })),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      },
    });
  },
};

function describe(key: string, object: StoredObject, { owner }: Bucket, withOwner: boolean) {
  return {
    Key: key,
    LastModified: object.lastModified.toISOString(),
    ETag: object.etag,
    Type: object.type,
    Size: object.data.length,
    StorageClass: object.storageClass,
    Owner: withOwner ? { ID: owner, DisplayName: owner } : undefined,
  };
}
