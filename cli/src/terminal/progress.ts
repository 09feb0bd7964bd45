import { printable } from "pulumi-oss-encryption/oss";
import { clearLine, cursorTo } from "node:readline";
import type { WriteStream } from "node:tty";

const redrawMs = 100;
const sparseMs = 15_000;

/** What is going on, on stderr: one line that is rewritten on a terminal, a line now and then elsewhere. */
export class Progress {
  #shownAt = -Infinity;
  #isLineOpen = false;
  /** What was said last, and waits for its time. */
  #next = "";
  #forget: (() => void) | undefined;

  constructor(
    private readonly stream: WriteStream,
    private readonly now: () => number = () => performance.now(),
    /** Gives back what takes it back. */
    private readonly later = (action: () => void, ms: number): (() => void) => {
      const timer = setTimeout(action, ms).unref();
      return () => clearTimeout(timer);
    },
  ) {}

  /** Shows a state of things. Called as often as it changes; only some of it is shown, and always what comes last. */
  update(text: string): void {
    this.#next = printable(text);
    const now = this.now();
    const wait = this.#shownAt + (this.stream.isTTY ? redrawMs : sparseMs) - now;
    if (wait <= 0) this.#show(now);
    // Nothing may follow for a long time, and then this is what is waited for.
    else this.#forget ??= this.later(() => this.#show(this.now()), wait);
  }

  #show(now: number): void {
    this.clear();
    this.#shownAt = now;
    if (!this.stream.isTTY) {
      this.stream.write(`${this.#next}\n`);
      return;
    }
    // A terminal that does not know its width says 0.
    this.stream.write(this.#next.slice(0, (this.stream.columns || 80) - 1));
    this.#isLineOpen = true;
  }

  /** Prints a line that stays. */
  say(line: string): void {
    this.clear();
    this.stream.write(`${line}\n`);
  }

  /** Takes the rewritten line away, and what waits to be shown. */
  clear(): void {
    this.#forget?.();
    this.#forget = undefined;
    if (!this.#isLineOpen) return;
    cursorTo(this.stream, 0);
    clearLine(this.stream, 0);
    this.#isLineOpen = false;
  }
}
