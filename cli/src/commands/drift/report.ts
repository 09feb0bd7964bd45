import type { Block, Cell } from "../../output/document";
import type { Report } from "../../output/format";
import type { Change } from "./refresh-events";
import { hasDrifted, type FixedBucket } from "./fix-stack";

/** What became of one stack. */
export type StackReport =
  /** `reason`: why the engine failed all the same. */
  | { stack: string; status: "checked"; buckets: FixedBucket[]; reason?: string }
  /** Its state holds no resource of our type. `expected`: it was asked for by name, so that this is no good news. */
  | { stack: string; status: "empty"; expected: boolean }
  | { stack: string; status: "failed"; reason: string };

export type Verdict = "none" | "drift" | "unknown";

/** Drift counts even where something else could not be read; "none" needs every bucket read, and at least one. */
export function verdict(stacks: readonly StackReport[]): Verdict {
  const buckets = allBuckets(stacks);
  if (buckets.some(isDrifted)) return "drift";
  const isSure =
    buckets.length > 0 && stacks.every(isSettled) && buckets.every(({ status }) => status !== "unreadable");
  return isSure ? "none" : "unknown";
}

function isSettled(one: StackReport): boolean {
  if (one.status === "checked") return one.reason === undefined;
  return one.status === "empty" && !one.expected;
}

const allBuckets = (stacks: readonly StackReport[]) =>
  stacks.flatMap((one) => (one.status === "checked" ? one.buckets : []));

/** Drifted, and not put right meanwhile. */
const isDrifted = (bucket: FixedBucket) => hasDrifted(bucket) && bucket.fix !== "reasserted";

export function driftReport(stacks: readonly StackReport[]): Report {
  return {
    json: { version: 1, verdict: verdict(stacks), stacks: stacks.map(toJson) },
    blocks: [...stacks.flatMap(stackBlocks), ...nextSteps(stacks)],
  };
}

function toJson(one: StackReport): object {
  if (one.status === "empty") return { stack: one.stack, status: one.status };
  return one;
}

/** A stack's heading, and a table of the buckets that are not as declared. */
export function stackBlocks(one: StackReport): Block[] {
  if (one.status === "failed") {
    return [{ heading: `Stack ${one.stack}: could not be checked` }, { paragraph: one.reason }];
  }
  if (one.status === "empty") {
    return [{ heading: `Stack ${one.stack}: manages no bucket's encryption, so there is nothing to check` }];
  }
  const rows = one.buckets.filter(({ status }) => status !== "same").map(row);
  const heading = { heading: `Stack ${one.stack}: ${summary(one.buckets)}` };
  const table = { table: { columns: ["bucket", "status", "declared → live"], rows } };
  const failure = { paragraph: `The engine failed: ${one.reason ?? ""}` };
  const blocks: Block[] = [heading];
  if (rows.length > 0) blocks.push(table);
  if (one.reason !== undefined) blocks.push(failure);
  return blocks;
}

function summary(buckets: readonly FixedBucket[]): string {
  const count = (isCounted: (bucket: FixedBucket) => boolean) => buckets.filter(isCounted).length;
  const parts: [number, string][] = [
    [count(isDrifted), "drifted"],
    [count(({ fix }) => fix === "reasserted"), "put back"],
    [count(({ status }) => status === "unreadable"), "could not be read"],
  ];
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return `${said.join(", ") || "no drift"} (${buckets.length} bucket${buckets.length === 1 ? "" : "s"})`;
}

function statusCell({ status, fix }: FixedBucket): Cell {
  if (status === "unreadable") return { text: "could not be read", tone: "unsure" };
  if (fix === "reasserted") return { text: `${status}, put back`, tone: "good" };
  return { text: fix ? `${status}, ${notFixed[fix]}` : status, tone: "bad" };
}

function row(bucket: FixedBucket): Cell[] {
  return [bucket.bucket, statusCell(bucket), { lines: [...details(bucket), bucket.fixReason ?? []].flat() }];
}

const notFixed = { skipped: "left as it is", failed: "not put back" };

function details(bucket: FixedBucket): string[] {
  if (bucket.status === "unreadable") return [bucket.reason];
  if (bucket.status === "same") return [];
  const line = ({ property, declared, live }: Change) =>
    `${property}: ${declared ?? "(absent)"} → ${live ?? "(absent)"}`;
  return bucket.changes.map(line);
}

function nextSteps(stacks: readonly StackReport[]): Block[] {
  const buckets = allBuckets(stacks);
  if (!buckets.some(isDrifted) || buckets.some(({ fix }) => fix !== undefined)) return [];
  const paragraph =
    "To put the declared rules back: oss-encryption drift --fix, or pulumi up --refresh. " +
    "To accept what is live: pulumi refresh, and change the program to match.";
  return [{ paragraph }];
}
