import assert from "node:assert/strict";
import { printable } from "pulumi-oss-encryption/oss";

describe("printable text", () => {
  const cases: [what: string, text: string, shown: string][] = [
    ["leaves names and sentences as they are", "logs-prod 日志 é", "logs-prod 日志 é"],
    ["leaves ARNs and URNs as they are", "acs:ram::123:user/ci", "acs:ram::123:user/ci"],
    ["leaves indentation as it is", "  pulumi up", "  pulumi up"],
    ["is one line, whatever ends lines", "a\nb\r\nc\u2028d\u2029e\u0085f\tg\vh", "a b c d e f g h"],
    [
      "has no control character",
      "\u001b[31mred\u0000\u007f\u009b",
      "\u{fffd}[31mred\u{fffd}\u{fffd}\u{fffd}",
    ],
    ["has no mark that turns text", "a\u202eb\u2066c\u200fd", "a\u{fffd}b\u{fffd}c\u{fffd}d"],
    ["has nothing unseen", "a\u200bb\ufeffc\u00add", "a\u{fffd}b c\u{fffd}d"],
    ["has no half of a character", "a\ud800b", "a\u{fffd}b"],
    ["is no command of GitHub", "::error file=a::b", ": :error file=a::b"],
    ["is none behind spaces", " \n::add-mask::x", "  : :add-mask::x"],
    ["is none of Azure Pipelines", "x ##vso[task.setvariable]y", "x # #vso[task.setvariable]y"],
    ["is none of older forms", "##[error]a ###[group]", "# #[error]a ## #[group]"],
  ];
  for (const [what, text, shown] of cases) {
    it(what, () => {
      assert.equal(printable(text), shown);
      assert.equal(printable(shown), shown);
    });
  }
});
