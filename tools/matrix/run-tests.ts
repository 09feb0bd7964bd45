import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { step } from "./step";
import { type NodeBinary, withNode } from "./node-binary";

interface Report {
  stats?: { passes: number; pending: number };
  failures?: { fullTitle: string; err: { message?: string } }[];
}

/**
 * Runs test files of a checkout, and says how many passed.
 *
 * @throws Error with the titles of those that failed.
 */
export async function runTests(node: NodeBinary, checkout: string, globs: string[]): Promise<string> {
  const report = join(checkout, "node_modules/.matrix-report.json");
  const mocha = ["node_modules/mocha/bin/mocha.js", "--reporter", "json", "--reporter-option"];
  const { code, stdout, stderr } = await step(node.command, [...mocha, `output=${report}`, ...globs], {
    cwd: checkout,
    env: withNode(node),
  });
  const text = await readFile(report, "utf8").catch(() => "{}");
  const { stats, failures = [] } = JSON.parse(text) as Report;
  if (code !== 0 || !stats) {
    const failed = failures.map(({ fullTitle, err }) => `${fullTitle}: ${err.message ?? ""}`);
    throw new Error(failed.join("\n") || stdout + stderr);
  }
  const { passes, pending } = stats;
  return pending > 0 ? `${passes} passed, ${pending} skipped` : `${passes} passed`;
}
