export { BucketEncryption, type BucketEncryptionArgs } from "./bucket-encryption";
export {
  getBucketEncryption,
  getBucketEncryptionOutput,
  type GetBucketEncryptionArgs,
} from "./get-bucket-encryption";
export { parseRules } from "./parse-rules";
export type { EncryptionRule, KmsDataEncryption, SseAlgorithm } from "./rule";
