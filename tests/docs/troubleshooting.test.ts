import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { repository } from "../support/repository";

const sources = join(repository, "provider/src");

/** Texts of the source that are no message by themselves: code, and names of places that credentials come from. */
const noMessages = new Set([
  'exports.handler = () => require("pulumi-oss-encryption/dynamic").provider();',
  "in the environment",
  "the CMK it names",
  "the CMK managed by OSS",
  "a CLI profile (…)",
  "a credentials file (…)",
  "the RAM role of the ECS instance",
  "assumeRole of connection …",
  "… (profile … of …)",
  "section … of …",
  "…, on top of …",
  "oss-encryption in the stack config",
  "the stack config",
  "the provider …",
]);

/** Descriptions for the SDKs. */
const isSchema = (file: string) => file === join("plugin", "schema.ts");

/** Errors whose message is for people; other texts of these packages are help and reports. */
const errors = ["UserError", "InvalidArgumentError", "UsageError"];
/** What the emulator's flags take stands in a schema. */
const isFlagMessage = (text: string) => /^(takes |--)/.test(text);

/** Every text of four words or more in a source file, or in the errors it makes, `…` standing for what is put in. */
function texts(file: string, where: "everywhere" | "errors"): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node, counts = where === "everywhere"): void => {
    counts ||= ts.isNewExpression(node) && errors.includes(node.expression.getText());
    if (!counts) {
      ts.forEachChild(node, (child) => visit(child));
      return;
    }
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      found.push(node.text);
    } else if (ts.isTemplateExpression(node)) {
      found.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join("…"));
    }
    ts.forEachChild(node, (child) => visit(child, counts));
  };
  visit(source);
  return found.map((text) => text.trim()).filter((text) => text.split(/\s+/).length >= 4);
}

describe("docs/troubleshooting.md", () => {
  const page = readFileSync(join(repository, "docs/troubleshooting.md"), "utf8").replace(/\s+/g, " ");

  const unexplained = (messages: string[]) =>
    messages.filter((text) => {
      const fixed = text.split("…").map((part) => part.trim().replace(/^[:;,.] ?/, ""));
      return fixed.some((part) => part.length > 8 && !page.includes(part));
    });

  it("explains every message of the provider", () => {
    const messages = readdirSync(sources, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !isSchema(file))
      .flatMap((file) => texts(join(sources, file), "everywhere"))
      .filter((text) => !noMessages.has(text));
    assert.ok(messages.length > 80);
    assert.deepEqual(unexplained(messages), []);
  });

  for (const [folder, least] of [
    ["cli", 20],
    ["emulator", 6],
  ] as const) {
    it(`explains every error of the command in ${folder}/`, () => {
      const all = join(repository, folder, "src");
      const messages = readdirSync(all, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .flatMap((file) => [
          ...texts(join(all, file), "errors"),
          ...(file === "command-options.ts"
            ? texts(join(all, file), "everywhere").filter(isFlagMessage)
            : []),
        ]);
      assert.ok(messages.length > least, String(messages.length));
      assert.deepEqual(unexplained(messages), []);
    });
  }
});
