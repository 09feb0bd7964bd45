import { type Outcome, run, type RunOptions } from "../run";

const interruption = new AbortController();
export const interrupted = interruption.signal;
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => interruption.abort(new Error("Interrupted.")));
}

/** A command that ends with this process when that is interrupted. */
export function step(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return run(command, args, { ...options, signal: interrupted });
}
