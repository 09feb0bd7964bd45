import { describeRule } from "pulumi-oss-encryption/oss";
import type { Unlisted } from "../../buckets/select-buckets";
import type { Block } from "../../output/document";
import type { Report } from "../../output/format";
import type { Plan } from "./plan";
import { statement } from "./render";

/** What came of an import. */
export interface ImportResult {
  plan: Plan;
  unlisted: Unlisted[];
  /** Files that were written, with their folder. */
  files: string[];
  /** The stack that was imported into; undefined: nothing was run. */
  imported?: string | undefined;
  /** What is left to do, as command lines. */
  commands: string[];
}

export function importReport({ plan, unlisted, files, imported, commands }: ImportResult): Report {
  const { resources, managed, withoutRule, refused } = plan;
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
  return { json: { version: 1, imported: imported ?? null, ...plan, unlisted, files, commands }, blocks };
}

function heading({ resources }: Plan, imported: string | undefined): string {
  const number = `${resources.length} bucket${resources.length === 1 ? "" : "s"}`;
  if (resources.length === 0) return "Nothing to import";
  return imported === undefined ? `${number} to import` : `${number} imported into stack ${imported}`;
}

const table = (columns: string[], rows: string[][]): Block[] =>
  rows.length > 0 ? [{ table: { columns, rows } }] : [];

const section = (title: string, columns: string[], rows: string[][]): Block[] =>
  rows.length > 0 ? [{ heading: `${title} (${rows.length})` }, ...table(columns, rows)] : [];
