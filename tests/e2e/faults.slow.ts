import assert from "node:assert/strict";
import type { Operation } from "../../tools/pulumi-project";
import { describeWithEngine } from "../support/with-engine";
import { EncryptionStack, steps } from "../support/encryption-stack";

const logs = (sseAlgorithm: string) => ({ name: "enc", args: { bucket: "logs", sseAlgorithm } });

describeWithEngine("when OSS fails or lags", (engine) => {
  /** Takes the minute that confirm waits, so it runs while the other tests do. */
  let unconverged: { stack: EncryptionStack; up: Promise<Operation> };
  let stack: EncryptionStack;

  before(async () => {
    const slow = await EncryptionStack.create(engine());
    slow.emulator.createBucket("logs", { encryption: { SSEAlgorithm: "SM4" } });
    slow.emulator.fault({ operation: "GetBucketEncryption", times: Infinity, stale: true });
    await slow.declare(logs("AES256"));
    unconverged = { stack: slow, up: slow.project.up() };
    stack = await EncryptionStack.create(engine());
    stack.emulator.createBucket("logs");
  });
  after(() => Promise.all([stack.close(), unconverged.stack.close()]));

  it("a write whose answer is lost converges in the same up", async () => {
    stack.emulator.fault({ operation: "PutBucketEncryption", connection: "reset", carriedOut: true });
    await stack.declare(logs("AES256"));
    const up = await stack.project.up();
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.equal(stack.live.logs, "AES256");
    assert.equal((await stack.project.refresh(["--preview-only", "--expect-no-changes"])).code, 0);
  });

  it("a read that is refused is an error and exit code 1, never a removed rule", async () => {
    stack.emulator.fault({ operation: "GetBucketEncryption", answer: { code: "AccessDenied" } });
    const refresh = await stack.project.refresh();
    assert.equal(refresh.code, 1, refresh.stdout + refresh.stderr);
    assert.match(refresh.stdout, /oss:GetBucketEncryption/);
    const { resources } = await stack.project.exportStack();
    assert.ok(resources.some(({ id }) => id === "logs"));
  });

  it("a write that can't be confirmed stays managed, and the next up looks first", async () => {
    await stack.declare(logs("KMS"));
    stack.emulator.fault({ operation: "GetBucketEncryption", answer: { code: "AccessDenied" } });
    const up = await stack.project.up();
    assert.equal(up.code, 1, up.stdout + up.stderr);
    assert.equal(stack.live.logs, "KMS");
    stack.takeOperations();
    const again = await stack.project.up();
    assert.deepEqual([again.code, steps(again)], [0, { enc: "update" }], again.stdout + again.stderr);
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption"]);
  });

  it("a rule that reads never show within a minute fails partially, and the next up heals it", async () => {
    const { stack, up } = unconverged;
    const first = await up;
    assert.equal(first.code, 1, first.stdout + first.stderr);
    assert.match(
      first.stdout,
      /OSS accepted the default rule of bucket logs, but \d+ s later still shows SM4/,
    );
    const { resources } = await stack.project.exportStack();
    assert.equal(resources.find(({ id }) => id === "logs")?.initErrors?.length, 1);
    stack.emulator.clearFaults();
    stack.emulator.setEncryption("logs", undefined);
    const again = await stack.project.up();
    assert.equal(again.code, 0, again.stdout + again.stderr);
    assert.equal(stack.live.logs, "AES256");
  });
});
