export { BucketEncryption, type BucketEncryptionArgs } from "./program/bucket-encryption";
export {
  getBucketEncryption,
  getBucketEncryptionOutput,
  type GetBucketEncryptionArgs,
} from "./program/get-bucket-encryption";
export { parseRules } from "./program/parse-rules";
export type { EncryptionRule, KmsDataEncryption, SseAlgorithm } from "./rule/rule";
