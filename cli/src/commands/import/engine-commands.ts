import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Stack } from "@pulumi/pulumi/automation";
import { errorLine } from "../../pulumi/project";
import { UserError } from "../../user-error";
import type { AlicloudResource } from "./alicloud";

/** Arguments of the import: dynamic resources have no schema to generate code from, and the program decides on protection. */
export const importArguments = (file: string, stack: string) => [
  "import",
  "--file",
  file,
  "--stack",
  stack,
  "--generate-code=false",
  "--protect=false",
  "--yes",
  "--skip-preview",
];

/** Arguments of the command that takes a resource out of a state and leaves the rule in OSS as it is. */
export function dropArguments({ urn, isProtected }: AlicloudResource, stack: string): string[] {
  const args = ["state", "delete", urn, "--stack", stack, "--yes"];
  return isProtected ? [...args, "--force"] : args;
}

/** A command as a shell takes it. */
export function shellLine(command: string, args: readonly string[]): string {
  const quoted = args.map((arg) =>
    /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`,
  );
  return [command, ...quoted].join(" ");
}

/** Imports a file into a stack's state. Throws {@link UserError} in the engine's words. */
export async function importInto(stack: Stack, file: string, signal: AbortSignal): Promise<void> {
  await run(stack, importArguments(file, stack.name), signal);
}

/** Takes the alicloud provider's resources out of a state, one by one, leaving the rules in OSS. */
export async function dropAlicloudResources(
  stack: Stack,
  resources: readonly AlicloudResource[],
  signal: AbortSignal,
): Promise<void> {
  for (const resource of resources) {
    signal.throwIfAborted();
    await run(stack, dropArguments(resource, stack.name), signal);
  }
}

/** Both commands are beyond what the Automation API offers, so they are run as a person would. */
async function run({ workspace }: Stack, args: string[], signal: AbortSignal): Promise<void> {
  const { pulumiCommand, workDir, envVars } = workspace;
  try {
    await promisify(execFile)(pulumiCommand.command, [...args, "--non-interactive"], {
      cwd: workDir,
      env: { ...process.env, ...envVars },
      signal,
      killSignal: "SIGINT",
      maxBuffer: Infinity,
    });
  } catch (error) {
    signal.throwIfAborted();
    const { stderr = "", stdout = "" } = error as { stderr?: string; stdout?: string };
    throw new UserError(`pulumi ${args.slice(0, 2).join(" ")}: ${errorLine(stderr + stdout)}`);
  }
}
