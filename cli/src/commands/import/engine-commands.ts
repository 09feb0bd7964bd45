import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Stack } from "@pulumi/pulumi/automation";
import { UserError } from "../../user-error";
import { dropArguments, type AlicloudResource } from "./alicloud";

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

/** Imports a file into a stack's state. Throws {@link UserError} in the engine's words. */
export async function importInto(stack: Stack, file: string, signal: AbortSignal): Promise<void> {
  await command(stack, importArguments(file, stack.name), signal);
}

/** Takes the other resources out of a state, one by one, leaving the rules in OSS. */
export async function dropAlicloudResources(
  stack: Stack,
  resources: readonly AlicloudResource[],
  signal: AbortSignal,
): Promise<void> {
  for (const resource of resources) {
    signal.throwIfAborted();
    await command(stack, dropArguments(resource, stack.name), signal);
  }
}

/** Both commands are beyond what the Automation API offers, so they are run as a person would. */
async function command({ workspace }: Stack, args: string[], signal: AbortSignal): Promise<void> {
  const { pulumiCommand, workDir, envVars } = workspace;
  const options = {
    cwd: workDir,
    env: { ...process.env, ...envVars },
    signal,
    killSignal: "SIGINT",
  } as const;
  try {
    await promisify(execFile)(pulumiCommand.command, [...args, "--non-interactive"], {
      ...options,
      maxBuffer: Infinity,
    });
  } catch (error) {
    signal.throwIfAborted();
    const { stderr = "", stdout = "" } = error as { stderr?: string; stdout?: string };
    const [, line] = /^\s*error: (.+)$/m.exec(stderr + stdout) ?? [];
    throw new UserError(
      `pulumi ${args.slice(0, 2).join(" ")}: ${line?.trim() ?? "failed without saying why."}`,
    );
  }
}
