import { plural, type Block, type Cell } from "../../output/document";
import type { Report } from "../../output/format";
import { inFolder, shellLine } from "../../pulumi/shell-line";
import type { Change } from "./compare-buckets";
import { hasDrifted, type FixedBucket } from "./fixed-bucket";

/** What became of one stack. */
export type StackReport =
  | { stack: string; status: "checked"; buckets: FixedBucket[] }
  /** Its state holds no resource of our type. `expected`: it was asked for by name, so that this is no good news. */
  | { stack: string; status: "empty"; expected: boolean }
  | { stack: string; status: "failed"; reason: string };

export type Verdict = "none" | "drift" | "unknown";

/** A finding counts even where something else could not be read; "none" needs every bucket read, and at least one. */
export function verdict(stacks: readonly StackReport[]): Verdict {
  const buckets = allBuckets(stacks);
  if (buckets.some(isFinding)) return "drift";
  const isSure =
    buckets.length > 0 && stacks.every(isSettled) && buckets.every(({ status }) => status !== "unreadable");
  return isSure ? "none" : "unknown";
}

const isSettled = (one: StackReport): boolean =>
  one.status === "checked" || (one.status === "empty" && !one.expected);

const allBuckets = (stacks: readonly StackReport[]) =>
  stacks.flatMap((one) => (one.status === "checked" ? one.buckets : []));

/** Drifted or begun, and not put right meanwhile. */
const isFinding = (bucket: FixedBucket) =>
  (hasDrifted(bucket) || bucket.status === "pending") && bucket.fix !== "reasserted";

/** `cwd`: the project's folder, as it was given. */
export function driftReport(stacks: readonly StackReport[], cwd = "."): Report {
  return {
    json: { version: 1, verdict: verdict(stacks), stacks: stacks.map(toJson) },
    blocks: [...stacks.flatMap(stackBlocks), ...nextSteps(stacks, cwd)],
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
  const rows = one.buckets.filter((bucket) => bucket.status !== "same" || bucket.ignored).map(row);
  const heading = { heading: `Stack ${one.stack}: ${summary(one.buckets)}` };
  const table = { table: { columns: ["bucket", "status", "declared → live"], rows } };
  return rows.length > 0 ? [heading, table] : [heading];
}

function summary(buckets: readonly FixedBucket[]): string {
  const count = (isCounted: (bucket: FixedBucket) => boolean) => buckets.filter(isCounted).length;
  const parts: [number, string][] = [
    [count((bucket) => isFinding(bucket) && bucket.status !== "pending"), "drifted"],
    [count((bucket) => isFinding(bucket) && bucket.status === "pending"), "begun and not ended"],
    [count(({ fix }) => fix === "reasserted"), "put back"],
    [count(({ status }) => status === "unreadable"), "could not be read"],
  ];
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return `${said.join(", ") || "no drift"} (${plural(buckets.length, "bucket")})`;
}

function statusCell(bucket: FixedBucket): Cell {
  const { fix } = bucket;
  if (bucket.status === "unreadable") return { text: "could not be read", tone: "unsure" };
  if (bucket.status === "same") return { text: "as declared", tone: "quiet" };
  const status = bucket.status === "pending" ? `${bucket.pending} not ended` : bucket.status;
  if (fix === "reasserted") return { text: `${status}, put back`, tone: "good" };
  return { text: fix ? `${status}, ${notFixed[fix]}` : status, tone: "bad" };
}

function row(bucket: FixedBucket): Cell[] {
  return [bucket.bucket, statusCell(bucket), { lines: [...details(bucket), bucket.fixReason ?? []].flat() }];
}

const notFixed = { skipped: "left as it is", failed: "not put back" };

function details(bucket: FixedBucket): string[] {
  const line = ({ property, declared, live }: Change) =>
    `${property}: ${declared ?? "(absent)"} → ${live ?? "(absent)"}`;
  const lines = "changes" in bucket ? (bucket.changes ?? []).map(line) : [];
  if ("ignored" in bucket) lines.push(...(bucket.ignored ?? []).map((one) => `${line(one)} (ignoreChanges)`));
  if ("reason" in bucket) lines.push(bucket.reason);
  return lines;
}

/** The commands name stack and folder: another stack may be the selected one. */
function nextSteps(stacks: readonly StackReport[], cwd: string): Block[] {
  const drifted = stacks.filter((one) => {
    const buckets = allBuckets([one]);
    return buckets.some(hasDrifted) && buckets.every(({ fix }) => fix === undefined);
  });
  return drifted.map(({ stack }) => {
    const line = (command: string, ...args: string[]) =>
      shellLine(command, inFolder([...args, "--stack", stack], cwd));
    const paragraph =
      `To put the declared rules back: ${line("oss-encryption", "drift", "--fix")}, or ${line("pulumi", "up", "--refresh")}. ` +
      `To accept what is live: ${line("pulumi", "refresh")}, and change the program to match.`;
    return { paragraph };
  });
}
