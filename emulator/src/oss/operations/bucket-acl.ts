import { aclToXml, readBucketAcl } from "../acl";
import { makeBucket } from "../make-bucket";
import { bucketOf, xmlAnswer, type Operation } from "../operation";
import { OssError } from "../../errors/oss-error";

export const getBucketAcl: Operation = {
  name: "GetBucketAcl",
  method: "GET",
  on: "bucket",
  subresource: "acl",
  handle(call) {
    const { owner, acl } = bucketOf(call);
    return xmlAnswer(aclToXml(owner, acl));
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
    const acl = readBucketAcl(call.request.headers);
    if (acl === undefined) throw new OssError("InvalidArgument", { ArgumentName: "x-oss-acl" });
    const bucket = call.store.buckets.get(call.request.bucket ?? "") ?? makeBucket(call);
    bucket.acl = acl;
    return { status: 200, headers: { location: `/${bucket.name}` } };
  },
};
