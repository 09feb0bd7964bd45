import { join } from "node:path";
import { run } from "./run";

export const packages = ["provider", "emulator", "policy", "cli"] as const;
export type Package = (typeof packages)[number];

export interface Pack {
  name: string;
  version: string;
  filename: string;
  /** Bytes of the tarball. */
  size: number;
  files: { path: string }[];
}

/** `npm pack` of a package; with a folder the tarball is put there, without one it only says what it would hold. */
export async function pack(name: Package, folder?: string): Promise<Pack> {
  const where = folder === undefined ? ["--dry-run"] : ["--pack-destination", folder];
  const args = ["pack", "--json", "--ignore-scripts", ...where];
  const { code, stdout, stderr } = await run("npm", args, { cwd: join(__dirname, "..", name) });
  const [packed] = code === 0 ? (JSON.parse(stdout) as Pack[]) : [];
  if (!packed) throw new Error(`npm pack of ${name} failed: ${stderr}`);
  return packed;
}
