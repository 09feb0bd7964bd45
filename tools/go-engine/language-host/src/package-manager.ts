import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { PackageManager } from "./runtime-options";

const lockFiles: [PackageManager, string[]][] = [
  ["yarn", ["yarn.lock"]],
  ["pnpm", ["pnpm-lock.yaml"]],
  ["bun", ["bun.lock", "bun.lockb"]],
];

/**
 * The package manager of a program: the one that its runtime options name, else the one that its lock file belongs to
 * or `PULUMI_PREFER_YARN` asks for where that is installed, else npm.
 */
export async function packageManagerOf(
  folder: string,
  named: PackageManager | undefined,
): Promise<PackageManager> {
  if (named) return named;
  const preferYarn = /^(1|true)$/i.test(process.env.PULUMI_PREFER_YARN ?? "");
  for (const [manager, files] of lockFiles) {
    const found = await Promise.all(files.map((file) => existsAbove(folder, file)));
    const isWanted = found.includes(true) || (manager === "yarn" && preferYarn);
    if (isWanted && (await versionOf(manager)) !== undefined) return manager;
  }
  return "npm";
}

/** Undefined where it isn't installed. */
export async function versionOf(manager: PackageManager): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(manager, ["--version"])).stdout.trim();
  } catch {
    return undefined;
  }
}

/** Whether a folder, or one above it, holds something of that name. */
export async function existsAbove(folder: string, name: string): Promise<boolean> {
  const exists = await access(join(folder, name)).then(
    () => true,
    () => false,
  );
  const parent = dirname(folder);
  return exists || (parent !== folder && existsAbove(parent, name));
}
