import { cp } from "node:fs/promises";
import { basename, join } from "node:path";
import semver from "semver";
import { step } from "./step";

const sdk = "@pulumi/pulumi";

/** The SDK that a Node.js gets: the newest one if that supports it, otherwise the one this repository has. */
export async function sdkFor(nodeVersion: string, own: string): Promise<string> {
  const view = await npm(["view", `${sdk}@latest`, "version", "engines", "--json"], process.cwd());
  const { version, engines } = JSON.parse(view) as { version: string; engines?: { node?: string } };
  return semver.satisfies(nodeVersion, engines?.node ?? "*") ? version : own;
}

/** A copy of the repository with another SDK, installed and compiled against it. */
export async function checkoutWithSdk(version: string, repository: string, folder: string): Promise<void> {
  const isMade = (path: string) =>
    ["node_modules", "dist", ".git"].includes(basename(path)) || path.endsWith(".tsbuildinfo");
  await cp(repository, folder, { recursive: true, filter: (path) => !isMade(path) });
  await npm(["pkg", "set", `devDependencies.${sdk}=${version}`], folder);
  await npm(["install", "--no-audit", "--no-fund", "--prefer-offline"], folder);
  const { version: installed } = (await import(join(folder, "node_modules", sdk, "package.json"))) as {
    version: string;
  };
  if (installed !== version) throw new Error(`npm installed ${sdk} ${installed} instead of ${version}`);
}

async function npm(args: string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await step("npm", args, { cwd, env: process.env });
  if (code !== 0) throw new Error(`npm ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}
