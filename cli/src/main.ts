import { createRequire } from "node:module";
import { Command, CommanderError } from "@commander-js/extra-typings";
import { audit } from "./commands/audit/command";
import { drift } from "./commands/drift/command";
import { importBuckets } from "./commands/import/command";
import { permissions } from "./commands/permissions/command";
import { addCompletion } from "./completion";
import { exitCodes } from "./exit-codes";
import { messageOf } from "./user-error";
import { Interruption } from "./terminal/interruption";
import { Progress } from "./terminal/progress";
import type { Context, Subcommand } from "./subcommand";

const { version, description } = createRequire(__filename)("../package.json") as Record<
  "version" | "description",
  string
>;

const subcommands: readonly Subcommand[] = [audit, drift, importBuckets, permissions];

/** Runs the command line to its end and sets the process's exit code. Never rejects. */
export async function main(args: readonly string[]): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  const progress = new Progress(stderr);
  const interruption = new Interruption(process, () => {
    progress.say(interruption.lastWords);
    process.exit(interruption.exitCode);
  });
  let isReportLost = false;
  const finish = (code: number) => (process.exitCode = isReportLost ? exitCodes.failed : code);
  // What can't be written may have been all that the command was for; a pipe that is closed has been read enough of.
  stdout.on("error", ({ code = "unknown error" }: NodeJS.ErrnoException) => {
    if (code === "EPIPE" || isReportLost) return;
    isReportLost = true;
    progress.say(`oss-encryption: The report can't be written to the standard output (${code}).`);
    finish(exitCodes.failed);
  });
  stderr.on("error", () => undefined);
  const context = {
    stdin,
    stdout,
    stderr,
    env,
    version,
    progress,
    finish,
    signal: interruption.signal,
    adviseIfInterrupted: interruption.advise.bind(interruption),
  };
  try {
    const command = program(context);
    await addCompletion(command, args[0]);
    await command.parseAsync(args, { from: "user" });
  } catch (error) {
    finish(error instanceof CommanderError ? error.exitCode : exitCodes.failed);
    // Commander has said what it has to say.
    if (!(error instanceof CommanderError) && interruption.exitCode === undefined) {
      progress.say(`oss-encryption: ${messageOf(error, env)}`);
    }
  } finally {
    progress.clear();
    if (interruption.exitCode !== undefined) {
      progress.say(interruption.lastWords);
      finish(interruption.exitCode);
    }
    interruption.dispose();
  }
}

function program(context: Context): Command {
  const program = new Command("oss-encryption")
    .description(description)
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .configureHelp({ helpWidth: 100 })
    .exitOverride();
  for (const subcommand of subcommands) {
    const command = subcommand(context);
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}
