import { execFile, type ExecFileException } from "node:child_process";

/** As in Alibaba Cloud's SDKs. */
const defaultTimeoutMs = 60_000;
const largestOutput = 64 * 1024;

/**
 * Runs a program without a shell and returns what it prints, or why there is nothing: the end of the sentence "its
 * process_command …". What it writes to stderr is never repeated, since it may hold what it was about to print.
 */
export function runCommand(
  [program = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs = defaultTimeoutMs,
): Promise<{ output: string } | { failure: string }> {
  const ended = new Promise<{ output: string } | { failure: string }>((resolve) => {
    const options = {
      env,
      timeout: timeoutMs,
      maxBuffer: largestOutput,
      killSignal: "SIGKILL",
      windowsHide: true,
    } as const;
    const child = execFile(program, args, options, (error, stdout) => {
      resolve(error ? { failure: failureOf(error) } : { output: stdout });
    });
    // There is nobody to answer a question it might ask.
    child.stdin?.on("error", () => undefined).end();
  });
  // Node refuses a name that can't be one, quoting it.
  return ended.catch(() => ({ failure: "can't be started" }));
}

function failureOf({ code, killed }: ExecFileException): string {
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "printed more than 64 KiB";
  if (killed) return "took too long and was stopped";
  if (typeof code === "string") return `can't be started (${code})`;
  return typeof code === "number" ? `ended with exit code ${code}` : "was ended by a signal";
}
