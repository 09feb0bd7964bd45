import { ruleToXml } from "../encryption-rule";
import { bucketOf, xmlAnswer, type Operation } from "../operation";
import { OssError } from "../oss-error";

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
