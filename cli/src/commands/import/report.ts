import { describeRule } from "pulumi-oss-encryption/oss";
import type { Unlisted } from "../../buckets/select-buckets";
import { plural, type Block } from "../../output/document";
import type { Report } from "../../output/format";
import type { AlicloudRule } from "../../pulumi/alicloud-rules";
import type { Plan } from "./plan";
import { statement } from "./render";
import type { WrittenFiles } from "./write-declarations";

/** What came of an import. */
export interface ImportResult {
  plan: Plan;
  unlisted: Unlisted[];
  /** Filters that no bucket fits. */
  emptyFilters: string[];
  /** Buckets that the audit which they are from left out. */
  excluded: number;
  written: WrittenFiles;
  /** The stack that was imported into; undefined: nothing was run. */
  imported?: string | undefined;
  /** Resources of the alicloud provider that were taken out of their state. */
  dropped: readonly AlicloudRule[];
  /** Those that stay there, since their bucket could not be taken over. */
  keptAlicloud: readonly AlicloudRule[];
  /** What is left to do, as command lines. */
  commands: string[];
}

export function importReport(result: ImportResult): Report {
  const { plan, unlisted, written, imported, dropped, commands } = result;
  const { resources, managed, withoutRule, refused } = plan;
  const { files } = written;
  const blocks: Block[] = [
    { heading: heading(plan, imported) },
    ...table(
      ["bucket", "rule"],
      resources.map(({ bucket, rule }) => [bucket, describeRule(rule)]),
    ),
    ...section(
      "Skipped, because the stack manages them already",
      ["bucket", "resource"],
      managed.map(({ bucket, name }) => [bucket, name]),
    ),
    ...section(
      "Without a default rule: this would give them one",
      ["bucket", "declaration"],
      withoutRule.map((one) => [one.bucket, statement(one)]),
    ),
    ...section(
      "Left out",
      ["bucket", "reason"],
      refused.map(({ bucket, reason }) => [bucket, reason]),
    ),
    ...section(
      "Not listed",
      ["connection", "reason"],
      unlisted.map(({ connection, reason }) => [connection ?? "default", reason]),
    ),
  ];
  if (files.length > 0) blocks.push({ paragraph: `Written: ${files.join(", ")}` });
  if (commands.length > 0) {
    blocks.push({ paragraph: { lines: ["Next:", ...commands.map((line) => `  ${line}`)] } });
  }
  const told = notes(result);
  blocks.push(...told.map((paragraph) => ({ paragraph })));
  const json = {
    version: 1,
    imported: imported ?? null,
    resources,
    managed,
    withoutRule,
    refused,
    unlisted,
    files,
    commands,
    dropped: dropped.map(({ urn }) => urn),
    notes: told,
  };
  return { json, blocks };
}

/** What has to be done by hand, and to be known. */
function notes({ plan, emptyFilters, excluded, written, dropped, keptAlicloud }: ImportResult): string[] {
  const { next, kept } = written;
  const all = emptyFilters.map((filter) => `No bucket fits ${filter}.`);
  if (excluded > 0) all.push(`Left out by the audit, and so not imported: ${plural(excluded, "bucket")}.`);
  all.push(...plan.notes);
  if (dropped.length > 0) {
    all.push(
      `Taken out of the state, with their rules left in OSS: ${dropped.length} alicloud.oss.BucketServerSideEncryption. ` +
        "Take them out of the program too.",
    );
  }
  if (keptAlicloud.length > 0) {
    all.push(
      "Keep alicloud.oss.BucketServerSideEncryption in the program for these buckets until they are taken over as well, or " +
        `pulumi up removes their rules: ${keptAlicloud.map(({ bucket }) => bucket).join(", ")}`,
    );
  }
  if (kept.length > 0) all.push(`Declared already, in another way, and left as it is: ${kept.join(", ")}`);
  if (next !== undefined) all.push(next);
  return all;
}

function heading({ resources }: Plan, imported: string | undefined): string {
  const number = plural(resources.length, "bucket");
  if (resources.length === 0) return "Nothing to import";
  return imported === undefined ? `${number} to import` : `${number} imported into stack ${imported}`;
}

const table = (columns: string[], rows: string[][]): Block[] =>
  rows.length > 0 ? [{ table: { columns, rows } }] : [];

const section = (title: string, columns: string[], rows: string[][]): Block[] =>
  rows.length > 0 ? [{ heading: `${title} (${rows.length})` }, ...table(columns, rows)] : [];
