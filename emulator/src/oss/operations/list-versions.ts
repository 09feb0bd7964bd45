import type { Version } from "../../store/object-versions";
import type { Bucket } from "../../store/store";
import { listPage, nameEncoder, readListQuery, type ListItem } from "../object-lists";
import { bucketOf, isoTime, xmlAnswer, type Operation } from "../operation";
import { describeObject } from "./list-objects";

/** A version as listings order it: by key, the latest one first. */
interface Listed {
  version: Version;
  isLatest: boolean;
}

/** Every version of every object, delete markers too. */
export const listObjectVersions: Operation = {
  name: "ListObjectVersions",
  method: "GET",
  on: "bucket",
  subresource: "versions",
  openTo: ["public-read", "public-read-write"],
  handle(call) {
    const { query } = call.request;
    const bucket = bucketOf(call);
    const encode = nameEncoder(query);
    const asked = readListQuery(query, "key-marker");
    const marker = query.get("version-id-marker") ?? "";
    const items = ranked(bucket);
    const [, , afterRank] =
      items.find(([key, { version }]) => key === asked.after && version.versionId === marker) ?? [];
    const { entries, commonPrefixes, isTruncated, next, last } = listPage(items, { ...asked, afterRank });
    const markers = entries.flatMap(([key, { version, isLatest }]) =>
      version.type === "DeleteMarker" ? [{ key, version, isLatest }] : [],
    );
    const objects = entries.flatMap(([key, { version, isLatest }]) =>
      version.type === "DeleteMarker" ? [] : [{ key, version, isLatest }],
    );
    return xmlAnswer({
      ListVersionsResult: {
        Name: bucket.name,
        Prefix: encode(asked.prefix),
        KeyMarker: encode(asked.after),
        VersionIdMarker: marker,
        MaxKeys: asked.maxKeys,
        Delimiter: encode(asked.delimiter),
        EncodingType: query.get("encoding-type"),
        IsTruncated: isTruncated,
        NextKeyMarker: isTruncated ? encode(next) : undefined,
        NextVersionIdMarker: isTruncated ? (last?.version.versionId ?? "") : undefined,
        DeleteMarker: markers.map(({ key, version, isLatest }) => ({
          Key: encode(key),
          VersionId: version.versionId,
          IsLatest: isLatest,
          LastModified: isoTime(version.lastModified),
          Owner: { ID: bucket.owner, DisplayName: bucket.owner },
        })),
        Version: objects.map(({ key, version, isLatest }) => ({
          VersionId: version.versionId,
          IsLatest: isLatest,
          ...describeObject(encode(key), version, bucket, call.now),
        })),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      },
    });
  },
};

function ranked({ objects }: Bucket): ListItem<Listed>[] {
  return [...objects.versions()].map(([key, version, isLatest], index) => [
    key,
    { version, isLatest },
    String(index).padStart(12, "0"), // the store gives the versions of a key from the latest to the oldest
  ]);
}
