import { type BucketReference, referToTheSame, bucketReferences } from "../stack/bucket-reference";
import { inlineProperty, documentation } from "../encryption-rule";
import { stackPolicy } from "./stack-policy";
import type { StackView } from "../stack/view";
import { type Text, unknownValue } from "../value";
import { type Verdict, all } from "../verdict";

/** Something that declares a bucket's rule: a resource of its own, or the bucket itself. */
interface Declarer {
  urn: string;
  label: string;
  bucket: Text;
  reference: BucketReference;
  /** Whether it declares a rule at all. */
  declares: Verdict;
}

/** No two declarations are for the rule of one bucket: each would take back what the other sets. Mandatory by default. */
export const declaredOnce = stackPolicy({
  name: "oss-bucket-encryption-declared-once",
  displayName: "OSS default encryption is declared once",
  description: "Check that no two declarations fight over the default encryption of one OSS bucket.",
  enforcementLevel: "mandatory",
  severity: "medium",
  tags: ["oss", "encryption"],
  remediationSteps: `Keep one declaration. To keep the rule inline as well, add ${inlineProperty} to the bucket's ignoreChanges.`,
  url: documentation,
  judge: (view) => {
    const declarers = declarersOf(view);
    return declarers.flatMap((declarer, index) => {
      const earlier = declarers.slice(0, index).map((other) => ({ other, verdict: clash(declarer, other) }));
      const found =
        earlier.find(({ verdict }) => verdict === "yes") ??
        earlier.find(({ verdict }) => verdict === "undecided");
      if (!found) return [];
      const both = `${declarer.label} and ${found.other.label}`;
      return [
        {
          verdict: found.verdict === "yes" ? "no" : "undecided",
          urn: declarer.urn,
          bucket: declarer.bucket,
          violation: `Keep only one of ${both}: they declare the default encryption of the same bucket, and each undoes the other's.`,
          undecided: `whether ${both} declare the rule of the same bucket depends on names that are not known yet`,
        } as const,
      ];
    });
  },
});

function declarersOf(view: StackView): Declarer[] {
  const inline = view.buckets
    .filter((bucket) => bucket.declaresInline !== "no" && !bucket.ignoresInline)
    .map((bucket): Declarer => ({
      urn: bucket.urn,
      label: `${inlineProperty} of ${bucket.label}`,
      bucket: bucket.givenName,
      reference: { bucket },
      declares: bucket.declaresInline,
    }));
  const resources = [...bucketReferences(view)]
    .filter(([{ deployed }]) => deployed)
    .map(([{ urn, label, name }, reference]): Declarer => ({
      urn,
      label,
      bucket: name.value,
      reference,
      declares: "yes",
    }));
  // Those with unknown names last: what can't be told yet is said of them, once each.
  return [...inline, ...resources].sort(
    (one, other) => Number(one.bucket === unknownValue) - Number(other.bucket === unknownValue),
  );
}

function clash(one: Declarer, other: Declarer): Verdict {
  return all([one.declares, other.declares, referToTheSame(one.reference, other.reference)]);
}
