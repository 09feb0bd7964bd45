import { linesOf, type Block, type Cell, type Table } from "./document";

/** Blocks as GitHub-flavoured Markdown, for a pull request or a job summary. */
export function renderMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(render).join("\n\n")}\n`;
}

function render(block: Block): string {
  if ("heading" in block) return `### ${escape(block.heading)}`;
  return "paragraph" in block ? escape(block.paragraph) : renderTable(block.table);
}

function renderTable({ columns, rows }: Table): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map(escape).join(" | ")} |`;
  return [line(columns), `|${" --- |".repeat(columns.length)}`, ...rows.map(line)].join("\n");
}

/** Nothing in a cell may end it, become markup, mention somebody or link to an issue. */
function escape(cell: Cell): string {
  const escaped = linesOf(cell).map((line) =>
    line
      .replaceAll("&", "&amp;")
      .replace(/[\\`*_[\]<>|~#]/g, "\\$&")
      .replaceAll("@", "&#64;"),
  );
  return escaped.join("<br>");
}
