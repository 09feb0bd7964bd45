import { bucketOf, xmlAnswer, type Operation } from "../operation";
import { OssError } from "../../errors/oss-error";
import { parseXml } from "../../requests/xml";

const mostTags = 20;

export const getBucketTags: Operation = {
  name: "GetBucketTags",
  method: "GET",
  on: "bucket",
  subresource: "tagging",
  action: "oss:GetBucketTagging",
  handle(call) {
    const tags = [...bucketOf(call).tags].map(([Key, Value]) => ({ Key, Value }));
    return xmlAnswer({ Tagging: { TagSet: { Tag: tags } } });
  },
};

/** Replaces all tags. */
export const putBucketTags: Operation = {
  name: "PutBucketTags",
  method: "PUT",
  on: "bucket",
  subresource: "tagging",
  action: "oss:PutBucketTagging",
  async handle(call) {
    const tags =
      parseXml(await call.body.text(), "Tagging")
        .child("TagSet")
        ?.all("Tag") ?? [];
    const pairs = tags.map((tag) => [tag.text("Key") ?? "", tag.text("Value") ?? ""] as const);
    if (pairs.length > mostTags || pairs.some(([key]) => key === "")) throw new OssError("MalformedXML");
    bucketOf(call).tags = new Map(pairs);
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
