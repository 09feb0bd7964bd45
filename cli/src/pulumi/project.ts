// What do the engine and a stack's state say?

import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import { UserError } from "../user-error";
import { automation, openEngine, type Engine, type EngineContext } from "./engine";

/** A Pulumi project and its stacks. Failures of the engine are {@link UserError}s in its own words. */
export class Project {
  private constructor(
    private readonly workspace: LocalWorkspace,
    private readonly engine: Engine,
  ) {}

  static async open(folder: string, context: EngineContext): Promise<Project> {
    const workDir = resolve(folder);
    await checkFolder(workDir);
    await checkProject(workDir);
    const engine = await openEngine(context);
    const { LocalWorkspace } = await automation();
    // A project may have every command refresh the state first, which would take drift for declared.
    const envVars = { PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_OPTION_REFRESH: "false" };
    const workspace = await LocalWorkspace.create({ workDir, pulumiCommand: engine, envVars });
    // Every command names its stack. Selecting it as well would change the one that the user has selected.
    workspace.selectStack = () => Promise.resolve();
    return new Project(workspace, engine);
  }

  /** Runs an engine command that the Automation API has no method for. Throws {@link UserError} in the engine's words. */
  async run(args: readonly string[]): Promise<void> {
    const { workDir, envVars } = this.workspace;
    await orUserError(this.engine.run(args, workDir, envVars));
  }

  async stackNames(): Promise<string[]> {
    try {
      return (await orUserError(this.workspace.listStacks())).map(({ name }) => name);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`The project's stacks could not be listed: ${error.message}`, { cause: error });
    }
  }

  async selectedStack(): Promise<string | undefined> {
    return (await orUserError(this.workspace.stack()))?.name;
  }

  /** A handle; that the stack exists shows when it is used. */
  async stack(name: string): Promise<Stack> {
    const { Stack } = await automation();
    return Stack.select(name, this.workspace);
  }
}

const projectFiles = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

const kindOf = (path: string) =>
  stat(path).then(
    (found) => (found.isDirectory() ? "folder" : "file"),
    () => undefined,
  );

/** Throws {@link UserError} where a project's folder is none. */
export async function checkFolder(folder: string): Promise<void> {
  if ((await kindOf(folder)) !== "folder") throw new UserError(`--cwd: ${resolve(folder)} is not a folder.`);
}

/** Throws {@link UserError} where neither a folder nor one above it holds a project. */
async function checkProject(workDir: string): Promise<void> {
  for (let folder = workDir; ; folder = dirname(folder)) {
    const kinds = await Promise.all(projectFiles.map((name) => kindOf(join(folder, name))));
    if (kinds.includes("file")) return;
    if (folder === dirname(folder)) break;
  }
  throw new UserError(`--cwd: no Pulumi.yaml project file found in ${workDir} or above it.`);
}

/** Passes a result on; an engine command's failure becomes a {@link UserError} with the error line that it printed. */
export async function orUserError<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    const { CommandError } = await automation();
    if (!(error instanceof CommandError)) throw error;
    throw new UserError(errorLine(error.message), { cause: error });
  }
}

/** How an engine command failed; undefined if it did not. */
export async function userErrorOf(result: Promise<unknown>): Promise<UserError | undefined> {
  try {
    await orUserError(result);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** The first error in what the engine printed, or how to say that there is none. */
export function errorLine(printed: string): string {
  const [, line] = /^\s*error: (.+)$/m.exec(printed) ?? [];
  return line?.trim() ?? "The Pulumi engine failed and gave no reason.";
}
