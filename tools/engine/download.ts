import { PulumiCommand } from "@pulumi/pulumi/automation";
import { SemVer } from "semver";
import { engineVersion } from "./locate";

/** Run as a process of its own, because an installation under way can't be stopped from within. */
async function main(): Promise<void> {
  const [root] = process.argv.slice(2);
  if (root === undefined) throw new Error("usage: download.ts FOLDER");
  await PulumiCommand.install({ version: new SemVer(engineVersion), root });
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
});
