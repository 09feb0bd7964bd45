import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

const entry = "pulumi-oss-encryption/dynamic";
const verified = new Set<string>();

/**
 * Throws RunError where the engine would fail with a bare MODULE_NOT_FOUND: it loads this package by name from the
 * program's folder, in a process of its own, and not from wherever the program has it from. With pnpm, for example,
 * the dependencies of a dependency can't be seen from there.
 */
export function verifyInstall(): void {
  // Set for programs that the engine runs in the folder it loads from; not for inline programs and unit tests.
  if (!isAbsolute(pulumi.runtime.getRootDirectory())) return;
  const folder = process.cwd();
  if (verified.has(folder)) return;
  verified.add(folder);
  try {
    createRequire(join(folder, "package.json")).resolve(entry);
  } catch {
    const error = new pulumi.RunError(
      `Pulumi loads pulumi-oss-encryption from ${folder}, and it can't be found from there: ` +
        "make it a dependency of the program's own package.json (npm install pulumi-oss-encryption, pnpm add, yarn add). " +
        "With Yarn, set nodeLinker: node-modules in .yarnrc.yml.",
    );
    // As in parseRules: a stack would take the SDK many seconds to inspect.
    error.stack = "";
    throw error;
  }
}
