import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { WriteStream } from "node:tty";
import type { Block } from "../../cli/src/output/document";
import { renderMarkdown } from "../../cli/src/output/markdown";
import { renderText } from "../../cli/src/output/text";
import { Progress } from "../../cli/src/terminal/progress";

const blocks: Block[] = [
  { heading: "stack prod" },
  {
    table: {
      columns: ["bucket", "state"],
      rows: [
        ["logs-prod", { text: "changed", tone: "bad" }],
        ["a|b\u001b[31m", { lines: ["two", "lines *_`@#<&"] }],
      ],
    },
  },
  { paragraph: "2 buckets." },
];

function stream(isTTY: boolean): WriteStream & { text: () => string } {
  const through = new PassThrough();
  const hasColors = (env: object) => WriteStream.prototype.hasColors(env);
  const text = () => String(through.read() ?? "");
  return Object.assign(through, { isTTY, columns: 20, hasColors, text }) as never;
}

describe("output", () => {
  it("text is aligned, without colour or control characters where it is not for a terminal", () => {
    const expected = [
      "stack prod",
      "",
      "BUCKET     STATE",
      "logs-prod  changed",
      "a|b\u{fffd}[31m   two",
      "           lines *_`@#<&",
      "",
      "2 buckets.",
      "",
    ];
    assert.deepEqual(renderText(blocks, stream(false)).split("\n"), expected);
  });

  const colours: [what: string, isTTY: boolean, env: NodeJS.ProcessEnv, isColoured: boolean][] = [
    ["a terminal", true, {}, true],
    ["a terminal, with NO_COLOR", true, { NO_COLOR: "1" }, false],
    ["a terminal, with NO_COLOR and FORCE_COLOR", true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    ["a terminal that knows none", true, { TERM: "dumb" }, false],
    ["a file, with FORCE_COLOR", false, { FORCE_COLOR: "1" }, false],
  ];
  for (const [what, isTTY, env, isColoured] of colours) {
    it(`text has ${isColoured ? "colour" : "no colour"} on ${what}`, () => {
      const text = renderText(blocks, stream(isTTY), { TERM: "xterm", ...env });
      assert.equal(text.includes("\u001b[31mchanged\u001b[39m"), isColoured);
      assert.equal(text.includes("\u001b"), isColoured);
    });
  }

  it("in Markdown no value is markup", () => {
    const expected = [
      "### stack prod",
      "",
      "| bucket | state |",
      "| --- | --- |",
      "| logs-prod | changed |",
      "| a\\|b\u{fffd}\\[31m | two<br>lines \\*\\_\\`&#64;\\#\\<&amp; |",
      "",
      "2 buckets.",
      "",
    ];
    assert.deepEqual(renderMarkdown(blocks).split("\n"), expected);
  });
});

describe("progress", () => {
  const shownAt = (isTTY: boolean, times: number[]) => {
    const stderr = stream(isTTY);
    const clock = times.values();
    const progress = new Progress(stderr, () => clock.next().value ?? 0);
    times.forEach((time) => progress.update(`read ${time}`));
    progress.clear();
    return stderr.text();
  };

  it("progress rewrites one line on a terminal and takes it away", () => {
    assert.equal(shownAt(true, [0, 50, 100]), "read 0\u001b[1G\u001b[2Kread 100\u001b[1G\u001b[2K");
  });

  it("progress is a line now and then where there is no terminal", () => {
    assert.equal(shownAt(false, [0, 5_000, 15_000, 20_000]), "read 0\nread 15000\n");
  });

  for (const [isTTY, gap, shown] of [
    [false, 15_000, "one\nthree\n"],
    [true, 100, "one\u001b[1G\u001b[2Kthree"],
  ] as const) {
    const where = isTTY ? "on a terminal" : "where there is none";
    it(`what is said last is shown when its time has come, though nothing follows it, ${where}`, () => {
      const stderr = stream(isTTY);
      const alarms: [ms: number, ring: () => void][] = [];
      let now = 0;
      const progress = new Progress(
        stderr,
        () => now,
        (ring, ms) => {
          alarms.push([ms, ring]);
          return () => undefined;
        },
      );
      progress.update("one");
      now = gap / 4;
      progress.update("two");
      progress.update("three");
      const [[ms, ring] = assert.fail(), ...others] = alarms;
      assert.deepEqual([ms, others], [gap - gap / 4, []]);
      now = gap;
      ring();
      assert.equal(stderr.text(), shown);
    });
  }

  it("what was not shown yet is dropped where something else is said, such as a question", () => {
    const stderr = stream(false);
    let isDropped = false;
    const progress = new Progress(
      stderr,
      () => 0,
      () => () => (isDropped = true),
    );
    progress.update("one");
    progress.update("two");
    progress.say("Put it back?");
    assert.deepEqual([stderr.text(), isDropped], ["one\nPut it back?\n", true]);
  });
});
