import assert from "node:assert/strict";
import { describeWithEngine } from "../support/with-engine";
import { EncryptionStack, steps } from "../support/encryption-stack";
import { providerText } from "../support/verbs";

const noDrift = ["--preview-only", "--expect-no-changes", "--diff"];

describeWithEngine("a bucket's default encryption, from the first up to destroy", (engine) => {
  let stack: EncryptionStack;
  const { AES256, KMS } = { AES256: { SSEAlgorithm: "AES256" }, KMS: { SSEAlgorithm: "KMS" } } as const;

  before(async () => {
    stack = await EncryptionStack.create(engine());
    stack.emulator.createBucket("logs");
    stack.emulator.createBucket("logs-2");
    await stack.declare({ name: "enc", args: { bucket: "logs", sseAlgorithm: "AES256" } });
  });
  after(() => stack.close());

  it("a preview writes nothing", async () => {
    const preview = await stack.project.preview();
    assert.equal(preview.code, 0, preview.stdout + preview.stderr);
    assert.deepEqual(steps(preview), { enc: "create" });
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption"]);
    assert.deepEqual(stack.live, { logs: undefined, "logs-2": undefined });
  });

  it("up sets the rule in three requests", async () => {
    const up = await stack.project.up();
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.deepEqual(stack.live, { logs: "AES256", "logs-2": undefined });
    assert.deepEqual(stack.takeOperations(), [
      "GetBucketEncryption",
      "PutBucketEncryption",
      "GetBucketEncryption",
    ]);
  });

  it("after up there is no change, neither in the program nor in OSS", async () => {
    const preview = await stack.project.preview(["--expect-no-changes"]);
    assert.equal(preview.code, 0, preview.stdout + preview.stderr);
    assert.deepEqual(stack.takeOperations(), []);
    const refresh = await stack.project.refresh(noDrift);
    assert.equal(refresh.code, 0, refresh.stdout + refresh.stderr);
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption"]);
  });

  it("refresh shows a rule changed from outside as exactly that property, with exit code 7", async () => {
    stack.emulator.setEncryption("logs", KMS);
    const refresh = await stack.project.refresh(noDrift);
    assert.equal(refresh.code, 7, refresh.stdout + refresh.stderr);
    assert.match(refresh.stdout, /\n +~ sseAlgorithm: "AES256" => "KMS"\n/);
    const changed = refresh.events.flatMap(({ resOutputsEvent }) =>
      Object.keys(resOutputsEvent?.metadata.detailedDiff ?? {}),
    );
    assert.deepEqual(changed, ["sseAlgorithm"]);
  });

  it("up --refresh puts the declared rule back", async () => {
    const up = await stack.project.up(["--refresh"]);
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.deepEqual(stack.emulator.encryption("logs"), AES256);
  });

  it("refresh shows a rule removed from outside as deleted, and up sets it again", async () => {
    stack.emulator.setEncryption("logs", undefined);
    const refresh = await stack.project.refresh(noDrift);
    assert.equal(refresh.code, 7, refresh.stdout + refresh.stderr);
    assert.deepEqual(steps(refresh), { enc: "delete" });
    const up = await stack.project.up(["--refresh"]);
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.deepEqual(stack.emulator.encryption("logs"), AES256);
  });

  it("up updates the resource in place when the rule changes in the program", async () => {
    stack.takeOperations();
    await stack.declare({
      name: "enc",
      args: { bucket: "logs", sseAlgorithm: "KMS", kmsDataEncryption: "SM4" },
    });
    const up = await stack.project.up();
    assert.deepEqual([up.code, steps(up)], [0, { enc: "update" }], up.stdout + up.stderr);
    assert.deepEqual(stack.emulator.encryption("logs"), { SSEAlgorithm: "KMS", KMSDataEncryption: "SM4" });
    assert.deepEqual(stack.takeOperations(), ["PutBucketEncryption", "GetBucketEncryption"]);
  });

  it("up replaces the resource when the bucket changes, and the old bucket loses its rule", async () => {
    await stack.declare({ name: "enc", args: { bucket: "logs-2", sseAlgorithm: "SM4" } });
    const up = await stack.project.up();
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.deepEqual(stack.live, { logs: undefined, "logs-2": "SM4" });
    assert.match(up.stdout, /bucket logs: default rule removed \(was KMS .*\); objects keep/);
  });

  it("the state holds no credential, and code of at most 200 bytes", async () => {
    const { text, resources } = await stack.project.exportStack();
    for (const credential of Object.values(stack.emulator.credentials)) assert.ok(!text.includes(credential));
    const encryption = resources.find(({ type }) => type.endsWith(":BucketEncryption"));
    assert.deepEqual(encryption?.inputs, { __provider: providerText, bucket: "logs-2", sseAlgorithm: "SM4" });
    assert.deepEqual(encryption.outputs, encryption.inputs);
    assert.ok(2 * providerText.length <= 200);
  });

  it("destroy removes the rule, and only the rule", async () => {
    stack.takeOperations();
    const destroy = await stack.project.destroy();
    assert.equal(destroy.code, 0, destroy.stdout + destroy.stderr);
    assert.deepEqual(stack.live, { logs: undefined, "logs-2": undefined });
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption", "DeleteBucketEncryption"]);
  });
});
