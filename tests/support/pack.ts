import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../tools/run";
import { repository } from "./repository";

export const packages = ["provider", "emulator", "policy", "cli"] as const;
export interface Pack {
  name: string;
  version: string;
  filename: string;
  files: { path: string }[];
}

/** `npm pack` of a package; with a folder the tarball is put there, without one it only says what it would hold. */
export async function pack(name: (typeof packages)[number], folder?: string): Promise<Pack> {
  const where = folder === undefined ? ["--dry-run"] : ["--pack-destination", folder];
  const args = ["pack", "--json", "--ignore-scripts", ...where];
  const { code, stdout, stderr } = await run("npm", args, { cwd: join(repository, name) });
  assert.equal(code, 0, stderr);
  const [packed] = JSON.parse(stdout) as Pack[];
  assert(packed);
  return packed;
}
