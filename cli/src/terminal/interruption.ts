import { setMaxListeners } from "node:events";
import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Turns signals into an abort, so that everything under way can clean up after itself before the process ends. */
export class Interruption {
  readonly #controller = new AbortController();

  constructor(private readonly process: NodeJS.Process) {
    // Every call that waits listens; Node would warn of a leak at the eleventh.
    setMaxListeners(0, this.signal);
    for (const name of signals) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The shell's exit code for the signal that came first; undefined if none came. */
  get exitCode(): number | undefined {
    if (!this.signal.aborted) return undefined;
    return 128 + constants.signals[this.signal.reason as NodeJS.Signals];
  }

  dispose(): void {
    for (const name of signals) this.process.off(name, this.#onSignal);
  }

  readonly #onSignal = (name: NodeJS.Signals): void => this.#controller.abort(name);
}
