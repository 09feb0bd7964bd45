import { bucketOf, type Operation } from "../operation";

/** Also succeeds where there is no rule. */
export const deleteBucketEncryption: Operation = {
  name: "DeleteBucketEncryption",
  method: "DELETE",
  on: "bucket",
  subresource: "encryption",
  handle(call) {
    call.writeRule(bucketOf(call), undefined);
    return { status: 204 };
  },
};
