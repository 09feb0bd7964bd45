import { makeBucket } from "../make-bucket";
import { bucketOf, xmlAnswer, type Operation } from "../operation";
import { OssError } from "../../errors/oss-error";
import type { BucketAcl } from "../../store/object-versions";

export const getBucketAcl: Operation = {
  name: "GetBucketAcl",
  method: "GET",
  on: "bucket",
  subresource: "acl",
  handle(call) {
    const { owner, acl } = bucketOf(call);
    return xmlAnswer({
      AccessControlPolicy: { Owner: { ID: owner, DisplayName: owner }, AccessControlList: { Grant: acl } },
    });
  },
};

/** Makes the bucket where there is none. */
export const putBucketAcl: Operation = {
  name: "PutBucketAcl",
  method: "PUT",
  on: "bucket",
  subresource: "acl",
  makesMissingBucket: true,
  handle(call) {
    const acl = readAcl(call.request.headers["x-oss-acl"]?.toString());
    if (acl === undefined) throw new OssError("InvalidArgument", { ArgumentName: "x-oss-acl" });
    const bucket = call.store.buckets.get(call.request.bucket ?? "") ?? makeBucket(call);
    bucket.acl = acl;
    return { status: 200, headers: { location: `/${bucket.name}` } };
  },
};

/** @param text empty counts as absent: some clients always send the header. @throws OssError for what isn't an ACL */
export function readAcl(text = ""): BucketAcl | undefined {
  if (text === "") return undefined;
  if (text === "private" || text === "public-read" || text === "public-read-write") return text;
  const argument = { ArgumentName: "x-oss-acl", ArgumentValue: text };
  throw new OssError("InvalidArgument", argument, "no such bucket access control exists");
}
