// What goes on between the command and the person at the terminal?

import { setMaxListeners } from "node:events";
import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** npx passes a terminal's Ctrl-C on, which has arrived already: two signals so close together are one. */
const sameSignalMs = 300;

/**
 * Turns a signal into an abort, so that everything under way can clean up after itself before the process ends; at a
 * second one it ends at once.
 */
export class Interruption {
  readonly #controller = new AbortController();
  #firstAt = 0;
  #advice: string | undefined;

  constructor(
    private readonly process: NodeJS.Process,
    /** Ends the process, which nothing else does here. */
    private readonly endAtOnce: () => void,
  ) {
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

  /** What a person is told who interrupts from now on: what is left half done, and what to run. */
  advise(advice: string | undefined): void {
    if (!this.signal.aborted) this.#advice = advice;
  }

  /** What to say in the end. */
  get lastWords(): string {
    return ["Interrupted.", this.#advice].filter(Boolean).join(" ");
  }

  dispose(): void {
    for (const name of signals) this.process.off(name, this.#onSignal);
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    const now = performance.now();
    if (!this.signal.aborted) {
      this.#firstAt = now;
      this.#controller.abort(name);
    } else if (now - this.#firstAt > sameSignalMs) {
      this.endAtOnce();
    }
  };
}
