import { crc64 } from "../crc64";
import { ruleToHeaders } from "../../store/encryption-rule";
import { nameEncoder } from "../object-lists";
import { readRange } from "../object-headers";
import { readObjectAcl } from "../acl";
import { checkOverwrite, checksummed, objectSettings, uploadedHeaders } from "../object-upload";
import { bucketOf, isoTime, objectKey, readData, xmlAnswer, type Call, type Operation } from "../operation";
import type { ErrorName } from "../../errors/error-codes";
import { OssError } from "../../errors/oss-error";
import type { Part, Upload } from "../../store/store";
import { parseXml } from "../../requests/xml";
import { copySource, sourceHeader } from "./copy";
import { randomBytes, createHash } from "node:crypto";

const mostParts = 10_000;

/** Decides how the object will be encrypted. */
export const initiateMultipartUpload: Operation = {
  name: "InitiateMultipartUpload",
  method: "POST",
  on: "object",
  subresource: "uploads",
  action: "oss:PutObject",
  encrypts: true,
  handle(call) {
    const bucket = bucketOf(call);
    const key = objectKey(call);
    const encode = nameEncoder(call.request.query);
    const id = randomBytes(16).toString("hex").toUpperCase();
    const settings = objectSettings(call, bucket);
    const sequential = call.request.query.has("sequential");
    const initiated = new Date(call.now);
    bucket.uploads.set(id, { id, key, initiated, parts: new Map(), sequential, ...settings });
    const result = {
      EncodingType: call.request.query.get("encoding-type"),
      Bucket: bucket.name,
      Key: encode(key),
      UploadId: id,
    };
    return xmlAnswer({ InitiateMultipartUploadResult: result }, ruleToHeaders(settings.encryption));
  },
};

export const uploadPart: Operation = {
  name: "UploadPart",
  method: "PUT",
  on: "object",
  subresource: "uploadId",
  action: "oss:PutObject",
  async handle(call) {
    const { upload, number } = findPartNumber(call, "NoSuchUploadForPart");
    if (upload.sequential && number > upload.parts.size + 1) throw new OssError("PartNotSequential");
    const part = checksummed(await readData(call), call.now);
    upload.parts.set(number, part);
    return { status: 200, headers: { "content-md5": part.md5, ...partHeaders(upload, part) } };
  },
};

export const uploadPartCopy: Operation = {
  name: "UploadPartCopy",
  method: "PUT",
  on: "object",
  subresource: "uploadId",
  header: "x-oss-copy-source",
  action: "oss:PutObject",
  handle(call) {
    const { upload, number } = findPartNumber(call, "NoSuchUploadForPartCopy");
    const source = copySource(call);
    const { data } = source.object;
    const range = readRange(call.request.headers["x-oss-copy-source-range"]?.toString(), data.length, true);
    const [first, last] = range ?? [0, data.length - 1];
    if (last - first + 1 > call.store.free) throw new OssError("EntityTooLarge");
    const part = checksummed(data.subarray(first, last + 1), call.now);
    upload.parts.set(number, part);
    return xmlAnswer(
      { CopyPartResult: { LastModified: isoTime(part.lastModified), ETag: part.etag } },
      { ...sourceHeader(source), ...partHeaders(upload, part) },
    );
  },
};

export const abortMultipartUpload: Operation = {
  name: "AbortMultipartUpload",
  method: "DELETE",
  on: "object",
  subresource: "uploadId",
  handle(call) {
    bucketOf(call).uploads.delete(findUpload(call).id);
    return { status: 204 };
  },
};

/** @throws OssError NoSuchUpload, also for an upload of another key; its number depends on the operation */
export function findUpload(call: Call, missing: ErrorName = "NoSuchUpload"): Upload {
  const { query, key } = call.request;
  const upload = bucketOf(call).uploads.get(query.get("uploadId") ?? "");
  if (upload?.key !== key || upload === undefined) throw new OssError(missing);
  return upload;
}

function findPartNumber(call: Call, missing: ErrorName): { upload: Upload; number: number } {
  const text = call.request.query.get("partNumber") ?? "";
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > mostParts) {
    throw new OssError("InvalidArgument", { ArgumentName: "partNumber", ArgumentValue: text });
  }
  return { upload: findUpload(call, missing), number };
}

function partHeaders({ encryption }: Upload, { etag, crc64 }: Part) {
  return { etag, "x-oss-hash-crc64ecma": crc64, ...ruleToHeaders(encryption) };
}

const longestBody = 2 * 1024 ** 2;
const leastPartSize = 100 * 1024;

/** Joins the parts that the request lists, or all of them with `x-oss-complete-all: yes`. */
export const completeMultipartUpload: Operation = {
  name: "CompleteMultipartUpload",
  method: "POST",
  on: "object",
  subresource: "uploadId",
  action: "oss:PutObject",
  async handle(call) {
    const bucket = bucketOf(call);
    const upload = findUpload(call);
    const { id, key, encryption, headers, storageClass, acl, tags } = upload;
    const encode = nameEncoder(call.request.query);
    checkOverwrite(call, bucket, key);
    const parts = await chosenParts(call, upload);
    if (parts.slice(0, -1).some(({ data }) => data.length < leastPartSize)) {
      throw new OssError("EntityTooSmall");
    }
    call.store.checkKey(encryption);

    const data = Buffer.concat(parts.map((part) => part.data));
    const md5 = createHash("md5").update(parts.map(({ etag }) => etag.slice(1, -1)).join(""));
    const etag = `"${md5.digest("hex").toUpperCase()}-${parts.length}"`;
    const checksum = crc64(data);
    const lastModified = new Date(call.now);
    bucket.uploads.delete(id);
    const whole = upload.sequential ? createHash("md5").update(data).digest("base64") : undefined;
    const content = { type: "Multipart", data, etag, crc64: checksum, md5: whole, lastModified } as const;
    const ownAcl = readObjectAcl(call.request.headers) ?? acl;
    const settings = { headers, storageClass, encryption, acl: ownAcl, tags };
    const object = bucket.objects.put(key, { ...content, ...settings }, bucket.versioning);
    const result = {
      Location: `http://${call.request.host}/${encodeURIComponent(key)}`,
      EncodingType: call.request.query.get("encoding-type"),
      Bucket: bucket.name,
      Key: encode(key),
      ETag: etag,
    };
    return xmlAnswer({ CompleteMultipartUploadResult: result }, { etag, ...uploadedHeaders(bucket, object) });
  },
};

async function chosenParts({ request, body }: Call, { parts }: Upload): Promise<Part[]> {
  if (request.headers["x-oss-complete-all"] === "yes") {
    if ((await body.text(longestBody)) !== "") throw new OssError("PartsListedTwice");
    return [...parts].sort(([a], [b]) => a - b).map(([, part]) => part);
  }
  const text = await body.text(longestBody);
  const listed = text === "" ? [] : parseXml(text, "CompleteMultipartUpload").all("Part");
  let previous = 0;
  return listed.map((element) => {
    const number = Number(element.text("PartNumber"));
    if (!(number > previous)) throw new OssError("InvalidPartOrder");
    previous = number;
    const part = parts.get(number);
    if (
      part?.etag.slice(1, -1) !== element.text("ETag")?.replaceAll('"', "").toUpperCase() ||
      part === undefined
    ) {
      throw new OssError("InvalidPart", { PartNumber: number });
    }
    return part;
  });
}
