import { encryptionHeaders } from "../../store/encryption-rule";
import { readObjectAcl } from "../acl";
import { checksummed, objectSettings, uploadedHeaders } from "../object-upload";
import { bucketOf, objectKey, readData, type Operation } from "../operation";
import { OssError } from "../../errors/oss-error";
import type { StoredObject } from "../../store/object-versions";

/** Adds to the end of an object, or makes one that can be added to. The first piece decides how it is encrypted. */
export const appendObject: Operation = {
  name: "AppendObject",
  method: "POST",
  on: "object",
  subresource: "append",
  action: "oss:PutObject",
  encrypts: true,
  async handle(call) {
    const bucket = bucketOf(call);
    const key = objectKey(call);
    const { headers, query } = call.request;
    if (headers[encryptionHeaders.keyId]) {
      throw new OssError("InvalidArgument", { ArgumentName: encryptionHeaders.keyId });
    }
    const addition = await readData(call);

    const before = bucket.objects.current(key);
    checkPosition(query.get("position") ?? "", before);
    const settings = before
      ? { ...before, acl: readObjectAcl(call.request.headers) ?? before.acl }
      : objectSettings(call, bucket);
    call.store.checkKey(settings.encryption);
    const content = checksummed(Buffer.concat([before?.data ?? Buffer.alloc(0), addition]), call.now);
    const object = { ...settings, type: "Appendable", ...content, md5: undefined } as const;
    const stored =
      before === undefined ? bucket.objects.put(key, object, bucket.versioning) : { ...before, ...object };
    if (before !== undefined) bucket.objects.replace(key, stored);
    return {
      status: 200,
      headers: {
        etag: content.etag,
        "x-oss-next-append-position": content.data.length,
        ...uploadedHeaders(bucket, stored),
      },
    };
  },
};

function checkPosition(text: string, before: StoredObject | undefined): void {
  if (!/^\d{1,15}$/.test(text)) {
    throw new OssError("InvalidArgument", { ArgumentName: "position", ArgumentValue: text });
  }
  if (before && before.type !== "Appendable") throw new OssError("ObjectNotAppendable");
  const length = before?.data.length ?? 0;
  if (Number(text) === length) return;
  const error = new OssError("PositionNotEqualToLength");
  error.headers = { "x-oss-next-append-position": length };
  throw error;
}
