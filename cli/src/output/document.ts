// What does a report look like, as text, Markdown, JSON or a file?

import { printable } from "pulumi-oss-encryption/oss";

/** A cell's meaning, for colour. */
export type Tone = "good" | "bad" | "unsure" | "quiet";

/** A value, on one line; `lines`: several, each on a line of its own. */
export type Cell = string | { text: string; tone: Tone } | { lines: readonly string[] };

export interface Table {
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/** What a subcommand shows to people, before it is decided whether on a terminal or as Markdown. */
export type Block = { heading: string } | { paragraph: Cell } | { table: Table };

/** What a cell says, line by line, as it may be shown. */
export function linesOf(cell: Cell): string[] {
  if (typeof cell === "string") return [printable(cell)];
  return ("lines" in cell ? cell.lines : [cell.text]).map(printable);
}

export const toneOf = (cell: Cell): Tone | undefined =>
  typeof cell !== "string" && "tone" in cell ? cell.tone : undefined;

/** A number of things, such as `1 bucket`. */
export const plural = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** JSON whose texts may be shown, names of properties too: logs show JSON, and build servers read logs. */
export const jsonText = (value: unknown): string => `${JSON.stringify(printableJson(value), undefined, 2)}\n`;

function printableJson(value: unknown): unknown {
  if (typeof value === "string") return printable(value);
  if (Array.isArray(value)) return value.map(printableJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, property]) => [printable(key), printableJson(property)]),
  );
}
