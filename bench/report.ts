import { entries } from "./contestants";
import type { ImportTime } from "./import";
import { contestants, type Contestant } from "./options";
import { operations, type Result } from "./sample";

export interface Report {
  /** What it ran on, a phrase each. */
  machine: string[];
  runs: number;
  notes: string[];
  import: ImportTime;
  results: Result[];
}

/** The report in Markdown, for people and for a page. Tables are as narrow as they come; prettier aligns them. */
export function toMarkdown({ machine, runs, notes, import: start, results }: Report): string {
  const grid = results.filter(({ parallel }) => parallel === undefined);
  const varied = results.filter(({ parallel }) => parallel !== undefined);
  return [
    `Median of ${runs} run${runs === 1 ? "" : "s"}. ${machine.join(", ")}.`,
    ...(grid.length > 0
      ? ["Time, and in brackets its ratio to that of the do-nothing resource:", times(grid)]
      : []),
    ...(varied.length > 0 ? ["The same with `--parallel`:", times(varied)] : []),
    ...(grid.length > 0 ? ["What else it takes:", costs(grid)] : []),
    `Importing the package takes ${start.medianMs.toFixed(1)} ms beyond \`@pulumi/pulumi\` ` +
      `(${start.runsMs.length} runs, ${Math.min(...start.runsMs)} to ${Math.max(...start.runsMs)} ms).`,
    ...notes,
  ].join("\n\n");
}

/** A row for each operation, a column for each contestant. */
function times(results: readonly Result[]): string {
  const present = contestantsIn(results);
  const isVaried = results.some(({ parallel }) => parallel !== undefined);
  const rows = settingsIn(results).flatMap((setting) =>
    operations.map((operation) => {
      const [first] = setting as [Result];
      const cells = present.map((contestant) =>
        time(setting.find((one) => one.contestant === contestant && one.operation === operation)),
      );
      const parallel = isVaried ? [String(first.parallel ?? "default")] : [];
      return [String(first.buckets), `${first.latency} ms`, ...parallel, operation, ...cells];
    }),
  );
  const parallel = isVaried ? ["`--parallel`"] : [];
  return table(["buckets", "latency", ...parallel, "operation", ...present.map(titleOf)], rows);
}

function time(result: Result | undefined): string {
  if (!result) return "–";
  const { contestant, medianMs, ratioToFloor } = result;
  const ratio = ratioToFloor === undefined || contestant === "floor" ? "" : ` (${ratioToFloor.toFixed(2)})`;
  return `${seconds(medianMs)}${ratio}`;
}

/** A row for each contestant and number of buckets: requests and memory of each operation. */
function costs(results: readonly Result[]): string {
  const rows = settingsIn(results).flatMap((setting) =>
    contestantsIn(setting).map((contestant) => {
      const own = setting.filter((one) => one.contestant === contestant);
      const [first] = own as [Result];
      const requests = operations.map((operation) => {
        const count = own.find((one) => one.operation === operation)?.requestsPerBucket;
        return count === undefined ? "–" : String(Number(count.toFixed(2)));
      });
      const state = own.find(({ stateBytes }) => stateBytes !== undefined)?.stateBytes;
      const peak = Math.max(...own.map(({ providerPeakKiB }) => providerPeakKiB));
      const up = own.find(({ operation }) => operation === "up");
      return [
        String(first.buckets),
        `${first.latency} ms`,
        titleOf(contestant),
        ...requests,
        `${state ?? "–"} B`,
        `${Math.round(peak / 1024)} MiB`,
        seconds(up?.cpuMs),
        seconds(up?.emulatorCpuMs),
      ];
    }),
  );
  const [first, ...others] = operations;
  return table(
    [
      "buckets",
      "latency",
      "",
      `requests per ${first}`,
      ...others,
      "state of a resource",
      "provider's memory",
      "processor time of up",
      "emulator's own",
    ],
    rows,
  );
}

/** Results of the same buckets, latency and --parallel, as they were measured. */
function settingsIn(results: readonly Result[]): Result[][] {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    const key = [result.buckets, result.latency, result.parallel].join();
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()];
}

const contestantsIn = (results: readonly Result[]) =>
  // The floor first: what the others are compared with.
  (["floor", ...contestants.filter((one) => one !== "floor")] as const).filter((contestant) =>
    results.some((result) => result.contestant === contestant),
  );

const seconds = (ms: number | undefined) => (ms === undefined ? "–" : `${(ms / 1000).toFixed(1)} s`);

const titleOf = (contestant: Contestant) => entries[contestant].title;

function table(columns: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}
