import { parseArgs } from "node:util";

/** Ours, the same behind the provider plugin, a dynamic resource that does nothing (what the engine itself takes), and the bridged resource. */
export const contestants = ["ours", "plugin", "floor", "alicloud"] as const;
export type Contestant = (typeof contestants)[number];

export interface Options {
  sizes: number[];
  latencies: number[];
  /** Values of --parallel to compare at the largest of the sizes up to 200 and the longest latency; empty: none. */
  parallel: number[];
  runs: number;
  contestants: Contestant[];
  /** Most buckets that alicloud is measured with: each of its creates sleeps for five seconds. */
  alicloudUpTo: number;
  json: boolean;
  /** A page whose figures are replaced. */
  write?: string;
}

export const help = `Compares BucketEncryption, as a dynamic resource and behind the provider plugin, with a dynamic resource that does nothing
(the engine's floor) and with alicloud.oss.BucketServerSideEncryption, where its plugin is installed, on the real engine
and the OSS emulator.

usage: npm run bench [-- flags]

  --sizes N,…         numbers of buckets (default 1,200; with --full 1,50,200,1000)
  --latencies MS,…    milliseconds that each answer of OSS takes longer (default 0,40)
  --parallel N,…      also with --parallel of these (default none; with --full 4,8,16,32,64)
  --runs N            runs of which the median is shown (default 3; with --full 5)
  --contestants …     of ours,plugin,floor,alicloud (default: all)
  --alicloud-up-to N  most buckets for alicloud, whose every create sleeps for 5 s (default 1; with --full 50)
  --full              everything: takes about an hour
  --json              print JSON with every run instead of tables
  --write PAGE        put the tables into a page, between its marks <!-- bench --> and <!-- /bench -->
  --help              print this`;

const flags = {
  sizes: { type: "string" },
  latencies: { type: "string" },
  parallel: { type: "string" },
  runs: { type: "string" },
  contestants: { type: "string" },
  "alicloud-up-to": { type: "string" },
  full: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  write: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Undefined where help is asked for. @throws Error naming the flag and what it may be */
export function parseOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({ args, options: flags });
  if (values.help) return undefined;
  const { full, json, write } = values;
  return {
    sizes: numbers("sizes", values.sizes ?? (full ? "1,50,200,1000" : "1,200"), 1),
    latencies: numbers("latencies", values.latencies ?? "0,40", 0),
    parallel:
      full || values.parallel !== undefined ? numbers("parallel", values.parallel ?? "4,8,16,32,64", 1) : [],
    runs: number("runs", values.runs ?? (full ? "5" : "3"), 1),
    contestants: names(values.contestants ?? contestants.join(",")),
    alicloudUpTo: number("alicloud-up-to", values["alicloud-up-to"] ?? (full ? "50" : "1"), 0),
    json,
    ...(write === undefined ? {} : { write }),
  };
}

function list(flag: string, text: string): string[] {
  const entries = [...new Set(text.split(",").filter(Boolean))];
  if (entries.length === 0) throw new Error(`--${flag}: at least one is needed.`);
  return entries;
}

const numbers = (flag: string, text: string, least: number) =>
  list(flag, text).map((entry) => number(flag, entry, least));

function number(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least) return value;
  throw new Error(`--${flag}: "${text}" is not a whole number from ${least} up.`);
}

function names(text: string): Contestant[] {
  const flag = "contestants";
  return list(flag, text).map((name) => {
    const contestant = contestants.find((one) => one === name);
    if (contestant) return contestant;
    throw new Error(`--${flag}: "${name}" is not one of ${contestants.join(", ")}.`);
  });
}
