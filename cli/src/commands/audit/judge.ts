import type { EncryptionRule } from "pulumi-oss-encryption/oss";
import type { ObjectCount } from "./count-objects";
import { isUsable, type KeyFound } from "../../buckets/read-keys";
import type { Place, Reading } from "../../buckets/read-rules";
import type { Requirement } from "./requirement";
import type { Unlisted } from "../../buckets/select-buckets";

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

export interface Audit {
  /** What was required, as `--require` took it. */
  require: string;
  buckets: AuditedBucket[];
  /** Connections whose buckets could not be listed. */
  unlisted: Unlisted[];
}

export type Verdict = "fulfilled" | "findings" | "unknown";

/** Judges what was read. `managers`: names of the stacks that manage a bucket. */
export function judge(
  reading: Reading,
  { failure }: Requirement,
  managers?: (bucket: string) => string[],
): AuditedBucket {
  const { bucket, region, connection } = reading;
  const place = { bucket, region, connection };
  const managedBy = managers ? { managedBy: managers(bucket) } : {};
  if (reading.status === "read") {
    const reason = failure(reading.rule) ?? null;
    const status = reason === null ? "fulfilled" : "unfulfilled";
    return { ...place, status, rule: reading.rule, reason, ...managedBy };
  }
  const reason = reading.status === "unreadable" ? reading.reason : null;
  return { ...place, status: reading.status, rule: null, reason, ...managedBy };
}

/** Adds what KMS says of the key, which is a finding where uploads fail for it. */
export function judgeKey(one: AuditedBucket, key: KeyFound): void {
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
