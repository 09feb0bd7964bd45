import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "../../tools/run";
import { repository } from "../support/repository";

describe("npm run lint", () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const env = {
    ...process.env,
    PATH: [join(repository, "node_modules", ".bin"), process.env.PATH].join(delimiter),
  };

  const commands = scripts.lint?.split(" && ") ?? [];
  assert.notEqual(commands.length, 0);
  // Beside the other tests: before them, one command after the other leaves a processor idle.
  for (const command of commands) {
    it(`${command} finds nothing`, async () => {
      const { code, stdout, stderr } = await run("sh", ["-c", command], { cwd: repository, env });
      assert.equal(code, 0, stdout + stderr);
    });
  }
});
