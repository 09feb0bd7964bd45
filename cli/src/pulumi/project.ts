import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import { UserError } from "../user-error";
import { automation, findEngine } from "./engine";

/** A Pulumi project and its stacks. Failures of the engine are {@link UserError}s in its own words. */
export class Project {
  private constructor(private readonly workspace: LocalWorkspace) {}

  static async open(folder: string, env: NodeJS.ProcessEnv): Promise<Project> {
    const workDir = resolve(folder);
    const isFolder = await stat(workDir).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) throw new UserError(`--cwd: ${workDir} is not a folder.`);
    const pulumiCommand = await findEngine(env);
    const { LocalWorkspace } = await automation();
    // A project may have every command refresh the state first, which would take drift for declared.
    const envVars = { PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_OPTION_REFRESH: "false" };
    const workspace = await LocalWorkspace.create({ workDir, pulumiCommand, envVars });
    // Every command names its stack. Selecting it as well would change the one that the user has selected.
    workspace.selectStack = () => Promise.resolve();
    return new Project(workspace);
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

/** Passes a result on; an engine command's failure becomes a {@link UserError} with the error line that it printed. */
export async function orUserError<T>(result: Promise<T>): Promise<T> {
  const { CommandError } = await automation();
  try {
    return await result;
  } catch (error) {
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
