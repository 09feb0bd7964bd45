import { ruleFromXml } from "../encryption-rule";
import { bucketOf, type Operation } from "../operation";

/** Replaces the whole rule: nothing of an earlier one is merged. The key is not validated. */
export const putBucketEncryption: Operation = {
  name: "PutBucketEncryption",
  method: "PUT",
  on: "bucket",
  subresource: "encryption",
  async handle(call) {
    call.writeRule(bucketOf(call), ruleFromXml(await call.body.text()));
    return { status: 200 };
  },
};
