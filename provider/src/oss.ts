import { AccountConnections, providerConnections } from "./account-connections";
import { describeRule, normalRule, ruleDifferences } from "./rule/rule";
import { dynamicResourceType } from "./state-contract";

/** OSS bucket encryption without Pulumi: what the command line is built on. */
export { AccountConnections, providerConnections };
export { isDefaultProviderName, type ProviderName } from "./plugin/provider-config";
export { importId, type ImportTarget } from "./plugin/resource-id";
export type { ConnectionsOptions } from "./connections";
export {
  isNotFound,
  ConfigurationError,
  KmsCallError,
  NotConvergedError,
  OssCallError,
  OssEncryptionError,
  StsCallError,
  type CallFailure,
} from "./errors";
export type { KmsClient } from "./rpc/kms-client";
export type { CallerIdentity } from "./rpc/sts-client";
export { OssClient } from "./oss/client";
export { OssInventory } from "./oss/inventory";
export type { Clock } from "./net/retry";
export {
  describeRule,
  describeUnknownElements,
  normalRule,
  ruleDifferences,
  ruleFailures,
  sameRule,
  unknownValue,
  type EncryptionRule,
  type LiveRule,
} from "./rule/rule";
export type { Target } from "./settings/settings";
export { printable } from "./printable";
export type { Lookup } from "./settings/lookups";
export { pluginResourceType, providerText, resourceTypes } from "./state-contract";
export { dynamicResourceType };
export type { ListedBucket, ObjectVersion } from "./oss/wire-lists";

/** @deprecated Use {@link describeRule}. */
export const describe = describeRule;
/** @deprecated Use {@link ruleDifferences}. */
export const differences = ruleDifferences;
/** @deprecated Use {@link normalRule}. */
export const normalForm = normalRule;
/** @deprecated Use {@link AccountConnections}. */
export const Connections = AccountConnections;
/** @deprecated Use {@link AccountConnections}. */
export type Connections = AccountConnections;
/** @deprecated Use {@link dynamicResourceType}. */
export const resourceType = dynamicResourceType;
