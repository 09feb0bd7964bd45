import { PolicyPack } from "@pulumi/policy";
import { checkConfigOnArrival } from "./pack/check-config-on-arrival";
import { policies } from "./policies";

checkConfigOnArrival(policies);

new PolicyPack("oss-encryption-policy", {
  displayName: "OSS encryption",
  description: "Every Alibaba Cloud OSS bucket has the default encryption you require.",
  provider: "alicloud",
  tags: ["alibaba-cloud", "oss", "encryption"],
  policies,
});
