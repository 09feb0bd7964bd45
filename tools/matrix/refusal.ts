import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { step } from "./step";
import { type NodeBinary, withNode } from "./node-binary";

/**
 * What npm says when the package is installed under a Node.js that is too old for it.
 *
 * @throws Error if it has nothing to say.
 */
export async function refusal(node: NodeBinary, repository: string, folder: string): Promise<string> {
  await mkdir(folder);
  const pack = ["pack", join(repository, "provider"), "--ignore-scripts", "--json"];
  const packed = await step("npm", pack, { cwd: folder, env: process.env });
  const [tarball] = JSON.parse(packed.stdout) as { filename: string }[];
  const install = ["install", "--prefix", folder, "--dry-run", "--no-audit", `./${tarball?.filename ?? ""}`];
  const { stderr } = await step("npm", install, { cwd: folder, env: withNode(node) });
  const [said] = /Unsupported engine \{[^}]*'pulumi-oss-encryption@[^}]*node: '([^']+)'/.exec(stderr) ?? [];
  if (!said) throw new Error(`npm installs it and does not warn:\n${stderr}`);
  return "npm: Unsupported engine";
}
