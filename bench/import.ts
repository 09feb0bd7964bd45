import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { median } from "./statistics";

/** What `import … from "pulumi-oss-encryption"` adds to the start of a program that has loaded the Pulumi SDK. */
export interface ImportTime {
  runsMs: number[];
  medianMs: number;
  /** Files of ali-oss and the credentials library among what a program loads: there should be none. */
  filesOfOssLibraries: number;
}

const script = `
require("@pulumi/pulumi");
const start = performance.now();
require("pulumi-oss-encryption");
const loaded = performance.now();
const heavy = Object.keys(require.cache).filter((path) => /node_modules.(ali-oss|@alicloud)/.test(path)).length;
console.log(JSON.stringify({ ms: loaded - start, heavy }));
`;

/** Each run is a process of its own. */
export function measureImport(runs: number): ImportTime {
  const results = Array.from({ length: runs }, () => {
    const output = execFileSync(process.execPath, ["-e", script], { cwd: join(__dirname, "..") });
    return JSON.parse(output.toString()) as { ms: number; heavy: number };
  });
  const runsMs = results.map(({ ms }) => Number(ms.toFixed(1)));
  return {
    runsMs,
    medianMs: median(runsMs),
    filesOfOssLibraries: Math.max(...results.map(({ heavy }) => heavy)),
  };
}
