import { isDeepStrictEqual, styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** What the demo prints: steps, commands with their output, and the checks of each outcome. */
export class DemoLog {
  private step = 0;

  constructor(
    private readonly steps: number,
    private readonly out: NodeJS.WriteStream = process.stdout,
  ) {}

  /** Begins a step: what it does, and why in a sentence or two. */
  begin(title: string, ...explanation: string[]): void {
    this.line();
    this.line(this.styled("bold", `${++this.step}/${this.steps}  ${title}`));
    for (const line of explanation) this.line(`     ${line}`);
  }

  command(text: string): void {
    this.line(this.styled("cyan", `     $ ${text}`));
  }

  /** What a program said, without blank lines. */
  output(text: string): void {
    for (const line of text.split("\n").filter((line) => line.trim() !== "")) {
      this.line(this.styled("dim", `     | ${line}`));
    }
  }

  /** @throws Error if the outcome is not the expected one, which ends the demo. */
  check(what: string, actual: unknown, expected: unknown): void {
    if (!isDeepStrictEqual(actual, expected)) {
      throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
    }
    this.line(`     ${this.styled("green", "✔")} ${what}`);
  }

  line(text = ""): void {
    this.out.write(`${text}\n`);
  }

  private styled(style: Style, text: string): string {
    const isColoured = this.out.isTTY && !process.env.NO_COLOR;
    return isColoured ? styleText(style, text) : text;
  }
}
