import { copyFile, chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { cacheFolder, type Engine, engineVersion, inFolder } from "./locate";
import { run } from "../run";

export interface InstallOptions {
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** This folder: go.mod, go.sum and the two scripts. */
const recipe = __dirname;
const scripts = ["pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy-nodejs"];
const minute = 60_000;

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
      { cwd: recipe, env: options.env, timeout: 10 * minute, signal: options.signal },
    );
    if (code !== 0) throw new Error(lastLine(stderr));
  });
}

/**
 * Builds the engine from Pulumi's published Go module into the cache folder. The Node.js language host is no
 * published module, so the result has none.
 *
 * @throws Error in one line if that fails or takes more than an hour.
 */
export async function goBuild(options: InstallOptions): Promise<Engine> {
  options.log(
    `Building Pulumi ${engineVersion} with Go: takes minutes and some gigabytes of Go's caches, this once.`,
  );
  const started = Date.now();
  const heartbeat = setInterval(
    () => options.log(`… still building, ${Math.round((Date.now() - started) / 1000)} s`),
    minute / 2,
  );
  try {
    return await putInPlace("Go build", options, async (folder) => {
      const bin = join(folder, "bin");
      await mkdir(bin);
      const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${engineVersion}`;
      const { code, stderr } = await run(
        "go",
        [
          "build",
          "-trimpath",
          "-ldflags",
          `-s -w ${version}`,
          "-o",
          bin,
          "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        ],
        {
          cwd: recipe,
          env: { ...options.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" },
          timeout: 60 * minute,
          signal: options.signal,
        },
      );
      if (code !== 0) throw new Error(lastLine(stderr));
      for (const script of scripts) {
        await copyFile(join(recipe, script), join(bin, script));
        await chmod(join(bin, script), 0o755);
      }
    });
  } finally {
    clearInterval(heartbeat);
  }
}

/**
 * Lets `make` fill a folder beside the cache folder and renames it when it holds a working engine: an
 * interruption leaves nothing half done, and of two that run at once both end well.
 */
async function putInPlace(
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

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
