/** OSS bucket encryption without Pulumi: what the command line is built on. */
export { Connections, type ConnectionsOptions } from "./connection";
export {
  ConfigurationError,
  KmsCallError,
  NotConvergedError,
  OssCallError,
  OssEncryptionError,
  type CallFailure,
} from "./errors";
export type { KmsClient } from "./kms-client";
export { OssClient } from "./oss-client";
export { OssInventory } from "./oss-inventory";
export type { Clock } from "./retry";
export {
  describe,
  differences,
  normalForm,
  ruleFailures,
  sameRule,
  type EncryptionRule,
  type Failure,
} from "./rule";
export type { Target } from "./settings";
export { isNotFound } from "./signed-calls";
export type { Lookup } from "./sources";
export { providerText } from "./state-form";
export type { ListedBucket } from "./wire-lists";
