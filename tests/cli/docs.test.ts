import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ossEncryption } from "../support/oss-encryption";

const page = readFileSync(join(__dirname, "../../docs/cli.md"), "utf8");

/** Text that the page shows under a command line. */
function shown(line: string): string | undefined {
  const block = page.split(`\`\`\`console\n$ ${line}\n`)[1];
  return block?.split("```\n")[0];
}

describe("docs/cli.md", () => {
  it("shows the help of the command and of every subcommand as they are", async () => {
    const { stdout } = await ossEncryption(["--help"]);
    assert.equal(shown("npx oss-encryption --help"), stdout);
    const subcommands = [...(stdout.split("Commands:\n")[1]?.matchAll(/^ {2}([a-z]+)/gm) ?? [])]
      .map(([, name = ""]) => name)
      .filter((name) => name !== "help");
    assert.ok(subcommands.includes("drift"));
    for (const name of subcommands) {
      const help = await ossEncryption([name, "--help"]);
      assert.equal(shown(`npx oss-encryption ${name} --help`), help.stdout);
    }
  });
});
