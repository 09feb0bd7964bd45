import assert from "node:assert/strict";
import { startEmulator } from "oss-emulator";
import { exampleProject } from "../support/example";
import { go, GoProgram, whyNoGo } from "../support/go-program";
import { succeeds } from "../support/outcome";
import { skip } from "../support/skip";
import { describeWithEngine } from "../support/with-engine";

describeWithEngine("the example go", (engine) => {
  before(async function () {
    const reason = await whyNoGo();
    if (reason !== undefined) skip(this, reason);
  });

  it("sets a rule, has nothing to do the second time, and takes it back", async () => {
    await using emulator = await startEmulator();
    emulator.createBucket("go-logs");
    await using project = await exampleProject("go", {
      engine: engine(),
      emulator,
      config: { "go:bucket": "go-logs" },
    });
    for (const args of [
      ["mod", "tidy"],
      ["vet", "."],
      ["build", "-o", "program", "."],
    ]) {
      const { code, stderr } = await go(project.folder, ...args);
      assert.equal(code, 0, stderr);
    }
    await using program = await GoProgram.serve("program");
    await succeeds(project.up(program.flags));
    assert.deepEqual(emulator.encryption("go-logs"), { SSEAlgorithm: "AES256" });
    const { stdout } = await project.pulumi(["stack", "output", "sseAlgorithm"]);
    assert.equal(stdout.trim(), "AES256");
    await succeeds(project.up([...program.flags, "--expect-no-changes"]));
    await succeeds(project.destroy(program.flags));
    assert.equal(emulator.encryption("go-logs"), undefined);
  });
});
