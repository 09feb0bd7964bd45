import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { ExitCode } from "./exit-codes";
import type { Progress } from "./terminal/progress";

/** What a subcommand runs in. */
export interface Context {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  stdin: NodeJS.ReadStream;
  /** Of this command. */
  version: string;
  env: NodeJS.ProcessEnv;
  /** Aborted by Ctrl-C and SIGTERM: stop soon, and leave nothing behind. */
  signal: AbortSignal;
  progress: Progress;
  /** Tells a person who interrupts from now on what is left half done and what to run; undefined: nothing. */
  adviseIfInterrupted: (advice: string | undefined) => void;
  /** Sets the exit code; an error that is thrown sets it to 1. */
  finish(code: ExitCode): void;
}

/** The command.ts of a folder in commands/ exports one of these, and main.ts lists it. */
export type Subcommand = (context: Context) => CommandUnknownOpts;

/** A command line, and what it does in a few words. */
export type Example = readonly [line: string, meaning: string];

/** The examples under the options in a subcommand's help. */
export function exampleHelp(examples: readonly Example[]): string {
  const lines = examples.flatMap(([line, meaning]) => [`  # ${meaning}`, `  $ ${line}`]);
  return ["", "Examples:", ...lines].join("\n");
}
