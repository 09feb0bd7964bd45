import { inlineProperty, documentation } from "../encryption-rule";
import { bucketReferences, refersTo } from "../stack/bucket-reference";
import { stackPolicy } from "./stack-policy";

/**
 * A Bucket whose rule another resource declares ignores changes of its own `serverSideEncryptionRule`. Advisory by default.
 * The alicloud provider reads a bucket's rule into the Bucket, whoever set it. A Bucket that declares none is then
 * updated to have none: the first `up` after a refresh removes the rule, while every declaration stays "unchanged".
 */
export const ignoreChanges = stackPolicy({
  name: "oss-bucket-encryption-ignore-changes",
  displayName: "OSS buckets keep the default encryption that others declare",
  description: `Check that a Bucket whose rule another resource declares ignores changes of ${inlineProperty}.`,
  enforcementLevel: "advisory",
  severity: "high",
  tags: ["oss", "encryption"],
  remediationSteps: `Add { ignoreChanges: ["${inlineProperty}"] } to the options of the Bucket.`,
  url: documentation,
  judge: (view) => {
    const references = [...bucketReferences(view)];
    return view.buckets
      .filter((bucket) => bucket.deployed && bucket.declaresInline === "no" && !bucket.ignoresInline)
      .flatMap((bucket) => {
        const declaration = references.find(([, reference]) => refersTo(reference, bucket) === "yes")?.[0];
        if (!declaration) return [];
        return {
          verdict: "no",
          urn: bucket.urn,
          bucket: bucket.givenName,
          violation: `Add ${inlineProperty} to ignoreChanges of ${bucket.label}: the first update after a refresh would remove the rule that ${declaration.label} declares.`,
          undecided: `whether ${bucket.label} has to ignore changes of ${inlineProperty} depends on its name, which is not known yet`,
        } as const;
      });
  },
});
