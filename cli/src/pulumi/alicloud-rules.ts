import type { Deployment } from "@pulumi/pulumi/automation";
import { ignores, managedOfType, type StateResource } from "./stack-state";

/** A default rule that a resource of the alicloud provider declares. */
export interface AlicloudRule {
  urn: string;
  bucket: string;
  /** Class of the resource. */
  type: keyof typeof alicloudRuleNames;
  isProtected: boolean;
  /** The resource leaves the rule alone by now, with `ignoreChanges`. */
  isIgnored: boolean;
}

/** What declares a rule, by the class that it belongs to. */
export const alicloudRuleNames = {
  "alicloud.oss.BucketServerSideEncryption": "alicloud.oss.BucketServerSideEncryption",
  "alicloud.oss.Bucket": "serverSideEncryptionRule of alicloud.oss.Bucket",
};

/** What to do, so that one place declares a rule: with a class that is for nothing else, and with the bucket's own. */
export const takeOverAdvice = (them: string) => `oss-encryption import --from-alicloud takes ${them} over`;
export const ignoreAdvice = "set ignoreChanges to that property there, so that one place declares it";

/** The rules that the alicloud provider declares, by a state. */
export function alicloudRules(state: Deployment): AlicloudRule[] {
  const rules = managedOfType(
    state,
    "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption",
  ).map((resource) => alicloudRule(resource, "alicloud.oss.BucketServerSideEncryption"));
  const inline = managedOfType(state, "alicloud:oss/bucket:Bucket")
    .filter(({ inputs = {} }) => (inputs.serverSideEncryptionRule ?? null) !== null)
    .map((resource) => alicloudRule(resource, "alicloud.oss.Bucket"));
  return [...rules, ...inline].filter(({ bucket }) => bucket !== "");
}

function alicloudRule(resource: StateResource, type: AlicloudRule["type"]): AlicloudRule {
  const { urn, id = "", protect = false } = resource;
  const isIgnored = ignores(resource, "serverSideEncryptionRule");
  return { urn, bucket: id, type, isProtected: protect, isIgnored };
}
