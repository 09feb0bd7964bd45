import { describeRule } from "pulumi-oss-encryption/oss";
import { isUsable } from "../../buckets/read-keys";
import type { Block, Cell, Table, Tone } from "../../output/document";
import type { Report } from "../../output/format";
import { verdict, type Audit, type AuditedBucket, type Status } from "./audit";
import type { ObjectCount } from "./count-objects";

/** What a status is called, in the order in which statuses are counted. */
export const statusTexts: Readonly<Record<Status, { text: string; tone: Tone }>> = {
  fulfilled: { text: "fulfilled", tone: "good" },
  unfulfilled: { text: "not fulfilled", tone: "bad" },
  keyUnusable: { text: "key unusable", tone: "bad" },
  unreadable: { text: "could not be read", tone: "unsure" },
  gone: { text: "deleted meanwhile", tone: "quiet" },
};

export function auditReport(audit: Audit): Report {
  const { require, buckets, unlisted } = audit;
  const counts = Object.fromEntries(
    (Object.keys(statusTexts) as Status[]).map((status) => [status, count(buckets, status)]),
  );
  const blocks: Block[] = [{ heading: heading(audit) }];
  if (buckets.length > 0) blocks.push({ table: auditTable(buckets) });
  blocks.push(...notes(audit).map((paragraph) => ({ paragraph })));
  return { json: { version: 1, verdict: verdict(audit), require, counts, buckets, unlisted }, blocks };
}

const count = (buckets: readonly AuditedBucket[], status: Status) =>
  buckets.filter((bucket) => bucket.status === status).length;

const plural = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** What was found, in one line. */
export function heading({ buckets, require, unlisted }: Audit): string {
  const parts = (["unfulfilled", "keyUnusable", "unreadable", "gone"] as const)
    .map((status) => [count(buckets, status), statusTexts[status].text] as const)
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`);
  if (parts.length === 0 && unlisted.length === 0) {
    parts.push(buckets.length === 0 ? "nothing to check" : "all fulfilled");
  }
  if (unlisted.length > 0) parts.push(`${plural(unlisted.length, "connection")} could not be listed`);
  return `${plural(buckets.length, "bucket")}, required: ${require}: ${parts.join(", ")}`;
}

/** A row for each bucket, and a column for what there is something to say in. */
export function auditTable(buckets: readonly AuditedBucket[]): Table {
  const columns: [name: string, isShown: boolean, cell: (one: AuditedBucket) => Cell][] = [
    ["bucket", true, ({ bucket }) => bucket],
    ["region", true, ({ region }) => region ?? ""],
    ["connection", buckets.some((one) => one.connection !== null), ({ connection }) => connection ?? ""],
    ["rule", true, ruleCell],
    ["key", buckets.some((one) => one.key), keyCell],
    ["status", true, statusCell],
    ["managed by", buckets.some((one) => one.managedBy), managersCell],
    ["objects", buckets.some((one) => one.objects), ({ objects }) => (objects ? objectsText(objects) : "")],
  ];
  const shown = columns.filter(([, isShown]) => isShown);
  return {
    columns: shown.map(([name]) => name),
    rows: buckets.map((one) => shown.map(([, , cell]) => cell(one))),
  };
}

function ruleCell({ status, rule }: AuditedBucket): Cell {
  return status === "unreadable" || status === "gone" ? "" : describeRule(rule ?? undefined);
}

function statusCell({ status, reason, rule }: AuditedBucket): Cell {
  // What the rule is stands beside it.
  const why = reason !== null && (rule === null || status === "unreadable") ? `: ${reason}` : "";
  const { text, tone } = statusTexts[status];
  return { text: status === "unfulfilled" ? text : `${text}${why}`, tone };
}

function keyCell({ key }: AuditedBucket): Cell {
  if (!key) return "";
  if (key.state === null) return { text: "unknown", tone: "unsure" };
  return { text: key.state, tone: isUsable(key) ? "good" : "bad" };
}

const managersCell = ({ managedBy = [] }: AuditedBucket): Cell =>
  managedBy.length > 0 ? managedBy.join(", ") : { text: "nobody", tone: "unsure" };

/** Such as `12 (first ones): 10 none, 2 AES256`. */
export function objectsText({ looked, complete, byMethod, reason }: ObjectCount): string {
  const parts = Object.entries(byMethod)
    .sort(([, a], [, b]) => b - a)
    .map(([method, number]) => `${number} ${method}`);
  const scope = complete ? "" : " (first ones)";
  return [`${looked}${scope}`, parts.join(", "), reason].filter(Boolean).join(": ");
}

/** What the table does not say. */
export function notes({ buckets, unlisted }: Audit): Cell[] {
  const all: Cell[] = unlisted.map(({ connection, reason }) => {
    const name = connection === null ? "Default connection" : `Connection ${connection}`;
    return { text: `${name}: ${reason}`, tone: "unsure" };
  });
  const keys = buckets.flatMap(({ key }) => key ?? []);
  const unusable = keys.filter((key) => !isUsable(key));
  if (unusable.length > 0) {
    const text = `Uploads to ${plural(unusable.length, "bucket")} fail, unless an upload sets its own encryption: OSS can use a CMK only if it is Enabled.`;
    all.push({ text, tone: "bad" });
  }
  // The first reason stands for all: it is mostly the same.
  const unknown = keys.filter(({ state }) => state === null);
  if (unknown[0]) {
    const text = `The CMK of ${plural(unknown.length, "bucket")} could not be looked up: ${unknown[0].reason ?? ""}`;
    all.push({ text, tone: "unsure" });
  }
  const unmanaged = buckets.filter(({ managedBy }) => managedBy?.length === 0);
  if (unmanaged.length > 0) {
    const are = unmanaged.length === 1 ? "is" : "are";
    all.push(
      `${plural(unmanaged.length, "bucket")} ${are} managed by none of the stacks named here: oss-encryption import brings buckets into a stack.`,
    );
  }
  return all;
}
