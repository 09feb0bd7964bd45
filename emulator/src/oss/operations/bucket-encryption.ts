import { ruleFromXml, ruleToXml } from "../../store/encryption-rule";
import { bucketOf, type Operation, xmlAnswer } from "../operation";
import { OssError } from "../../errors/oss-error";

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

export const getBucketEncryption: Operation = {
  name: "GetBucketEncryption",
  method: "GET",
  on: "bucket",
  subresource: "encryption",
  handle(call) {
    const bucket = bucketOf(call);
    const rule = call.readRule(bucket);
    if (rule === undefined) throw new OssError("NoSuchServerSideEncryptionRule", { BucketName: bucket.name });
    return xmlAnswer(ruleToXml(rule));
  },
};

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
