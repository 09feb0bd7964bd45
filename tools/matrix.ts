import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { version as ownSdk } from "@pulumi/pulumi/version";
import { checkoutWithSdk, sdkFor } from "./matrix/checkout";
import { nodeBinary, type NodeBinary } from "./matrix/node-binary";
import { refusal } from "./matrix/refusal";
import { runTests } from "./matrix/run-tests";
import { interrupted } from "./matrix/step";

/**
 * Runs the tests that depend on the runtime on every line of Node.js that is supported, each with the newest SDK of
 * Pulumi that supports it, and checks that a Node.js that is too old is called so. npm brings everything into a
 * temporary folder.
 */

const supportedLines = ["20", "22", "24"];
/** The newest that is too old, and that npm still runs on. */
const tooOld = "20.18";
const suites = {
  "unit, protocol": ["tests/unit/**/*.test.ts", "tests/protocol/**/*.test.ts"],
  "end to end": ["tests/e2e/main-job.test.ts"],
};
const repository = dirname(__dirname);

type Row = Record<string, string> & { result: string };

/** One row of the table; what can't be had here is skipped, and says why. */
async function row(line: string, folder: string, fill: (node: NodeBinary, row: Row) => Promise<void>) {
  const started = Date.now();
  const row: Row = { "Node.js": line, result: "skipped" };
  console.error(`Node.js ${line} …`);
  try {
    const node = await nodeBinary(line, join(folder, `node-${line}`));
    row["Node.js"] = node.version;
    row.result = "failed";
    await fill(node, row);
    row.result = "passed";
  } catch (error) {
    interrupted.throwIfAborted();
    console.error(`${row.result}: ${error instanceof Error ? error.message : String(error)}`);
  }
  row.seconds = String(Math.round((Date.now() - started) / 1000));
  return row;
}

async function matrix(lines: string[], folder: string): Promise<Row[]> {
  const checkouts = new Map([[ownSdk, Promise.resolve(repository)]]);
  const checkout = (sdk: string): Promise<string> => {
    const path = join(folder, `sdk-${sdk}`);
    const made = checkouts.get(sdk) ?? checkoutWithSdk(sdk, repository, path).then(() => path);
    checkouts.set(sdk, made);
    return made;
  };
  const rows: Row[] = [];
  for (const line of lines) {
    const supported = row(line, folder, async (node, row) => {
      const sdk = await sdkFor(node.version, ownSdk);
      row["@pulumi/pulumi"] = sdk;
      for (const [suite, globs] of Object.entries(suites)) {
        row[suite] = await runTests(node, await checkout(sdk), globs);
      }
    });
    rows.push(await supported);
  }
  const refused = row(tooOld, folder, async (node, row) => {
    row.install = await refusal(node, repository, join(folder, "too-old"));
  });
  return [...rows, await refused];
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "matrix-"));
  try {
    const named = process.argv.slice(2);
    const rows = await matrix(named.length > 0 ? named : supportedLines, folder);
    console.table(Object.fromEntries(rows.map(({ "Node.js": version, ...row }) => [version, row])));
    // As with the engine: in continuous integration what is skipped has not passed.
    const bad = process.env.CI === "true" ? ["failed", "skipped"] : ["failed"];
    if (rows.some(({ result }) => bad.includes(result))) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
