import { encryptionRulePolicy } from "./encryption-rule-policy";
import { unknownValue } from "../value";
import { verdict } from "../verdict";
import { documentation } from "../encryption-rule";

/** A rule uses a key of KMS. Off until a level is given; the level `remediate` sets `sseAlgorithm` to KMS. */
export const kms = encryptionRulePolicy({
  name: "oss-bucket-encryption-kms",
  displayName: "OSS default encryption uses KMS",
  description: "Check that the default encryption of every OSS bucket uses a key of Key Management Service.",
  enforcementLevel: "disabled",
  severity: "high",
  // CIS asks for a key that the OSS service created in KMS; this policy takes any key of KMS.
  framework: {
    name: "CIS Alibaba Cloud Foundation Benchmark",
    version: "2.0.0",
    reference: "5.8",
    specification: "Server-side encryption is set to Encrypt with Service Key",
  },
  tags: ["oss", "encryption", "kms", "cis:5.8", "alibaba-cloud-config:oss-default-encryption-kms"],
  remediationSteps: 'Set sseAlgorithm to "KMS", or give the policy enforcement level "remediate".',
  url: documentation,
  properties: {},
  judge: ({ algorithm }) => (algorithm === unknownValue ? "undecided" : verdict(algorithm === "KMS")),
  asks: "uses KMS",
  violation: (of) => `Set ${of("sseAlgorithm")} to "KMS": its rule uses a key that OSS manages.`,
  remedy: (rule) => {
    rule.sseAlgorithm = "KMS";
  },
});
