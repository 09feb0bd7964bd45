import { encryptionRulePolicy } from "./encryption-rule-policy";
import { type Text, unknownValue } from "../value";
import { type Verdict, all, verdict } from "../verdict";
import { documentation } from "../encryption-rule";

const allAlgorithms = ["AES256", "KMS", "SM4"];
const allDataAlgorithms = ["AES256", "SM4"];

/**
 * A rule uses an allowed algorithm, for the bucket and with KMS for the data: `algorithms` and `dataAlgorithms` of the
 * policy's config, by default all. Off until a level is given. There is no remediation.
 */
export const allowedAlgorithms = encryptionRulePolicy({
  name: "oss-bucket-encryption-allowed-algorithms",
  displayName: "OSS default encryption uses an allowed algorithm",
  description:
    "Check that the default encryption of every OSS bucket uses only the algorithms that you allow.",
  enforcementLevel: "disabled",
  severity: "medium",
  // Prowler passes AES256, KMS and SM4 alike, on the live bucket: this policy's default.
  framework: {
    name: "Prowler",
    version: "alibabacloud",
    reference: "oss_bucket_server_side_encryption_enabled",
    specification: "The bucket has server-side encryption with AES256, KMS or SM4",
  },
  tags: ["oss", "encryption", "sm4", "prowler:oss_bucket_server_side_encryption_enabled"],
  remediationSteps:
    "Set sseAlgorithm, and with KMS also kmsDataEncryption, to an algorithm that the config allows.",
  url: documentation,
  properties: {
    algorithms: {
      type: "array",
      items: { type: "string", enum: allAlgorithms },
      description: "Allowed values of sseAlgorithm. Default: all.",
    },
    dataAlgorithms: {
      type: "array",
      items: { type: "string", enum: allDataAlgorithms },
      description:
        "With KMS: allowed algorithms for the data, where AES256 is an absent kmsDataEncryption. Default: all.",
    },
  },
  judge: (
    { algorithm, dataAlgorithm },
    { algorithms = allAlgorithms, dataAlgorithms = allDataAlgorithms },
  ) => {
    if (algorithm === unknownValue) return "undecided";
    const data = algorithm === "KMS" ? isOneOf(dataAlgorithms, dataAlgorithm ?? "AES256") : "yes";
    return all([isOneOf(algorithms, algorithm), data]);
  },
  asks: "uses an allowed algorithm",
  violation: (of) =>
    `Change ${of("sseAlgorithm or kmsDataEncryption")} to an algorithm that this policy allows: its rule uses another one.`,
});

function isOneOf(allowed: readonly string[], value: Text): Verdict {
  return value === unknownValue ? "undecided" : verdict(value !== undefined && allowed.includes(value));
}
