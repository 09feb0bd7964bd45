import { ruleDifferences, type EncryptionRule } from "pulumi-oss-encryption/oss";
import type { Reading } from "../../buckets/read-rules";
import { secretText, type ManagedBucket } from "../../pulumi/stack-state";
import type { DeclaredBucket, Pending } from "./declared-buckets";

/** A property that is not as declared; null: absent, "[secret]": not shown. */
export interface Change {
  property: string;
  declared: string | null;
  live: string | null;
}

/** How a bucket's live rule compares with the declared one. */
export type Comparison =
  /** `ignored`: what its resource ignores differs. */
  | { status: "same"; ignored?: Change[] }
  | { status: "changed"; changes: Change[]; ignored?: Change[] }
  /** The rule, or the bucket with it, is gone; `changes` hold what was declared. */
  | { status: "removed"; changes: Change[] }
  /** The engine has begun something and not ended it; `reason` says what that means. `changes`: what differs all the same. */
  | { status: "pending"; pending: Pending["kind"]; reason: string; changes?: Change[] }
  | { status: "unreadable"; reason: string };

export type ComparedBucket = ManagedBucket & Comparison;

const meanings: Record<Pending["kind"], string> = {
  create: "Its creation has been begun and not ended, so that the stack does not manage it yet.",
  update: "A change of it has been begun and not ended: the state has it as it was before.",
  replacement: "Its replacement has been begun and not ended.",
  delete: "Its deletion has been begun and not ended.",
};

function meaningOf({ kind, isUnderWay }: Pending): string {
  const end = isUnderWay
    ? "If no run is at it any more: pulumi cancel, pulumi refresh --clear-pending-creates, pulumi up."
    : "pulumi up ends it.";
  return `${meanings[kind]} ${end}`;
}

/** Holds what was read of a bucket against what is declared. */
export function compareBucket(declared: DeclaredBucket, reading: Reading): ComparedBucket {
  const { managed, pending } = declared;
  const comparison = comparisonOf(declared, reading);
  if (!pending) return { ...managed, ...comparison };
  const reason = meaningOf(pending);
  const begun = { ...managed, status: "pending", pending: pending.kind, reason } as const;
  if (comparison.status === "unreadable") return { ...begun, reason: `${reason} ${comparison.reason}` };
  // What is to be deleted need not be as it was declared.
  const isDifferent = comparison.status === "changed" || comparison.status === "removed";
  return isDifferent && pending.kind !== "delete" ? { ...begun, changes: comparison.changes } : begun;
}

function comparisonOf(declared: DeclaredBucket, reading: Reading): Comparison {
  if (reading.status === "unreadable") return { status: "unreadable", reason: reading.reason };
  // Of a bucket that is gone the rule is gone, too.
  const live = reading.status === "read" ? reading.rule : null;
  if (!live) return { status: "removed", changes: changesOf(declared, declaredProperties(declared), {}) };
  const different = ruleDifferences(declared.rule, live);
  const ignored = changesOf(declared, different.filter(declared.isIgnored), live);
  const changes = changesOf(
    declared,
    different.filter((property) => !declared.isIgnored(property)),
    live,
  );
  const besides = ignored.length > 0 ? { ignored } : {};
  return changes.length > 0 ? { status: "changed", changes, ...besides } : { status: "same", ...besides };
}

type Property = keyof EncryptionRule;

const declaredProperties = ({ rule }: DeclaredBucket) => Object.keys(rule) as Property[];

function changesOf(
  { rule, isSecret }: DeclaredBucket,
  properties: readonly Property[],
  live: Partial<EncryptionRule>,
): Change[] {
  return properties.map((property) => {
    const shown = (value = "") => (value && isSecret(property) ? secretText : value) || null;
    return { property, declared: shown(rule[property]), live: shown(live[property]) };
  });
}
