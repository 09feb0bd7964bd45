import { OssError } from "../../errors/oss-error";
import type { StoredObject } from "../../store/object-versions";
import type { Bucket } from "../../store/store";
import { checkOverwrite, checksummed, objectSettings } from "../object-upload";
import { bucketOf, decodeArgument, findObject, objectKey, versionHeader, type Operation } from "../operation";

const targetHeader = "x-oss-symlink-target";

/** Makes an object that stands for another one, which needn't exist. */
export const putSymlink: Operation = {
  name: "PutSymlink",
  method: "PUT",
  on: "object",
  subresource: "symlink",
  action: "oss:PutObject",
  handle(call) {
    const bucket = bucketOf(call);
    const key = objectKey(call);
    const target = decode(call.request.headers[targetHeader]?.toString() ?? "");
    checkOverwrite(call, bucket, key);
    const content = checksummed(Buffer.alloc(0), call.now);
    const settings = objectSettings(call, bucket);
    const link = { type: "Symlink", target, ...content, ...settings, encryption: undefined } as const;
    const object = bucket.objects.put(key, link, bucket.versioning);
    return { status: 200, headers: { etag: content.etag, ...versionHeader(bucket, object) } };
  },
};

export const getSymlink: Operation = {
  name: "GetSymlink",
  method: "GET",
  on: "object",
  subresource: "symlink",
  action: "oss:GetObject",
  handle(call) {
    const object = findObject(call);
    const { target, etag, lastModified } = object;
    if (target === undefined) throw new OssError("NotSymlink");
    return {
      status: 200,
      headers: {
        [targetHeader]: encodeURIComponent(target),
        etag,
        "last-modified": lastModified.toUTCString(),
        ...versionHeader(bucketOf(call), object),
      },
    };
  },
};

/** What a read of this object reads. @throws OssError where a link names nothing, or another link */
export function followLink(object: StoredObject, bucket: Bucket): StoredObject {
  if (object.target === undefined) return object;
  const target = bucket.objects.current(object.target);
  if (target === undefined) throw new OssError("SymlinkTargetNotExist");
  if (target.type === "Symlink") throw new OssError("InvalidTargetType");
  return target;
}

function decode(text: string): string {
  const argument = { ArgumentName: targetHeader, ArgumentValue: text };
  if (text === "") throw new OssError("InvalidArgument", argument);
  return decodeArgument(text, argument);
}
