import { access, constants, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, sep } from "node:path";
import * as semver from "semver";
import { run } from "../run";

/** The version that is downloaded or built. The npm package `pulumi` must have the same. */
export const engineVersion = "3.259.0";

/** The oldest engine that does all this project needs: `pulumi import --file` takes outputs since 3.254. */
export const minimumVersion = "3.254.0";

export interface Engine {
  /** Absolute path of the `pulumi` executable. */
  command: string;
  version: string;
  source: "PATH" | "cache" | "download" | "Go build";
  /** Whether Pulumi's Node.js language host is beside it or on PATH. Without one the CLI can't start a program by itself. */
  languageHost: boolean;
  /** Whether Pulumi's YAML host is, which the official download has, and a build from the Go module hasn't. */
  yamlHost: boolean;
}

const executable = (name: string) => (process.platform === "win32" ? `${name}.exe` : name);

/** Where the engine keeps plugins and its cache. */
export function pulumiHome(env: NodeJS.ProcessEnv = process.env): string {
  return env.PULUMI_HOME ?? join(homedir(), ".pulumi");
}

/** The folder that the npm package `pulumi` and the Automation API keep engines in, too. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(pulumiHome(env), "versions", engineVersion);
}

/** The first suitable `pulumi` on PATH. Passes over unsuitable ones, telling `log` why. */
export async function onPath(
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<Engine | undefined> {
  for (const folder of (env.PATH ?? "").split(delimiter).filter(Boolean)) {
    const command = join(folder, executable("pulumi"));
    if (await isNpmShim(command)) continue;
    const version = await versionOf(command, env);
    if (version === undefined) continue;
    if (semver.satisfies(version, `^${minimumVersion}`, { includePrerelease: true })) {
      return { command, version, source: "PATH", ...(await hosts(command, env)) };
    }
    log(`Not ${command}: its version ${version} is not ${minimumVersion} or a later 3.x.`);
  }
  return undefined;
}

export async function inCache(env: NodeJS.ProcessEnv): Promise<Engine | undefined> {
  return inFolder(cacheFolder(env), "cache", env);
}

export async function inFolder(
  folder: string,
  source: Engine["source"],
  env: NodeJS.ProcessEnv,
): Promise<Engine | undefined> {
  const command = join(folder, "bin", executable("pulumi"));
  const version = await versionOf(command, env);
  return version === engineVersion ? { command, version, source, ...(await hosts(command, env)) } : undefined;
}

/**
 * npm puts node_modules/.bin on PATH when it runs a script. The `pulumi` there is no engine: it looks in the
 * cache folder and downloads what it doesn't find.
 */
async function isNpmShim(command: string): Promise<boolean> {
  const target = await realpath(command).catch(() => command);
  return [command, target].some((path) => path.includes(`${sep}node_modules${sep}`));
}

async function versionOf(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (!(await isExecutable(command))) return undefined;
  const quiet = { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const outcome = await run(command, ["version"], { env: quiet, timeout: 300_000 }).catch(() => undefined);
  return outcome?.code === 0 ? (semver.valid(outcome.stdout.trim()) ?? undefined) : undefined;
}

async function hosts(
  command: string,
  env: NodeJS.ProcessEnv,
): Promise<Pick<Engine, "languageHost" | "yamlHost">> {
  const folders = [dirname(command), ...(env.PATH ?? "").split(delimiter).filter(Boolean)];
  const isThere = async (language: string) => {
    const files = folders.map((folder) => join(folder, executable(`pulumi-language-${language}`)));
    return (await Promise.all(files.map(isExecutable))).includes(true);
  };
  return { languageHost: await isThere("nodejs"), yamlHost: await isThere("yaml") };
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
