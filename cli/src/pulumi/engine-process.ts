import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../user-error";

/** How an engine command ended. */
export interface EngineResult {
  stdout: string;
  stderr: string;
  /** 1 where a signal ended it. */
  code: number;
}

export interface EngineCommand {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Aborted: the engine is to end. */
  signal: AbortSignal;
  onOutput?: ((text: string) => void) | undefined;
  onError?: ((text: string) => void) | undefined;
  /** How long an answer is waited for; what runs a program or locks the stack takes as long as it takes. */
  answerMs?: number | undefined;
}

/** Windows has none. */
const hasGroups = process.platform !== "win32";

/**
 * At one SIGINT the engine still waits for reads and writes under way, up to a minute; at a second one it ends, its lock
 * released. Where it hangs, as with a backend that does not answer, only the third step helps.
 */
function steps(args: readonly string[]): { afterMs: number; end: (child: ChildProcess) => void }[] {
  const interrupt = (child: ChildProcess) => child.kill("SIGINT");
  return [
    { afterMs: 0, end: interrupt },
    { afterMs: 3_000, end: interrupt },
    { afterMs: locking.has(args[0] ?? "") ? lockedMs : 5_000, end: killAll },
  ];
}

/** Commands that lock the stack. Killed, they would leave the lock, so they get time also on a busy machine. */
const locking: ReadonlySet<string> = new Set(["up", "refresh", "destroy", "import", "state"]);
const lockedMs = 60_000;

const isUnlimited = (verb = "") => verb === "preview" || locking.has(verb);

/**
 * Runs the engine, and sees to it that it ends when it is to end, or when this process ends. It gets a process group of
 * its own, so that a terminal's Ctrl-C reaches it from here alone, and what it started ends with it. Throws
 * {@link UserError} where it can't be started, or gives no answer: it waits for a silent backend for ever.
 */
export async function runEngine(
  command: string,
  args: readonly string[],
  { cwd, env, signal, onOutput, onError, answerMs = 300_000 }: EngineCommand,
): Promise<EngineResult> {
  signal.throwIfAborted();
  const child = await start(command, args, { cwd, env });
  const killWithThisProcess = () => killAll(child);
  const closed = new AbortController();
  const end = () => void endStepByStep(child, steps(args), closed.signal);
  process.once("exit", killWithThisProcess);
  signal.addEventListener("abort", end, { once: true });
  const limit = isUnlimited(args[0]) ? undefined : AbortSignal.timeout(answerMs);
  limit?.addEventListener("abort", end, { once: true });
  const output = { stdout: "", stderr: "" };
  const collect = (name: "stdout" | "stderr", listener?: (text: string) => void) =>
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      listener?.(text);
    });
  collect("stdout", onOutput);
  collect("stderr", onError);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (limit?.aborted) throw noAnswer(args, answerMs);
    return { ...output, code: code ?? 1 };
  } finally {
    closed.abort();
    signal.removeEventListener("abort", end);
    limit?.removeEventListener("abort", end);
    process.removeListener("exit", killWithThisProcess);
  }
}

async function start(command: string, args: readonly string[], options: Pick<EngineCommand, "cwd" | "env">) {
  try {
    const child = spawn(command, args, {
      ...options,
      detached: hasGroups,
      stdio: ["ignore", "pipe", "pipe"],
    });
    await once(child, "spawn");
    return child;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new UserError(`The Pulumi engine ${command} can't be started (${code}).`, { cause: error });
  }
}

function noAnswer(args: readonly string[], answerMs: number): UserError {
  const [words] = args.join(" ").split(" -", 1);
  const minutes = answerMs / 60_000;
  return new UserError(
    `pulumi ${words} gave no answer in ${minutes} minutes, so it was ended: see whether the stack's backend can be reached.`,
  );
}

async function endStepByStep(
  child: ChildProcess,
  all: ReturnType<typeof steps>,
  closed: AbortSignal,
): Promise<void> {
  for (const { afterMs, end } of all) {
    // Ends early when there is nothing left to end.
    await pause(afterMs, undefined, { signal: closed }).catch(() => undefined);
    if (closed.aborted) return;
    end(child);
  }
}

/** With all that it started, where there are process groups. */
function killAll(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (!hasGroups) {
    child.kill("SIGKILL");
    return;
  }
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
