import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runEngine } from "../../cli/src/pulumi/engine-process";
import { UserError } from "../../cli/src/user-error";

describe("the process of an engine command", () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), "engine-process-"))));
  after(() => rm(folder, { recursive: true }));

  /** Runs a stand-in for the engine, a script for the shell. */
  async function run(script: string, args: string[], answerMs?: number) {
    const command = join(folder, "pulumi");
    await writeFile(command, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const { signal } = new AbortController();
    return runEngine(command, args, { cwd: folder, env: process.env, signal, answerMs });
  }

  const userError = (message: string) => (error: unknown) =>
    error instanceof UserError && error.message === message;

  for (const [args, command] of [
    [["stack", "export", "--show-secrets", "--stack", "prod"], "stack export"],
    [["config", "--show-secrets", "--json"], "config"],
    [["stack", "ls", "--json"], "stack ls"],
  ] as const) {
    it(`one that only reads, and gets no answer, is ended: pulumi ${command}`, async () => {
      const hanging = "trap 'exit 255' INT; while :; do sleep 0.02; done";
      await assert.rejects(
        run(hanging, [...args], 60),
        userError(
          `pulumi ${command} gave no answer in 0.001 minutes, so it was ended: see whether the stack's backend can be reached.`,
        ),
      );
    });
  }

  for (const verb of ["preview", "up", "refresh", "import", "state"]) {
    it(`one that runs a program or locks the stack may take as long as it takes: pulumi ${verb}`, async () => {
      const { stdout, code } = await run("trap 'exit 255' INT; sleep 0.4; echo done", [verb], 60);
      assert.deepEqual([stdout, code], ["done\n", 0]);
    });
  }

  it("one that can't be started is told in a sentence", async () => {
    const { signal } = new AbortController();
    const options = { cwd: folder, env: process.env, signal };
    const nowhere = join(folder, "nowhere");
    await assert.rejects(
      runEngine(nowhere, ["preview"], options),
      userError(`The Pulumi engine ${nowhere} can't be started (ENOENT).`),
    );
    // Too long for any system, which Node.js throws at once; other failures come as an event.
    await assert.rejects(
      runEngine(process.execPath, ["x".repeat(10_000_000)], options),
      userError(`The Pulumi engine ${process.execPath} can't be started (E2BIG).`),
    );
  });
});
