import { PolicyPack } from "@pulumi/policy";
import { checkConfigOnArrival } from "./pack/check-config-on-arrival";
import { allowedAlgorithms } from "./policies/allowed-algorithms";
import { customerManagedKey } from "./policies/customer-managed-key";
import { declared } from "./policies/declared";
import { declaredOnce } from "./policies/declared-once";
import { ignoreChanges } from "./policies/ignore-changes";
import { kms } from "./policies/kms";
import { protectedFromDeletion } from "./policies/protected";

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
