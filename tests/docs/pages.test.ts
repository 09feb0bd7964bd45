import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { run } from "../../tools/run";
import { blocks, pages } from "./pages";
import { repository } from "../support/repository";

/** What a block may take for granted, by the name it uses. */
const granted: Record<string, string> = {
  pulumi: 'import * as pulumi from "@pulumi/pulumi";',
  assert: 'import assert from "node:assert/strict";',
  BucketEncryption: 'import { BucketEncryption } from "pulumi-oss-encryption";',
  startEmulator: 'import { startEmulator } from "oss-emulator";',
  Emulator: 'import type { Emulator } from "oss-emulator";',
  bucket: 'declare const bucket: { id: import("@pulumi/pulumi").Output<string> };',
  key: 'declare const key: { id: import("@pulumi/pulumi").Output<string> };',
};

/** ali-oss's published types lack most of it. */
const aliOss =
  "declare const OSS: new (options: object) => Record<string, (...args: unknown[]) => Promise<unknown>>;";

/** A block as a module of its own. */
function asModule(block: string): string {
  const lines = block.replace(/^import OSS from "ali-oss";$/m, aliOss).split("\n");
  const brought = lines
    .filter((line) => /^(import|declare|const|let) /.test(line))
    .map((line) => (line.startsWith("import") ? line : line.split(/[:=]/, 1)[0]))
    .join("\n");
  const missing = Object.entries(granted)
    .filter(([name]) => new RegExp(`\\b${name}\\b`).test(block) && !new RegExp(`\\b${name}\\b`).test(brought))
    .map(([, line]) => line);
  const isTop = (line: string) => /^(import|declare) /.test(line);
  const body = ["void (async () => {", ...lines.filter((line) => !isTop(line)), "});", "export {};"];
  return [...missing, ...lines.filter(isTop), ...body].join("\n");
}

describe("the pages for users", () => {
  const all = Object.entries(pages());

  it("the TypeScript in the pages compiles", () => {
    const files = new Map(
      all.flatMap(([path, page]) =>
        blocks(page, "ts", "typescript").map((block, index) => {
          const name = `${path.replaceAll("/", "-")}-${index}.ts`;
          return [join(repository, name), asModule(block)] as const;
        }),
      ),
    );
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      esModuleInterop: true,
      types: ["node", "mocha"],
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node16,
      lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
    };
    const host = ts.createCompilerHost(options);
    const withBlocks: ts.CompilerHost = {
      ...host,
      getSourceFile: (name, target, ...rest) => {
        const text = files.get(name);
        return text === undefined
          ? host.getSourceFile(name, target, ...rest)
          : ts.createSourceFile(name, text, target);
      },
      fileExists: (name) => files.has(name) || host.fileExists(name),
      readFile: (name) => files.get(name) ?? host.readFile(name),
    };
    const program = ts.createProgram([...files.keys()], options, withBlocks);
    const mistakes = ts
      .getPreEmitDiagnostics(program)
      .map(
        ({ file, messageText }) =>
          `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
      );
    assert.ok(files.size > 0);
    assert.deepEqual(mistakes, []);
  });

  it("a shell can read the shell commands in the pages", async () => {
    const commands = all.flatMap(([path, page]) =>
      blocks(page, "sh", "bash", "shell").map((text) => [path, text] as const),
    );
    assert.notEqual(commands.length, 0);
    for (const [path, text] of commands) {
      // What stands in angle brackets is for the reader to fill in.
      const block = text.replace(/<[a-z-]+>/g, "NAME");
      const { code, stderr } = await run("/bin/sh", ["-n", "-c", block]);
      assert.equal(code, 0, `${path}: ${stderr}\n${block}`);
    }
  });

  it("the pages link to files that exist", () => {
    const links = all.flatMap(([path, page]) =>
      [...page.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = ""]) => ({ path, target })),
    );
    assert.notEqual(links.length, 0);
    const missing = links.filter(({ path, target }) => !existsSync(join(repository, dirname(path), target)));
    assert.deepEqual(missing, []);
  });
});
