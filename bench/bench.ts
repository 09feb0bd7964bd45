import { cpus, loadavg, totalmem } from "node:os";
import { version as sdk } from "@pulumi/pulumi/version";
import { format } from "prettier";
import { missingAlicloudPlugin } from "../tools/alicloud-plugin";
import { describe, findEngine, type Engine } from "../tools/engine";
import { measureImport } from "./import";
import { help, parseOptions, type Options } from "./options";
import { checkMarks, writeFigures } from "./page";
import { plan } from "./plan";
import { toMarkdown, type Report } from "./report";
import { summarize, type Sample } from "./sample";
import { measureScenario } from "./scenario";

const importRuns = 15;
const progress = (line: string) => console.error(line);

function machine(engine: Engine, load: number): string[] {
  const processors = cpus();
  return [
    `${processors.length} × ${processors[0]?.model.trim() || "processor"}`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Node ${process.version}`,
    `Pulumi ${engine.version}`,
    `@pulumi/pulumi ${sdk}`,
    // With others at work the times say little; the ratios suffer less.
    `load before it started ${load.toFixed(1)}`,
  ];
}

async function bench(options: Options, signal: AbortSignal): Promise<Report> {
  const load = loadavg()[0] ?? NaN;
  const engine = await findEngine({ log: progress, signal });
  progress(describe(engine));
  const { scenarios, notes } = plan(options, missingAlicloudPlugin());
  notes.forEach(progress);
  progress("import");
  const start = measureImport(importRuns);
  const samples: Sample[] = [];
  const { runs } = options;
  const record = (sample: Sample) => void samples.push(sample);
  try {
    for (const [index, scenario] of scenarios.entries()) {
      const { buckets, latency, parallel } = scenario;
      const width = parallel === undefined ? "" : `, --parallel ${parallel}`;
      progress(`${index + 1} of ${scenarios.length}: ${buckets} buckets, ${latency} ms${width}`);
      await measureScenario(scenario, {
        engine,
        runs,
        signal,
        record,
        progress: (line) => progress(`  ${line}`),
      });
    }
  } catch (error) {
    if (!signal.aborted || samples.length === 0) throw error;
    notes.push("Interrupted: what it did not come to is missing, or has fewer runs.");
  }
  return {
    machine: machine(engine, load),
    runs: options.runs,
    notes,
    import: start,
    results: summarize(samples),
  };
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (!options) {
    console.log(help);
    return;
  }
  if (options.write !== undefined) await checkMarks(options.write);
  const interruption = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => interruption.abort(new Error("Interrupted.")));
  }
  const report = await bench(options, interruption.signal);
  const figures = (await format(toMarkdown(report), { parser: "markdown" })).trimEnd();
  if (options.write !== undefined) await writeFigures(options.write, figures);
  if (interruption.signal.aborted) process.exitCode = 1;
  console.log(options.json ? JSON.stringify(report, undefined, 2) : figures);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
