import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { longestRunMs } from "../../tools/run";

const bin = join(__dirname, "../../cli/bin/oss-encryption.js");

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  onStart?: (child: ChildProcess) => void;
}

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command as a process of its own, with pipes instead of a terminal; ends it where it hangs. */
export async function ossEncryption(
  args: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  const { cwd, env = process.env, onStart } = options;
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env,
    timeout: longestRunMs,
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
  }
  onStart?.(child);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...output };
}
