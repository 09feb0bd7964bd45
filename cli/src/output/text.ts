import { styleText } from "node:util";
import CliTable from "cli-table3";
import { linesOf, toneOf, type Block, type Cell, type Table, type Tone } from "./document";

type Format = Parameters<typeof styleText>[0];

const formats: Record<Tone | "heading", Format> = {
  good: "green",
  bad: "red",
  unsure: "yellow",
  quiet: "gray",
  heading: "bold",
};

const noFrame = Object.fromEntries(
  ["top", "bottom", "left", "right", "mid"]
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat("middle")
    .map((part) => [part, ""]),
);

/** Blocks for a person's eyes; coloured if `stream` is a terminal that knows colours and NO_COLOR is not set. */
export function renderText(
  blocks: readonly Block[],
  stream: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv = process.env,
): string {
  // Left to itself, Node.js lets FORCE_COLOR win over both.
  const isColoured = stream.isTTY && stream.hasColors({ ...env, FORCE_COLOR: undefined });
  const style = (tone: keyof typeof formats, text: string) =>
    isColoured ? styleText(formats[tone], text, { validateStream: false }) : text;
  const cell = (value: Cell) => {
    const text = linesOf(value).join("\n");
    const tone = toneOf(value);
    return tone === undefined ? text : style(tone, text);
  };
  const render = (block: Block) => {
    if ("heading" in block) return style("heading", linesOf(block.heading).join());
    return "paragraph" in block ? cell(block.paragraph) : renderTable(block.table);
  };
  const renderTable = ({ columns, rows }: Table) => {
    const table = new CliTable({
      head: columns.map((column) => style("quiet", column.toUpperCase())),
      chars: noFrame,
      style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    });
    table.push(...rows.map((row) => row.map(cell)));
    return table.toString().replace(/ +$/gm, "");
  };
  return `${blocks.map(render).join("\n\n")}\n`;
}
