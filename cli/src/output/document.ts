/** A cell's meaning, for colour. */
export type Tone = "good" | "bad" | "unsure" | "quiet";

export type Cell = string | { text: string; tone: Tone };

export interface Table {
  columns: readonly string[];
  /** Line ends inside a cell are kept. */
  rows: readonly (readonly Cell[])[];
}

/** What a subcommand shows to people, before it is decided whether on a terminal or as Markdown. */
export type Block = { heading: string } | { paragraph: Cell } | { table: Table };

export const textOf = (cell: Cell): string => (typeof cell === "string" ? cell : cell.text);

/** Text as it came from OSS or from a state may hold anything; a terminal would obey control characters. */
export const printable = (text: string): string => text.replace(/[^\P{C}\n]/gu, "\u{fffd}");
