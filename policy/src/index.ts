import { PolicyPack } from "@pulumi/policy";
import { checkConfigOnArrival } from "./configure";
import { allowedAlgorithms } from "./rules/allowed-algorithms";
import { customerManagedKey } from "./rules/customer-managed-key";
import { declared } from "./rules/declared";
import { declaredOnce } from "./rules/declared-once";
import { ignoreChanges } from "./rules/ignore-changes";
import { kms } from "./rules/kms";
import { protectedFromDeletion } from "./rules/protected";

const policies = [
  declared,
  declaredOnce,
  ignoreChanges,
  kms,
  customerManagedKey,
  allowedAlgorithms,
  protectedFromDeletion,
];

checkConfigOnArrival(policies);

new PolicyPack("oss-encryption-policy", {
  displayName: "OSS encryption",
  description: "Every Alibaba Cloud OSS bucket has the default encryption you require.",
  provider: "alicloud",
  tags: ["alibaba-cloud", "oss", "encryption"],
  policies,
});
