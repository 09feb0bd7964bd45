import type { EncryptionRule } from "pulumi-oss-encryption/oss";
import { isUsable, type KeyFound } from "../../buckets/read-keys";
import type { Reading } from "../../buckets/read-rules";
import type { Place, Unlisted } from "../../buckets/select-buckets";
import type { ObjectCount } from "./count-objects";
import type { Requirement } from "./requirement";

/** `keyUnusable`: the rule is as required, but uploads fail, because KMS has no use for the CMK it names. */
export type Status = "fulfilled" | "unfulfilled" | "keyUnusable" | "unreadable" | "gone";

/** A bucket as the audit's JSON has it; described in docs/cli.md. */
export interface AuditedBucket extends Place {
  status: Status;
  /** null: no default rule, or it could not be read. */
  rule: EncryptionRule | null;
  /** Why it is not fulfilled, or could not be read. */
  reason: string | null;
  /** The CMK that the rule names; absent where it names none. */
  key?: KeyFound;
  /** Stacks that manage it, of those that were named; absent where none was. */
  managedBy?: string[];
  objects?: ObjectCount;
}

/** What an audit found. */
export interface Audit {
  /** What was required, as `--require` took it. */
  require: string;
  buckets: AuditedBucket[];
  /** Connections whose buckets could not be listed. */
  unlisted: Unlisted[];
}

/** What an audit says of all buckets together. */
export type Verdict = "fulfilled" | "findings" | "unknown";

/** Holds what was read against a requirement. `managers`: names of the stacks that manage a bucket. */
export function auditBucket(
  reading: Reading,
  requirement: Requirement,
  managers?: (bucket: string) => string[],
): AuditedBucket {
  const { bucket, region, connection } = reading;
  const managedBy = managers && { managedBy: managers(bucket) };
  return { bucket, region, connection, ...statusOf(reading, requirement), ...managedBy };
}

function statusOf(
  reading: Reading,
  { failure }: Requirement,
): Pick<AuditedBucket, "status" | "rule" | "reason"> {
  if (reading.status === "gone") return { status: "gone", rule: null, reason: null };
  if (reading.status === "unreadable") return { status: "unreadable", rule: null, reason: reading.reason };
  const reason = failure(reading.rule) ?? null;
  return { status: reason === null ? "fulfilled" : "unfulfilled", rule: reading.rule, reason };
}

/** Adds what KMS says of the key, which is a finding where uploads fail for it. */
export function addKey(one: AuditedBucket, key: KeyFound): void {
  one.key = key;
  if (one.status !== "fulfilled" || isUsable(key)) return;
  one.status = "keyUnusable";
  one.reason = `its CMK is ${key.state ?? ""} in KMS`;
}

/** A finding counts even where something else could not be read; "fulfilled" needs everything read. */
export function verdict({ buckets, unlisted }: Audit): Verdict {
  if (buckets.some(({ status }) => status === "unfulfilled" || status === "keyUnusable")) return "findings";
  const isSure = unlisted.length === 0 && buckets.every(({ status }) => status !== "unreadable");
  return isSure ? "fulfilled" : "unknown";
}
