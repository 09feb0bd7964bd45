import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { UserError } from "../user-error";
import { runEngine, type EngineResult } from "./engine-process";

/** The oldest Pulumi this is promised for. */
export const minimumVersion = "3.254.0";

type Automation = typeof import("@pulumi/pulumi/automation");

/** The Automation API. It takes half a second to load, so only a subcommand that needs an engine does it. */
export async function automation(): Promise<Automation> {
  try {
    return await import("@pulumi/pulumi/automation/index.js");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new UserError("@pulumi/pulumi is not installed: run npm install @pulumi/pulumi.");
  }
}

/** What the engine is run with besides its command line. */
export interface EngineContext {
  env: NodeJS.ProcessEnv;
  /** Aborted: every engine that runs is to end. */
  signal: AbortSignal;
}

/** The Automation API's engine, which is run by {@link runEngine}: the API itself lets go of one that does not end. */
export async function openEngine({ env, signal }: EngineContext): Promise<Engine> {
  const engine = await findEngine(env);
  const { createCommandError } = (await automation()) as Automation & AutomationInternals;
  const { command } = engine;
  const run: Run = async (args, cwd, added, onOutput, onError) => {
    // What comes with this engine, its language hosts above all, before what is installed beside it.
    const own = isAbsolute(command) ? { PATH: [dirname(command), env.PATH].join(delimiter) } : {};
    const withOwn = { ...env, ...added, ...own, PULUMI_AUTOMATION_API: "true" };
    const flags = args.includes("--non-interactive") ? [] : ["--non-interactive"];
    const options = { cwd, env: withOwn, signal, onOutput, onError };
    const result = await runEngine(command, [...args, ...flags], options);
    if (result.code !== 0) {
      throw createCommandError({
        ...result,
        // What it printed begins a line, as errors are looked for.
        toString: () => `code: ${result.code}\n stdout:\n${result.stdout}\n stderr:\n${result.stderr}\n`,
      });
    }
    return result;
  };
  return Object.assign(engine, { run });
}

export type Engine = PulumiCommand & { run: Run };

type Run = (
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
  onOutput?: (text: string) => void,
  onError?: (text: string) => void,
) => Promise<EngineResult>;

/** What the API's own `run` throws with. */
interface AutomationInternals {
  createCommandError: (result: EngineResult & { toString(): string }) => Error;
}

/** The `pulumi` on PATH, else the newest behind it and in the folders that Pulumi installs itself into. Throws {@link UserError}. */
async function findEngine(env: NodeJS.ProcessEnv): Promise<PulumiCommand> {
  const { PulumiCommand } = await automation();
  const home = env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  const get = (root?: string) => PulumiCommand.get(root ? { root } : {}).catch(() => undefined);

  const onPath = await get();
  if (onPath && isSuitable(onPath)) {
    // The npm package "pulumi" puts a script on PATH that passes no signal on to the engine that it starts from here.
    const started = await get(join(home, "versions", String(onPath.version)));
    return started ?? onPath;
  }
  const versions = await readdir(join(home, "versions")).catch(() => []);
  // An engine that is being installed has a name with a dot before it, and soon another one.
  const cached = versions.filter((name) => !name.startsWith("."));
  // npx puts that script before a true engine.
  const laterOnPath = (env.PATH ?? "").split(delimiter).filter((folder) => basename(folder) === "bin");
  const roots = [...laterOnPath.map(dirname), home, ...cached.map((name) => join(home, "versions", name))];
  const commands = await Promise.all(roots.map(get));
  const [newest] = commands
    .filter((command) => command !== undefined)
    .filter(isSuitable)
    .sort((a, b) => b.version?.compare(a.version ?? "") ?? 0);
  if (newest) return newest;
  const lack = onPath ? `The pulumi on PATH is version ${String(onPath.version)}` : "No pulumi is on PATH";
  throw new UserError(
    `${lack}, and ${home} holds no Pulumi ${minimumVersion} or later 3.x: see https://www.pulumi.com/docs/install/.`,
  );
}

function isSuitable({ version }: PulumiCommand): boolean {
  return version?.major === 3 && version.compare(minimumVersion) >= 0;
}
