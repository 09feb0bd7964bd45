import assert from "node:assert/strict";
import { PluginStack } from "../support/plugin-project";
import { steps } from "../support/encryption-stack";
import { said, succeeds } from "../support/outcome";
import { describeWithYaml } from "../support/with-engine";

describeWithYaml("default rules in a YAML program", (engine) => {
  let stack: PluginStack;
  const key = "9468da86-3509-4f8d-a61e-6eab1eac1f8b";

  before(async () => {
    stack = await PluginStack.create(engine());
    stack.emulator.createBucket("logs-prod");
    stack.emulator.createBucket("payroll-prod");
    stack.emulator.setEncryption("payroll-prod", { SSEAlgorithm: "AES256" });
    await stack.declare({
      logs: { bucket: "logs-prod", sseAlgorithm: "AES256" },
      payroll: { bucket: "payroll-prod", sseAlgorithm: "KMS", kmsMasterKeyId: key },
    });
  });
  after(() => stack.close());

  it("a preview says which rule is about to be replaced, and writes nothing", async () => {
    const preview = await succeeds(stack.project.preview());
    assert.deepEqual(said(preview), [
      "bucket payroll-prod: its default rule AES256 is replaced by KMS with the CMK it names",
    ]);
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption", "GetBucketEncryption"]);
  });

  it("up sets them, and a second up asks OSS for nothing", async () => {
    assert.deepEqual(steps(await succeeds(stack.project.up())), { logs: "create", payroll: "create" });
    assert.deepEqual(stack.live, { "logs-prod": "AES256", "payroll-prod": "KMS" });
    assert.deepEqual(stack.emulator.encryption("payroll-prod"), { SSEAlgorithm: "KMS", KMSMasterKeyID: key });
    stack.takeOperations();
    assert.deepEqual(steps(await succeeds(stack.project.up(["--expect-no-changes"]))), {});
    assert.deepEqual(stack.takeOperations(), []);
  });

  it("a change outside is shown property by property, and ends a refresh with exit code 7", async () => {
    stack.emulator.setEncryption("payroll-prod", { SSEAlgorithm: "KMS" });
    const refresh = await stack.project.refresh(["--preview-only", "--expect-no-changes", "--diff"]);
    assert.equal(refresh.code, 7, refresh.stdout + refresh.stderr);
    assert.match(refresh.stdout, new RegExp(`\\n +- kmsMasterKeyId: "${key}"\\n`));
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption", "GetBucketEncryption"]);
  });

  it("up --refresh puts back a rule that was changed and one that was removed", async () => {
    stack.emulator.setEncryption("logs-prod", undefined);
    const up = await succeeds(stack.project.up(["--refresh"]));
    assert.deepEqual(steps(up), { logs: "create", payroll: "update" });
    assert.deepEqual(stack.live, { "logs-prod": "AES256", "payroll-prod": "KMS" });
    await succeeds(stack.project.preview(["--refresh", "--expect-no-changes"]));
  });

  it("destroy takes them back and leaves no state", async () => {
    const destroy = await succeeds(stack.project.destroy());
    assert.deepEqual(said(destroy), [
      "bucket logs-prod: default rule removed (was AES256); objects keep the encryption they have",
      "bucket payroll-prod: default rule removed (was KMS with the CMK it names); objects keep the encryption they have",
    ]);
    assert.deepEqual(stack.live, { "logs-prod": undefined, "payroll-prod": undefined });
    assert.deepEqual((await stack.project.exportStack()).resources, []);
  });
});
