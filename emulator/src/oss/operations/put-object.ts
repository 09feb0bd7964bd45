import { objectEncryption, ruleToHeaders } from "../encryption-rule";
import { checksummed, keptHeaders } from "../object-headers";
import { bucketOf, objectKey, readData, type Call, type Operation } from "../operation";
import { OssError } from "../oss-error";
import type { Bucket } from "../store";

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
  if (headers["x-oss-forbid-overwrite"] === "true" && objects.has(key))
    throw new OssError("FileAlreadyExists");
}
