import assert from "node:assert/strict";
import type { Engine } from "../../tools/engine";
import { run } from "../../tools/run";
import { EncryptionStack, steps } from "../support/encryption-stack";
import { said, succeeds } from "../support/outcome";
import { describeWithEngine } from "../support/with-engine";

const logs = { name: "logs", args: { bucket: "logs", sseAlgorithm: "SM4" } };
const urn = "urn:pulumi:test::project::pulumi-nodejs:dynamic/oss:BucketEncryption::logs";
const removed = "bucket logs: default rule removed (was SM4); objects keep the encryption they have";

/** Two stacks of two projects on one backend and one OSS; the first declares the rule of the bucket logs. */
async function twoStacks(
  engine: Engine,
): Promise<{ from: EncryptionStack; to: EncryptionStack } & AsyncDisposable> {
  const from = await EncryptionStack.create(engine);
  const PULUMI_BACKEND_URL = from.project.environment().PULUMI_BACKEND_URL ?? "";
  const to = await EncryptionStack.create(engine, {
    beside: from,
    files: { "Pulumi.yaml": "name: other\nruntime: nodejs\n" },
    env: ({ url }) => Promise.resolve({ OSS_ENDPOINT: url, PULUMI_BACKEND_URL }),
  });
  from.emulator.createBucket("logs");
  await from.declare(logs);
  await succeeds(from.project.up());
  from.takeOperations();
  return {
    from,
    to,
    async [Symbol.asyncDispose]() {
      await to.close();
      await from.close();
    },
  };
}

describeWithEngine("a declaration that moves to another stack", (engine) => {
  it("pulumi state move takes the resource along: nothing is sent, and both programs have nothing to do", async () => {
    await using stacks = await twoStacks(engine());
    const { from, to } = stacks;
    const move = await run(
      engine().command,
      [
        "state",
        "move",
        "--source",
        "organization/project/test",
        "--dest",
        "organization/other/test",
        "--yes",
        urn,
      ],
      { cwd: from.project.folder, env: from.project.environment() },
    );
    assert.equal(move.code, 0, move.stdout + move.stderr);
    await from.declare();
    await to.declare(logs);
    await succeeds(from.project.up(["--expect-no-changes"]));
    await succeeds(to.project.up(["--expect-no-changes"]));
    assert.deepEqual(from.takeOperations(), []);
    await succeeds(to.project.preview(["--refresh", "--expect-no-changes"]));
    assert.deepEqual(said(await succeeds(to.project.destroy())), [removed]);
  });

  it("pulumi state delete lets go of it first, and the other stack takes the rule over without writing", async () => {
    await using stacks = await twoStacks(engine());
    const { from, to } = stacks;
    const { code, stdout, stderr } = await from.project.pulumi(["state", "delete", urn, "--yes"]);
    assert.equal(code, 0, stdout + stderr);
    await from.declare();
    await to.declare(logs);
    await succeeds(from.project.up(["--expect-no-changes"]));
    assert.deepEqual(steps(await succeeds(to.project.up())), { logs: "create" });
    assert.deepEqual(from.takeOperations(), ["GetBucketEncryption"]);
  });

  it("retainOnDelete, deployed before the edit, leaves the rule to the other stack", async () => {
    await using stacks = await twoStacks(engine());
    const { from, to } = stacks;
    await from.declare({ ...logs, opts: { retainOnDelete: true } });
    await succeeds(from.project.up());
    await from.declare();
    await succeeds(from.project.up());
    assert.deepEqual(from.live, { logs: "SM4" });
    await to.declare(logs);
    await succeeds(to.project.up());
    assert.deepEqual(from.takeOperations(), ["GetBucketEncryption"]);
  });

  it("a stack that gets another name or project keeps everything", async () => {
    await using stacks = await twoStacks(engine());
    const { from, to } = stacks;
    await succeeds(to.project.destroy(["--remove"]));
    const { code, stdout, stderr } = await from.project.pulumi([
      "stack",
      "rename",
      "organization/other/test",
    ]);
    assert.equal(code, 0, stdout + stderr);
    await to.declare(logs);
    await succeeds(to.project.up(["--expect-no-changes"]));
    await succeeds(to.project.preview(["--refresh", "--expect-no-changes"]));
    assert.deepEqual(from.takeOperations(), ["GetBucketEncryption"]);
  });

  for (const first of ["from", "to"] as const) {
    it(`an edit alone loses the rule where the ${first === "from" ? "old" : "new"} stack goes first`, async () => {
      await using stacks = await twoStacks(engine());
      const { from, to } = stacks;
      await from.declare();
      await to.declare(logs);
      await succeeds(stacks[first].project.up());
      assert.deepEqual(from.live, { logs: first === "from" ? undefined : "SM4" });
      await succeeds(stacks[first === "from" ? "to" : "from"].project.up());
      assert.deepEqual(from.live, { logs: first === "from" ? "SM4" : undefined });
      // The new stack's state and program agree: only a look at OSS finds that the rule is gone.
      await succeeds(to.project.preview(["--expect-no-changes"]));
      await succeeds(to.project.up(["--refresh"]));
      assert.deepEqual(from.live, { logs: "SM4" });
    });
  }
});
