import type { EncryptionRule } from "pulumi-oss-encryption/oss";
import { isUsable, type KeyFound } from "../../buckets/read-keys";
import type { Reading } from "../../buckets/read-rules";
import { matcher } from "../../buckets/bucket-pattern";
import type { Identity } from "../../buckets/identities";
import type { BucketAddress } from "../../bucket-address";
import type { Excluded, Unlisted } from "../../buckets/select-buckets";
import { isOver, type Exception } from "./exceptions";
import type { ObjectCount } from "./count-objects";
import type { Requirement } from "./requirement";

/**
 * `keyUnusable`: the rule is as required, but uploads fail, because KMS has no use for the CMK it names. `exempt`: left out
 * by `--exclude`, or an exception holds for what is wrong with it.
 */
export type Status = "fulfilled" | "unfulfilled" | "keyUnusable" | "unreadable" | "exempt" | "gone";

/** A bucket as the audit's JSON has it; described in docs/cli.md. */
export interface AuditedBucket extends BucketAddress {
  status: Status;
  /** null: no default rule, or it could not be read. */
  rule: EncryptionRule | null;
  /** Why it is not fulfilled, could not be read, or is exempt. */
  reason: string | null;
  /** The CMK that the rule names; absent where it names none. */
  key?: KeyFound;
  /** Stacks that manage it, of those that were named; absent where none was. */
  managedBy?: string[];
  /** Resources of the alicloud provider in these stacks that set the same rule; absent where there is none. */
  setBy?: AlicloudManager[];
  /** Of an exempt one, what it would be without its exception; null: it was not read. */
  exemptFrom?: Status | null;
  objects?: ObjectCount;
}

/** What makes a report worth keeping: when, by what, as whom and of which buckets. */
export interface Provenance {
  time: Date;
  /** Of this command. */
  version: string;
  identities: Identity[];
  /** Which buckets, as flags; empty: all of them. */
  filters: string[];
}

/** What an audit found. */
export interface Audit extends Provenance {
  /** What was required, as `--require` took it. */
  require: string;
  buckets: AuditedBucket[];
  /** Connections whose buckets could not be listed. */
  unlisted: Unlisted[];
  /** Filters that no bucket fits: of what they were to select, nothing is known. */
  emptyFilters: string[];
  /** What is wrong with exceptions: ended, or for a bucket that isn't there. */
  staleExceptions: string[];
}

/** A resource of the alicloud provider that sets a bucket's default rule. */
export interface AlicloudManager {
  stack: string;
  /** Such as `alicloud.oss.Bucket`. */
  type: string;
}

/** Who manages a bucket, of the stacks that were named. */
export interface Managers {
  managedBy: string[];
  setBy?: AlicloudManager[];
}

/** What an audit says of all buckets together. */
export type Verdict = "fulfilled" | "findings" | "unknown";

/** Holds what was read against a requirement. `managers`: who manages a bucket. */
export function auditBucket(
  reading: Reading,
  requirement: Requirement,
  managers?: (bucket: string) => Managers,
): AuditedBucket {
  const { bucket, region, connection } = reading;
  return { bucket, region, connection, ...statusOf(reading, requirement), ...managers?.(bucket) };
}

/** A bucket that `--exclude` leaves out: it is not read, but it is listed. */
export function excludedBucket({ pattern, ...address }: Excluded): AuditedBucket {
  return {
    ...address,
    status: "exempt",
    rule: null,
    reason: `left out by --exclude ${pattern}`,
    exemptFrom: null,
  };
}

/** Applies exceptions to what is wrong with buckets; gives back what is wrong with the exceptions. */
export function applyExceptions(
  buckets: readonly AuditedBucket[],
  exceptions: readonly Exception[],
  time: Date,
): string[] {
  const all = exceptions.map((one) => ({ ...one, fits: matcher(one.bucket), isOver: isOver(one, time) }));
  const used = new Set<Exception>();
  for (const one of buckets) {
    const fitting = all.filter(({ fits }) => fits(one.bucket));
    for (const exception of fitting) used.add(exception);
    const exception = fitting.find((fit) => !fit.isOver);
    if (!exception || !isExcusable.has(one.status)) continue;
    const wrong = one.reason ?? "";
    one.exemptFrom = one.status;
    one.status = "exempt";
    one.reason = `${exception.reason} (until ${exception.until}); otherwise: ${wrong}`;
  }
  return all.flatMap((exception) => {
    const { bucket, until } = exception;
    if (exception.isOver) return [`The exception for ${bucket} ended on ${until}.`];
    return used.has(exception) ? [] : [`The exception for ${bucket} is for no bucket of this audit.`];
  });
}

/** Whether its rule was read: an exempt bucket may have been left out, or be excused for that it could not be read. */
export function wasRead({ status, exemptFrom }: AuditedBucket): boolean {
  const found = status === "exempt" ? exemptFrom : status;
  return found !== null && found !== "unreadable" && found !== "gone";
}

/** What an exception may excuse. */
const isExcusable: ReadonlySet<Status> = new Set(["unfulfilled", "keyUnusable", "unreadable"]);

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
export function verdict({ buckets, unlisted, emptyFilters }: Audit): Verdict {
  if (buckets.some(({ status }) => status === "unfulfilled" || status === "keyUnusable")) return "findings";
  const isSure = unlisted.length === 0 && emptyFilters.length === 0;
  return isSure && buckets.every(({ status }) => status !== "unreadable") ? "fulfilled" : "unknown";
}

/**
 * How many percent of the buckets that are there fulfil what is required, exempt and unreadable ones counted as not; null:
 * there is none. Rounded down to a tenth, so that it is 100 for all of them only.
 */
export function coverage({ buckets }: Pick<Audit, "buckets">): number | null {
  const there = buckets.filter(({ status }) => status !== "gone");
  if (there.length === 0) return null;
  return percentOf(there.filter(({ status }) => status === "fulfilled").length, there.length);
}

/** A share in percent, rounded down to a tenth. */
export const percentOf = (part: number, whole: number) => Math.floor((1_000 * part) / whole) / 10;
