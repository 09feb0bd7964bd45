import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
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
  try {
    await make(folder);
    await chmod(folder, 0o755);
    if (!(await inFolder(folder, source, env))) throw new Error("it does not run");
    if (!(await inFolder(target, "cache", env))) {
      await rm(target, { recursive: true, force: true });
      await rename(folder, target).catch((error: unknown) => {
        if (!isTaken(error)) throw error;
      });
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The ${source} failed: ${reason.split("\n", 1)[0] ?? ""}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const engine = await inFolder(target, source, env);
  if (!engine) throw new Error(`The ${source} failed: ${target} holds no working engine`);
  log(`Pulumi ${engineVersion} is now in ${target}.`);
  return engine;
}

/** Another process was quicker, which is as good. */
function isTaken(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOTEMPTY" || code === "EEXIST";
}

export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
