import { printable } from "pulumi-oss-encryption/oss";
import { clearLine, cursorTo } from "node:readline";
import type { WriteStream } from "node:tty";

const redrawMs = 100;
const sparseMs = 15_000;

/** What is going on, on stderr: one line that is rewritten on a terminal, a line now and then elsewhere. */
export class Progress {
  #shownAt = -Infinity;
  #isLineOpen = false;

  constructor(
    private readonly stream: WriteStream,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Shows a state of things. Called as often as it changes; only some of it is shown. */
  update(text: string): void {
    const line = printable(text);
    const now = this.now();
    if (now - this.#shownAt < (this.stream.isTTY ? redrawMs : sparseMs)) return;
    this.#shownAt = now;
    if (!this.stream.isTTY) {
      this.stream.write(`${line}\n`);
      return;
    }
    this.clear();
    // A terminal that does not know its width says 0.
    this.stream.write(line.slice(0, (this.stream.columns || 80) - 1));
    this.#isLineOpen = true;
  }

  /** Prints a line that stays. */
  say(line: string): void {
    this.clear();
    this.stream.write(`${line}\n`);
  }

  /** Takes the rewritten line away. */
  clear(): void {
    if (!this.#isLineOpen) return;
    cursorTo(this.stream, 0);
    clearLine(this.stream, 0);
    this.#isLineOpen = false;
  }
}
