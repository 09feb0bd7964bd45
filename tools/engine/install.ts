import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { cacheFolder, type Engine, engineVersion, inFolder } from "./locate";
import { run } from "../run";

export interface InstallOptions {
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}

const tenMinutes = 600_000;

/**
 * Puts Pulumi's official build into the cache folder.
 *
 * @throws Error in one line if that fails or takes more than ten minutes.
 */
export async function download(options: InstallOptions): Promise<Engine> {
  options.log(`Downloading the official Pulumi ${engineVersion} …`);
  return putInPlace("download", options, async (folder) => {
    const { code, stderr } = await run(
      process.execPath,
      ["--import", "tsx", join(__dirname, "download.ts"), folder],
      { cwd: __dirname, env: options.env, timeout: tenMinutes, signal: options.signal },
    );
    if (code !== 0) throw new Error(lastLine(stderr));
  });
}

/**
 * Lets `make` fill a folder beside the cache folder and renames it when it holds a working engine: an
 * interruption leaves nothing half done, and of two that run at once both end well.
 */
export async function putInPlace(
  source: Engine["source"],
  { env, log }: InstallOptions,
  make: (folder: string) => Promise<void>,
): Promise<Engine> {
  const target = cacheFolder(env);
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  const replaced = `${folder}.replaced`;
  try {
    await make(folder);
    await chmod(folder, 0o755);
    const engine = await inFolder(folder, source, env);
    if (!engine) throw new Error("it does not run");
    // What is there is looked at where it is in the way, not before: another process may have put its own there. Of two that
    // find it broken the second takes away what the first has put there, and puts its own there at once.
    if (!(await renamed(folder, target)) && !(await inFolder(target, "cache", env))) {
      await renamed(target, replaced);
      await renamed(folder, target);
    }
    log(`Pulumi ${engineVersion} is now in ${target}.`);
    return { ...engine, command: join(target, relative(folder, engine.command)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The ${source} failed: ${reason.split("\n", 1)[0] ?? ""}`, { cause: error });
  } finally {
    for (const one of [folder, replaced]) await rm(one, { recursive: true, force: true });
  }
}

/** Whether that was done: `from` was still there, and `to` was free. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(code)) return false;
    throw error;
  }
}

export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
