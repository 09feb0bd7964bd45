import { bucketOf, xmlAnswer, type Operation } from "../operation";
import { readBucketTags, tagsToXml } from "../tags";

export const getBucketTags: Operation = {
  name: "GetBucketTags",
  method: "GET",
  on: "bucket",
  subresource: "tagging",
  action: "oss:GetBucketTagging",
  handle: (call) => xmlAnswer(tagsToXml(bucketOf(call).tags)),
};

/** Replaces all tags. */
export const putBucketTags: Operation = {
  name: "PutBucketTags",
  method: "PUT",
  on: "bucket",
  subresource: "tagging",
  action: "oss:PutBucketTagging",
  async handle(call) {
    bucketOf(call).tags = readBucketTags(await call.body.text());
    return { status: 200 };
  },
};

/** Removes the tags whose keys the parameter lists, or all of them. */
export const deleteBucketTags: Operation = {
  name: "DeleteBucketTags",
  method: "DELETE",
  on: "bucket",
  subresource: "tagging",
  action: "oss:DeleteBucketTagging",
  handle(call) {
    const bucket = bucketOf(call);
    const keys = call.request.query.get("tagging");
    bucket.tags = new Map([...bucket.tags].filter(([key]) => keys && !keys.split(",").includes(key)));
    return { status: 204 };
  },
};
