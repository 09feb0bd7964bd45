import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../tools/run";
import { describeWithEngine } from "../support/with-engine";
import { blocks, pages } from "./pages";
import { repository } from "../support/repository";

/** The commands of a page's blocks: lines of `sh`, and lines that begin with `$` in `console`. */
function commands(page: string): string[] {
  const typed = blocks(page, "console", "text").flatMap((block) =>
    [...block.replaceAll(/\\\n\s*/g, "").matchAll(/^\$ (.*)$/gm)].map(([, line = ""]) => line),
  );
  const lines = blocks(page, "sh", "bash", "shell").flatMap((block) =>
    block.replaceAll(/\\\n\s*/g, "").split("\n"),
  );
  return [...typed, ...lines]
    .map((line) => line.replace(/ #.*$/, ""))
    .flatMap((line) => line.split("&&"))
    .map((line) =>
      line
        .trim()
        .replace(/^(\w+=\S* )+/, "")
        .replace(/^npx /, ""),
    )
    .filter(Boolean);
}

describeWithEngine("every command in the pages for users", (engine) => {
  const { scripts, workspaces } = manifest("package.json");
  const packages = (workspaces ?? []).map((folder) => manifest(join(folder, "package.json")).name);
  const bin = (folder: string, name: string): [string, string] => [
    process.execPath,
    join(repository, folder, "bin", name),
  ];
  const helps = new Map<string, Promise<string>>();

  function help(command: [string, ...string[]], subcommands: string[]): Promise<string> {
    const [file, ...args] = [...command, ...subcommands, "--help"];
    const key = args.join(" ");
    const known = helps.get(key);
    if (known) return known;
    const asked = run(file, args, { env: process.env }).then(({ stdout }) => stdout);
    helps.set(key, asked);
    return asked;
  }

  /** What is wrong with a command line; undefined: nothing that can be told without running it. */
  async function mistake(line: string): Promise<string | undefined> {
    const [program = "", ...words] = line.split(/\s+/);
    const values = words.filter((word) => !word.startsWith("-"));
    const flags = words.filter((word) => word.startsWith("--")).map((word) => word.split("=", 1)[0] ?? "");
    if (program === "npm") {
      const [verb = "", ...names] = values;
      if (verb === "run") return names[0] && scripts?.[names[0]] ? undefined : "no such script";
      const theirs = (name: string) => name.startsWith("@pulumi/") || name === "ali-oss";
      const ours = names.filter((name) => !theirs(name) && !packages.includes(name));
      if (verb === "install") return ours.length > 0 ? `not ours: ${ours.join(", ")}` : undefined;
      return ["ci", "test"].includes(verb) ? undefined : "not a verb of npm that is known here";
    }
    if (program === "node") {
      return existsSync(join(repository, "examples/workflows", words[0] ?? ""))
        ? undefined
        : "no such script";
    }
    const known: Record<string, [string, ...string[]]> = {
      pulumi: [engine().command],
      "oss-encryption": bin("cli", "oss-encryption.js"),
      "oss-emulator": bin("emulator", "oss-emulator.js"),
    };
    const command = known[program];
    if (!command) return ["cd", "export"].includes(program) ? undefined : "a program that is not known here";
    const nested =
      program === "pulumi" && ["stack", "config", "plugin", "policy", "state"].includes(values[0] ?? "");
    const subcommands = program === "oss-emulator" ? [] : values.slice(0, nested ? 2 : 1);
    const text = await help(command, subcommands);
    const verb = subcommands.at(-1);
    const named = [...text.matchAll(/^ *Usage:\s+.*$|^Aliases:\n.*$/gm)].join("\n");
    if (verb && !new RegExp(`\\b${verb}\\b`).test(named)) return `no subcommand ${subcommands.join(" ")}`;
    const unknown = flags.filter((flag) => flag !== "--help" && !new RegExp(`${flag}(?![\\w-])`).test(text));
    return unknown.length > 0 ? `no flag ${unknown.join(", ")}` : undefined;
  }

  it("every command in the pages names programs, scripts, packages, subcommands and flags that exist", async () => {
    const lines = Object.entries(pages()).flatMap(([path, page]) =>
      commands(page).map((line) => [path, line] as const),
    );
    assert.ok(lines.length > 30, String(lines.length));
    const mistakes: string[] = [];
    for (const [path, line] of lines) {
      const wrong = await mistake(line);
      if (wrong) mistakes.push(`${path}: ${line}: ${wrong}`);
    }
    assert.deepEqual(mistakes, []);
  });
});

function manifest(path: string) {
  const text = readFileSync(join(repository, path), "utf8");
  return JSON.parse(text) as { name: string; scripts?: Record<string, string>; workspaces?: string[] };
}
