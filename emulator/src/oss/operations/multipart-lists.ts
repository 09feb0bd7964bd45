import { listPage, nameEncoder, readListQuery } from "../object-lists";
import { bucketOf, xmlAnswer, type Operation } from "../operation";
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
    // Several uploads of one key are told apart by their id, behind a character that sorts before all others.
    const uploads = [...bucket.uploads.values()].map(
      (upload) => [`${upload.key}\0${upload.id}`, upload] as const,
    );
    const after = asked.after && `${asked.after}\0${query.get("upload-id-marker") ?? "\uffff"}`;
    const { entries, commonPrefixes, isTruncated } = listPage(uploads, { ...asked, after });
    const last = entries.at(-1)?.[1];
    return xmlAnswer({
      ListMultipartUploadsResult: {
        Bucket: bucket.name,
        EncodingType: query.get("encoding-type"),
        KeyMarker: encode(asked.after),
        UploadIdMarker: query.get("upload-id-marker") ?? "",
        NextKeyMarker: isTruncated ? encode(last?.key ?? "") : "",
        NextUploadIdMarker: isTruncated ? last?.id : "",
        Delimiter: encode(asked.delimiter),
        Prefix: encode(asked.prefix),
        MaxUploads: asked.maxKeys,
        IsTruncated: isTruncated,
        Upload: entries.map(([, { key, id, initiated }]) => ({
          Key: encode(key),
          UploadId: id,
          Initiated: initiated.toISOString(),
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
          LastModified: lastModified.toISOString(),
          ETag: etag,
          HashCrc64ecma: crc64,
          Size: data.length,
        })),
      },
    });
  },
};
