import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** What `import … from "pulumi-oss-encryption"` adds to the start of a program that has loaded the Pulumi SDK. */
const runs = 15;

const script = `
require("@pulumi/pulumi");
const start = performance.now();
require("pulumi-oss-encryption");
const loaded = performance.now();
const heavy = Object.keys(require.cache).filter((path) => /node_modules.(ali-oss|@alicloud)/.test(path)).length;
console.log(JSON.stringify({ ms: loaded - start, heavy }));
`;

const results = Array.from({ length: runs }, () => {
  const output = execFileSync(process.execPath, ["-e", script], { cwd: join(__dirname, "..") });
  return JSON.parse(output.toString()) as { ms: number; heavy: number };
});
const times = results.map(({ ms }) => ms).sort((a, b) => a - b);
const round = (ms: number | undefined) => Number((ms ?? NaN).toFixed(1));
const report = {
  node: process.version,
  runs,
  medianMs: round(times[Math.floor(runs / 2)]),
  fastestMs: round(times[0]),
  slowestMs: round(times.at(-1)),
  // ali-oss and the credentials library must not be among what a program loads.
  filesOfOssLibraries: Math.max(...results.map(({ heavy }) => heavy)),
};
if (process.argv.includes("--json")) console.log(JSON.stringify(report));
else console.table(report);
