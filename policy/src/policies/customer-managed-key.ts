import { encryptionRulePolicy } from "./encryption-rule-policy";
import { unknownValue } from "../value";
import { all, verdict } from "../verdict";
import { documentation } from "../encryption-rule";

/**
 * A rule names its CMK: any, or one of `keyIds` of the policy's config. Off until a level is given; the level
 * `remediate` sets `sseAlgorithm` to KMS and `kmsMasterKeyId` to `keyId`.
 */
export const customerManagedKey = encryptionRulePolicy({
  name: "oss-bucket-encryption-customer-managed-key",
  displayName: "OSS default encryption uses a customer managed key",
  description:
    "Check that the default encryption of every OSS bucket uses a KMS key that you chose by its id.",
  enforcementLevel: "disabled",
  severity: "high",
  // Who created the key can't be seen here, so the policy asks for an id; keyIds limits it to keys of yours.
  framework: {
    name: "CIS Alibaba Cloud Foundation Benchmark",
    version: "2.0.0",
    reference: "5.9",
    specification: "Server-side encryption is set to Encrypt with BYOK",
  },
  tags: [
    "oss",
    "encryption",
    "kms",
    "byok",
    "cis:5.9",
    "checkov:CKV_ALI_6",
    "alibaba-cloud-config:oss-encryption-byok-check",
  ],
  remediationSteps:
    'Set sseAlgorithm to "KMS" and kmsMasterKeyId to the id of your key, or give the policy enforcement level "remediate" and the key as keyId.',
  url: documentation,
  properties: {
    keyIds: {
      type: "array",
      items: { type: "string" },
      description: "Ids of the keys that may be used. Default: any.",
    },
    keyId: {
      type: "string",
      description: 'Id of the key that a remediation sets. Required for enforcement level "remediate".',
    },
  },
  judge: ({ algorithm, keyId }, { keyIds }) =>
    all([
      algorithm === unknownValue ? "undecided" : verdict(algorithm === "KMS"),
      keyId === unknownValue
        ? "undecided"
        : verdict(keyId !== undefined && (keyIds === undefined || keyIds.includes(keyId))),
    ]),
  asks: "uses a customer managed key",
  violation: (of) =>
    `Set ${of("kmsMasterKeyId")} to the id of a key that this policy accepts, with algorithm KMS: its rule does not use one.`,
  remedy: (rule, { keyId }) => {
    rule.sseAlgorithm = "KMS";
    rule.kmsMasterKeyId = keyId;
  },
});
