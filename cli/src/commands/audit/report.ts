import { describeRule } from "pulumi-oss-encryption/oss";
import { isUsable } from "../../buckets/read-keys";
import { plural, type Block, type Cell, type Table, type Tone } from "../../output/document";
import type { Report } from "../../output/format";
import { alicloudRuleNames, ignoreAdvice, takeOverAdvice } from "../../pulumi/alicloud-rules";
import { coverage, verdict, wasRead, type Audit, type AuditedBucket, type Status } from "./audit";
import type { MethodCount, ObjectCount } from "./count-objects";
import { provenanceLines, regionsOf } from "./provenance";

/** What a status is called, in the order in which statuses are counted. */
export const statusTexts: Readonly<Record<Status, { text: string; tone: Tone }>> = {
  fulfilled: { text: "fulfilled", tone: "good" },
  unfulfilled: { text: "not fulfilled", tone: "bad" },
  keyUnusable: { text: "key unusable", tone: "bad" },
  unreadable: { text: "could not be read", tone: "unsure" },
  exempt: { text: "exempt", tone: "quiet" },
  gone: { text: "deleted meanwhile", tone: "quiet" },
};

export function auditReport(audit: Audit): Report {
  const { require, buckets, unlisted, emptyFilters, staleExceptions } = audit;
  const { time, version, identities, filters } = audit;
  const blocks: Block[] = [{ heading: heading(audit) }, { paragraph: { lines: provenanceLines(audit) } }];
  if (buckets.length > 0) blocks.push({ table: auditTable(buckets) });
  blocks.push(...notes(audit).map((paragraph) => ({ paragraph })));
  const json = {
    version: 1,
    verdict: verdict(audit),
    require,
    counts: Object.fromEntries(countsOf(buckets)),
    coverage: coverage(audit),
    buckets,
    unlisted,
    emptyFilters,
    staleExceptions,
    time: time.toISOString(),
    tool: { name: "oss-encryption", version },
    identities,
    filters,
    regions: regionsOf(audit),
  };
  return { json, blocks };
}

/** How many buckets have each status, in the order of {@link statusTexts}. */
export function countsOf(buckets: readonly AuditedBucket[]): [Status, number][] {
  const counts = new Map((Object.keys(statusTexts) as Status[]).map((status) => [status, 0]));
  for (const { status } of buckets) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts];
}

/** What was found, in one line. */
export function heading(audit: Audit): string {
  const { buckets, require, unlisted, emptyFilters } = audit;
  const parts = countsOf(buckets)
    .filter(([status, number]) => status !== "fulfilled" && number > 0)
    .map(([status, number]) => `${number} ${statusTexts[status].text}`);
  const percent = coverage(audit);
  if (parts.length > 0 && percent !== null) parts.push(`${percent} % fulfilled`);
  if (parts.length === 0 && unlisted.length === 0 && emptyFilters.length === 0) {
    parts.push(buckets.length === 0 ? "nothing to check" : "all fulfilled");
  }
  if (unlisted.length > 0) parts.push(`${plural(unlisted.length, "connection")} could not be listed`);
  if (emptyFilters.length > 0) parts.push(`no bucket fits ${plural(emptyFilters.length, "filter")}`);
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

const ruleCell = (one: AuditedBucket): Cell => (wasRead(one) ? describeRule(one.rule ?? undefined) : "");

function statusCell({ status, reason, rule }: AuditedBucket): Cell {
  // What the rule is stands beside it.
  const isTold = rule === null || status === "unreadable" || status === "exempt";
  const why = reason !== null && isTold ? `: ${reason}` : "";
  const { text, tone } = statusTexts[status];
  return { text: status === "unfulfilled" ? text : `${text}${why}`, tone };
}

function keyCell({ key }: AuditedBucket): Cell {
  if (!key) return "";
  if (key.state === null) return { text: "unknown", tone: "unsure" };
  return { text: key.state, tone: isUsable(key) ? "good" : "bad" };
}

function managersCell({ managedBy = [], setBy = [] }: AuditedBucket): Cell {
  const all = [...managedBy, ...setBy.map(({ stack, type }) => `${stack} (${type})`)];
  return all.length > 0 ? all.join(", ") : { text: "nobody", tone: "unsure" };
}

/** Such as `12 (first ones): 10 none, 2 AES256; old versions: none`. */
export function objectsText(objects: ObjectCount): string {
  const { oldVersions } = objects;
  const old = oldVersions.looked === 0 && oldVersions.complete ? "none" : methodsText(oldVersions);
  return `${methodsText(objects)}; old versions: ${old}`;
}

/** Such as `12 (first ones): 10 none, 2 AES256`. */
export function methodsText({ looked, complete, byMethod, reason }: MethodCount): string {
  // Why nothing could be listed says all.
  if (looked === 0 && reason !== undefined) return `not counted: ${reason}`;
  const parts = Object.entries(byMethod)
    .sort(([, a], [, b]) => b - a)
    .map(([method, number]) => `${number} ${method}`);
  const scope = complete ? "" : " (first ones)";
  return [`${looked}${scope}`, parts.join(", "), reason].filter(Boolean).join(": ");
}

/** What to do with buckets whose rule only the alicloud provider sets, by its class. */
const alicloudNotes = [
  { type: "alicloud.oss.BucketServerSideEncryption", next: takeOverAdvice },
  {
    type: "alicloud.oss.Bucket",
    next: (them: string) => `before oss-encryption import takes ${them} over, ${ignoreAdvice}`,
  },
] as const;

/** What the table does not say. */
export function notes({ buckets, unlisted, emptyFilters, staleExceptions }: Audit): Cell[] {
  const missing = [
    ...unlisted.map(({ connection, reason }) => {
      const name = connection === null ? "Default connection" : `Connection ${connection}`;
      return `${name}: ${reason}`;
    }),
    ...emptyFilters.map((filter) => `No bucket fits ${filter}: nothing is known of what it was to select.`),
    ...staleExceptions,
  ];
  const all: Cell[] = missing.map((text) => ({ text, tone: "unsure" }));
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
  for (const { type, next } of alicloudNotes) {
    const { length } = buckets.filter(
      (one) => one.managedBy?.length === 0 && one.setBy?.some((by) => by.type === type),
    );
    if (length === 0) continue;
    const [have, them] = length === 1 ? (["has its", "it"] as const) : (["have their", "them"] as const);
    all.push(`${plural(length, "bucket")} ${have} rule from ${alicloudRuleNames[type]}: ${next(them)}.`);
  }
  const unmanaged = buckets.filter(
    ({ managedBy, setBy = [] }) => managedBy?.length === 0 && setBy.length === 0,
  );
  if (unmanaged.length > 0) {
    const are = unmanaged.length === 1 ? "is" : "are";
    all.push(
      `${plural(unmanaged.length, "bucket")} ${are} managed by none of the stacks named here: oss-encryption import brings buckets into a stack.`,
    );
  }
  return all;
}
