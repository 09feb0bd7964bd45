import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { ask } from "../../cli/src/terminal/ask";

describe("a question to a person", () => {
  function asked(signal = new AbortController().signal) {
    const [stdin, stderr] = [new PassThrough(), new PassThrough()];
    const terminal = { stdin, stderr, signal } as unknown as Parameters<typeof ask>[1];
    const answer = ask("Put it back?", terminal);
    return { stdin, answer, shown: () => String(stderr.read()) };
  }

  const answers: [string, boolean][] = [
    ["y\n", true],
    [" Yes \n", true],
    ["yes", true],
    ["no\n", false],
    ["\n", false],
    ["yesterday\n", false],
  ];
  for (const [typed, expected] of answers) {
    it(`takes ${JSON.stringify(typed)} for ${expected ? "yes" : "no"}`, async () => {
      const { stdin, answer, shown } = asked();
      stdin.end(typed);
      assert.equal(await answer, expected);
      assert.equal(shown(), "Put it back? [y/N] ");
    });
  }

  it("takes the end of input for no, and ends the line", async () => {
    const { stdin, answer, shown } = asked();
    stdin.end();
    assert.equal(await answer, false);
    assert.equal(shown(), "Put it back? [y/N] \n");
  });

  it("is given up with the run", async () => {
    const controller = new AbortController();
    const { answer } = asked(controller.signal);
    controller.abort(new Error("interrupted"));
    await assert.rejects(answer, /^Error: interrupted$/);
  });
});
