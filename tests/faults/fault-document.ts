import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { faultTable, type Outcome, type Row } from "./fault-table";

const file = join(__dirname, "../../docs/faults.md");
const between = /(?<=<!-- fault table -->\n\n).*(?=\n\n<!-- end of fault table -->)/s;

/** The fault table as docs/faults.md shows it. */
export function renderFaultTable(): string {
  const lines = faultTable.map(({ name, outcomes, create }) => {
    const { write, confirm, read, delete: remove } = outcomes;
    const put = create ? `create: ${cell(create)}; update: ${cell(write)}` : cell(write);
    return [name, put, cell(confirm, " → pending"), cell(read), cell(remove)];
  });
  const head = ["Fault", "create, update: PUT", "create, update: reading back", "read", "delete"];
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Markdown tables that differ only in padding are equal. */
export const unpadded = (table: string): string => table.replace(/ +/g, " ").replace(/-{2,}/g, "---");

export const documentedFaultTable = (): string => between.exec(readFileSync(file, "utf8"))?.[0] ?? "";

function cell(pair: Row["outcomes"]["read"], afterError = ""): string {
  if (!pair) return "–";
  const [once, lasting] = pair.map((outcome) => text(outcome, afterError));
  return once === lasting ? `${once}` : `${once}; lasting: ${lasting}`;
}

function text(outcome: Outcome, afterError: string): string {
  const { tries } = outcome;
  if ("read" in outcome) return outcome.read;
  if ("error" in outcome) return errorText(outcome.error, tries, afterError);
  if (outcome.found) return `found carried out${tries > 1 ? ` after ${tries} tries` : ""}`;
  return tries === 1 ? "done" : `done at try ${tries}`;
}

function errorText(error: string, tries: number, afterError: string): string {
  if (error.startsWith("OSS accepted")) return "error after a minute → pending";
  if (error.endsWith("NoSuchBucket") && tries > 1) return "error after 8 s";
  if (tries === 1) return `error at once${afterError}`;
  return `error after ${tries > 5 ? "a minute" : `${tries} tries`}${afterError}`;
}

if (require.main === module) {
  writeFileSync(file, readFileSync(file, "utf8").replace(between, renderFaultTable()));
}
