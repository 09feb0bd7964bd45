import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { UserError } from "../user-error";

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

/** The `pulumi` on PATH, else the newest behind it and in the folders that Pulumi installs itself into. Throws {@link UserError}. */
export async function findEngine(env: NodeJS.ProcessEnv): Promise<PulumiCommand> {
  const { PulumiCommand } = await automation();
  const home = env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  const get = (root?: string) => PulumiCommand.get(root ? { root } : {}).catch(() => undefined);

  const onPath = await get();
  if (onPath && isSuitable(onPath)) {
    // The npm package "pulumi" puts a script on PATH that passes no signal on to the engine that it starts from here.
    const started = await get(join(home, "versions", String(onPath.version)));
    return started ?? onPath;
  }
  const cached = await readdir(join(home, "versions")).catch(() => []);
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

/** How long a first interruption has before it is passed on again. */
const graceMs = 3_000;

/**
 * The signal to run the engine with. At one SIGINT it still waits for reads and writes under way, up to a
 * minute; at a second one it ends at once, its lock released. The Automation API sends one for each abort event.
 */
export function engineSignal(signal: AbortSignal, stdin: NodeJS.ReadStream): AbortSignal {
  const controller = new AbortController();
  const onAbort = () => {
    // A terminal sends Ctrl-C to the engine as well as to this process.
    const isPassedOn = signal.reason === "SIGINT" && stdin.isTTY;
    if (!isPassedOn) controller.abort(signal.reason);
    const repeat = () =>
      isPassedOn ? controller.abort(signal.reason) : controller.signal.dispatchEvent(new Event("abort"));
    setTimeout(repeat, graceMs).unref();
  };
  if (signal.aborted) controller.abort(signal.reason);
  else signal.addEventListener("abort", onAbort, { once: true });
  return controller.signal;
}
