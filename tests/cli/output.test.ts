import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import type { WriteStream } from "node:tty";
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
  return Object.assign(through, { isTTY, columns: 20, text: () => String(through.read() ?? "") }) as never;
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

  it("text has colour on a terminal", () => {
    assert.match(renderText(blocks, stream(true)), /\u001b\[31mchanged\u001b\[39m/);
  });

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
});
