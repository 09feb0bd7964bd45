import { describeRule } from "pulumi-oss-encryption/oss";
import type { Block, Cell, Table, Tone } from "../../output/document";
import type { Report } from "../../output/format";
import type { ObjectCount } from "./count-objects";
import { isUsable, type KeyFound } from "../../buckets/read-keys";
import { verdict, type Audit, type AuditedBucket, type Status } from "./judge";

/** What a status is called, in the order in which statuses are counted. */
export const words: Readonly<Record<Status, { text: string; tone: Tone }>> = {
  fulfilled: { text: "fulfilled", tone: "good" },
  unfulfilled: { text: "not fulfilled", tone: "bad" },
  keyUnusable: { text: "key unusable", tone: "bad" },
  unreadable: { text: "could not be read", tone: "unsure" },
  gone: { text: "deleted meanwhile", tone: "quiet" },
};

export function auditReport(audit: Audit): Report {
  const { require, buckets, unlisted } = audit;
  const counts = Object.fromEntries(
    (Object.keys(words) as Status[]).map((status) => [status, count(buckets, status)]),
  );
  return {
    json: { version: 1, verdict: verdict(audit), require, counts, buckets, unlisted },
    blocks: [
      { heading: heading(audit) },
      ...(buckets.length > 0 ? [{ table: auditTable(buckets) }] : []),
      ...unlisted.map(({ connection, reason }) => ({
        paragraph: { text: `${wayOf(connection)}: ${reason}`, tone: "unsure" as const },
      })),
      ...keys(buckets),
      ...unmanaged(buckets),
    ],
  };
}

const count = (buckets: readonly AuditedBucket[], status: Status) =>
  buckets.filter((bucket) => bucket.status === status).length;

const plural = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** The outcome in one line. */
export function heading({ buckets, require, unlisted }: Audit): string {
  const parts = (["unfulfilled", "keyUnusable", "unreadable", "gone"] as const)
    .map((status) => [count(buckets, status), words[status].text] as const)
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`);
  if (parts.length === 0 && unlisted.length === 0) {
    parts.push(buckets.length === 0 ? "nothing to judge" : "all fulfilled");
  }
  if (unlisted.length > 0) parts.push(`${plural(unlisted.length, "connection")} could not be listed`);
  return `${plural(buckets.length, "bucket")}, required: ${require}: ${parts.join(", ")}`;
}

/** A row for each bucket, and a column for what there is something to say in. */
export function auditTable(buckets: readonly AuditedBucket[]): Table {
  const show = {
    connection: buckets.some(({ connection }) => connection !== null),
    managedBy: buckets.some(({ managedBy }) => managedBy !== undefined),
    key: buckets.some(({ key }) => key !== undefined),
    objects: buckets.some(({ objects }) => objects !== undefined),
  };
  const columns = [
    "bucket",
    "region",
    ...(show.connection ? ["connection"] : []),
    "rule",
    ...(show.key ? ["key"] : []),
    "verdict",
    ...(show.managedBy ? ["managed by"] : []),
    ...(show.objects ? ["objects"] : []),
  ];
  const rows = buckets.map((one): Cell[] => [
    one.bucket,
    one.region ?? "",
    ...(show.connection ? [one.connection ?? ""] : []),
    one.status === "unreadable" || one.status === "gone" ? "" : describeRule(one.rule ?? undefined),
    ...(show.key ? [one.key ? keyCell(one.key) : ""] : []),
    verdictCell(one),
    ...(show.managedBy ? [managers(one)] : []),
    ...(show.objects ? [one.objects ? objectsText(one.objects) : ""] : []),
  ]);
  return { columns, rows };
}

function verdictCell({ status, reason, rule }: AuditedBucket): Cell {
  // What the rule is stands beside it.
  const why = reason !== null && (rule === null || status === "unreadable") ? `: ${reason}` : "";
  const { text, tone } = words[status];
  return { text: status === "unfulfilled" ? text : `${text}${why}`, tone };
}

function keyCell(key: KeyFound): Cell {
  if (key.state === null) return { text: "unknown", tone: "unsure" };
  return { text: key.state, tone: isUsable(key) ? "good" : "bad" };
}

const managers = ({ managedBy = [] }: AuditedBucket): Cell =>
  managedBy.length > 0 ? managedBy.join(", ") : { text: "nobody", tone: "unsure" };

/** Such as `12 (first ones): 10 none, 2 AES256`. */
export function objectsText({ looked, complete, byMethod, reason }: ObjectCount): string {
  const parts = Object.entries(byMethod)
    .sort(([, a], [, b]) => b - a)
    .map(([method, number]) => `${number} ${method}`);
  const scope = complete ? "" : " (first ones)";
  return [`${looked}${scope}`, parts.join(", "), reason].filter(Boolean).join(": ");
}

/** What the states of keys mean. The first reason stands for all: it is mostly the same. */
function keys(buckets: readonly AuditedBucket[]): Block[] {
  const unusable = buckets.filter(({ key }) => key && !isUsable(key)).length;
  const unknown = buckets.flatMap(({ key }) => (key?.state === null ? [key] : []));
  return [
    ...(unusable > 0
      ? [
          {
            paragraph: {
              text: `Uploads to ${plural(unusable, "bucket")} fail, unless they name a method of their own: only an Enabled CMK encrypts.`,
              tone: "bad" as const,
            },
          },
        ]
      : []),
    ...(unknown[0]
      ? [
          {
            paragraph: {
              text: `The CMK of ${plural(unknown.length, "bucket")} could not be looked up: ${unknown[0].reason ?? ""}`,
              tone: "unsure" as const,
            },
          },
        ]
      : []),
  ];
}

function unmanaged(buckets: readonly AuditedBucket[]): Block[] {
  const number = buckets.filter(({ managedBy }) => managedBy?.length === 0).length;
  if (number === 0) return [];
  return [
    {
      paragraph: `${plural(number, "bucket")} managed by no stack named here: oss-encryption import takes them over.`,
    },
  ];
}

const wayOf = (connection: string | null) =>
  connection === null ? "Default connection" : `Connection ${connection}`;
