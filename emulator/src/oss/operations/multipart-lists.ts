import { listPage, nameEncoder, readListQuery } from "../object-lists";
import { bucketOf, isoTime, xmlAnswer, type Operation } from "../operation";
import { findUpload } from "./multipart-upload";

export const listMultipartUploads: Operation = {
  name: "ListMultipartUploads",
  method: "GET",
  on: "bucket",
  subresource: "uploads",
  handle(call) {
    const { query } = call.request;
    const bucket = bucketOf(call);
    const encode = nameEncoder(query);
    const asked = readListQuery(
      new Map([...query, ["max-keys", query.get("max-uploads") ?? "1000"]]),
      "key-marker",
    );
    const uploads = [...bucket.uploads.values()].map((upload) => [upload.key, upload, upload.id] as const);
    const afterRank = query.get("upload-id-marker") || undefined;
    const { entries, commonPrefixes, isTruncated, next, last } = listPage(uploads, { ...asked, afterRank });
    return xmlAnswer({
      ListMultipartUploadsResult: {
        Bucket: bucket.name,
        EncodingType: query.get("encoding-type"),
        KeyMarker: encode(asked.after),
        UploadIdMarker: query.get("upload-id-marker") ?? "",
        NextKeyMarker: isTruncated ? encode(next) : "",
        NextUploadIdMarker: isTruncated ? (last?.id ?? "") : "",
        Delimiter: encode(asked.delimiter),
        Prefix: encode(asked.prefix),
        MaxUploads: asked.maxKeys,
        IsTruncated: isTruncated,
        Upload: entries.map(([, { key, id, initiated }]) => ({
          Key: encode(key),
          UploadId: id,
          Initiated: isoTime(initiated),
        })),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      },
    });
  },
};

export const listParts: Operation = {
  name: "ListParts",
  method: "GET",
  on: "object",
  subresource: "uploadId",
  handle(call) {
    const { query } = call.request;
    const { id, key, parts, storageClass } = findUpload(call);
    const encode = nameEncoder(query);
    const marker = Number(query.get("part-number-marker") ?? 0);
    const maxParts = Math.min(Number(query.get("max-parts") ?? 1000), 1000);
    const later = [...parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b);
    const page = later.slice(0, maxParts);
    return xmlAnswer({
      ListPartsResult: {
        EncodingType: query.get("encoding-type"),
        Bucket: bucketOf(call).name,
        Key: encode(key),
        UploadId: id,
        StorageClass: storageClass,
        PartNumberMarker: marker,
        NextPartNumberMarker: page.at(-1)?.[0] ?? 0,
        MaxParts: maxParts,
        IsTruncated: later.length > page.length,
        Part: page.map(([number, { lastModified, etag, data, crc64 }]) => ({
          PartNumber: number,
          LastModified: isoTime(lastModified),
          ETag: etag,
          HashCrc64ecma: crc64,
          Size: data.length,
        })),
      },
    });
  },
};
