import { delimiter, dirname, join } from "node:path";
import { step } from "./step";

/** A Node.js for one run, beside the machine's own. */
export interface NodeBinary {
  /** The executable. */
  command: string;
  /** Such as 22.23.3. */
  version: string;
}

/**
 * Brings the newest Node.js of a release line into a folder: npm has each as a package, without npm itself.
 *
 * @throws Error saying why it can't be had.
 */
export async function nodeBinary(line: string, folder: string): Promise<NodeBinary> {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const args = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", `${name}@${line}`];
  const install = await step("npm", args, { env: process.env });
  if (install.code !== 0) throw new Error(`npm has no ${name}@${line} for this machine`);
  const file = process.platform === "win32" ? "node.exe" : "node";
  const command = join(folder, "node_modules", name, "bin", file);
  const { code, stdout, stderr } = await step(command, ["--print", "process.versions.node"]);
  if (code !== 0) throw new Error(`${name}@${line} does not start here: ${stderr.trim()}`);
  return { command, version: stdout.trim() };
}

/** This process's environment, with that Node.js in front: npm and the Pulumi engine take the one on PATH. */
export function withNode({ command }: NodeBinary): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [dirname(command), process.env.PATH].join(delimiter) };
}
