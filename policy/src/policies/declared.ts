import { stackPolicy } from "./stack-policy";
import { inlineProperty, documentation } from "../encryption-rule";
import { declaredFor, bucketReferences } from "../stack/bucket-reference";
import { any } from "../verdict";

/**
 * Every bucket of the stack has a default rule, whoever declares it: a BucketEncryption, the alicloud provider's
 * resource, or the bucket itself. Mandatory by default.
 */
export const declared = stackPolicy({
  name: "oss-bucket-encryption-declared",
  displayName: "OSS buckets declare default encryption",
  description: "Check that every OSS bucket of the stack has default encryption, whoever declares it.",
  enforcementLevel: "mandatory",
  severity: "high",
  // Both sources look at the live bucket; this policy at what the stack declares.
  framework: {
    name: "Alibaba Cloud Config",
    version: "managed rule",
    reference: "oss-bucket-server-side-encryption-enabled",
    specification: "Server-side encryption is enabled for the OSS bucket",
  },
  tags: [
    "oss",
    "encryption",
    "alibaba-cloud-config:oss-bucket-server-side-encryption-enabled",
    "prowler:oss_bucket_server_side_encryption_enabled",
  ],
  remediationSteps: "Declare a BucketEncryption for the bucket.",
  url: documentation,
  judge: (view) => {
    const references = bucketReferences(view);
    return view.buckets
      .filter((bucket) => bucket.deployed)
      .map((bucket) => {
        const leftAlone = bucket.ignoresInline && bucket.declaresInline === "yes";
        return {
          verdict: any([leftAlone ? "undecided" : bucket.declaresInline, declaredFor(references, bucket)]),
          urn: bucket.urn,
          bucket: bucket.givenName,
          violation: `Declare a BucketEncryption whose bucket is ${bucket.label}: nothing in this stack gives that bucket default encryption.`,
          undecided: `whether ${bucket.label} gets default encryption depends on bucket names that are not known yet`,
          advice: leftAlone
            ? `Declare a BucketEncryption whose bucket is ${bucket.label}, or let it no longer ignore changes of ${inlineProperty}: nothing keeps the rule that it once had.`
            : undefined,
        };
      });
  },
});
