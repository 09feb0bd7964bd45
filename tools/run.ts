import { spawn } from "node:child_process";

export interface RunOptions {
  cwd?: string;
  /** The whole environment of the command; default: this process's own. */
  env?: NodeJS.ProcessEnv;
  /** Milliseconds until the command is ended; default: {@link longestRunMs}. */
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface Outcome {
  /** Exit code; null where a signal ended the command. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Milliseconds that only a command which hangs takes, on a busy machine too; within the hour that mocha gives a test. */
export const longestRunMs = 3_000_000;
const graceMs = 5_000;

/**
 * Runs a command to its end and gives back whatever it did, non-zero exit codes included.
 * The command gets a process group of its own, all of which is ended when the time is up: the Pulumi CLI
 * and install scripts leave children behind when only they are killed.
 *
 * @throws Error if the command can't be started, took too long or was aborted.
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { cwd, env, timeout = longestRunMs, signal } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        output[stream] += text;
      });
    }

    let failure: Error | undefined;
    let lastResort: NodeJS.Timeout | undefined;
    const end = (reason: Error) => {
      failure ??= reason;
      endGroup(child.pid, "SIGTERM");
      lastResort ??= setTimeout(() => endGroup(child.pid, "SIGKILL"), graceMs);
    };
    const deadline = setTimeout(
      () =>
        end(new Error(`${command} ${args.join(" ")} took more than ${timeout / 1000} s\n${tail(output)}`)),
      timeout,
    );
    const onAbort = () => end(new Error(`${command} was interrupted`));
    signal?.addEventListener("abort", onAbort);

    const settle = () => {
      clearTimeout(deadline);
      clearTimeout(lastResort);
      signal?.removeEventListener("abort", onAbort);
    };
    child.on("error", (error) => {
      settle();
      reject(error);
    });
    child.on("close", (code) => {
      settle();
      if (failure) reject(failure);
      else resolve({ code, ...output });
    });
  });
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // Ended in the meantime.
  }
}

function tail({ stdout, stderr }: { stdout: string; stderr: string }): string {
  return (stdout + stderr).slice(-2000);
}
