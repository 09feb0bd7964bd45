import { randomUUID } from "node:crypto";
import { lstat, mkdir, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { engineVersion } from "../engine/locate";

const languageHost = "pulumi-language-nodejs";

/**
 * Makes this checkout's language host known to an engine that has none, through its folder of plugins. The engine looks
 * there last, so a language host beside it or on PATH is still preferred; and unlike one on PATH, it is used
 * without a warning. What is there but is no link stays.
 *
 * @param plugins The engine's folder of plugins: `plugins` in `PULUMI_HOME`.
 * @returns The path of the link.
 */
export async function linkLanguageHost(plugins: string): Promise<string> {
  // The engine passes over folders that are links themselves.
  const folder = join(plugins, `language-nodejs-v${engineVersion}`);
  const link = join(folder, languageHost);
  await mkdir(folder, { recursive: true });
  const found = await lstat(link).catch(() => undefined);
  if (found && !found.isSymbolicLink()) return link;
  // Put in place at once, so that there is a link at every moment, whoever else does the same.
  const made = `${link}.${randomUUID()}`;
  await symlink(join(__dirname, "language-host", languageHost), made);
  await rename(made, link);
  return link;
}
