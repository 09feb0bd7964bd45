import assert from "node:assert/strict";
import { aliOss } from "../support/ali-oss";
import { EncryptionStack } from "../support/encryption-stack";
import { said, succeeds } from "../support/outcome";
import { describeWithEngine } from "../support/with-engine";
import { writeProgram } from "../support/written-program";

const staysWithBucket = (bucket: string) =>
  `bucket ${bucket}: the bucket itself is being replaced, so its default rule stays as long as it does`;

/** Buckets of the same stack, with a name that they keep when they are replaced: the old one is deleted first. */
const program = (classes: { byOutput: string; byName: string }) => `
  const byOutput = new Bucket("by-output", { bucket: "by-output", storageClass: "${classes.byOutput}" });
  rule("by-output", { bucket: byOutput.id, sseAlgorithm: "AES256" });
  const byName = new Bucket("by-name", { bucket: "by-name", storageClass: "${classes.byName}" });
  rule("by-name", { bucket: "by-name", sseAlgorithm: "KMS" }, { dependsOn: [byName] });`;

describeWithEngine("a bucket that is deleted before it is replaced", (engine) => {
  let stack: EncryptionStack;
  const oss = () => {
    const client = aliOss(stack.emulator);
    client.useBucket("by-output");
    return client;
  };

  before(async () => {
    stack = await EncryptionStack.create(engine());
    await writeProgram(stack.project, program({ byOutput: "Standard", byName: "Standard" }));
    await succeeds(stack.project.up());
    assert.deepEqual(stack.live, { "by-output": "AES256", "by-name": "KMS" });
    await oss().put("object", Buffer.from("data"));
  });
  after(() => stack.close());

  it("keeps its rule when it can't be deleted, since it holds an object, in each try", async () => {
    await writeProgram(stack.project, program({ byOutput: "IA", byName: "Standard" }));
    for (let tries = 0; tries < 2; tries++) {
      const up = await stack.project.up();
      assert.equal(up.code, 1, up.stdout + up.stderr);
      assert.match(up.stdout, /error: The bucket has objects\. Please delete them first\./);
      assert.deepEqual(said(up), [staysWithBucket("by-output")]);
      assert.deepEqual(stack.live, { "by-output": "AES256", "by-name": "KMS" });
    }
  });

  it("is as it was once the edit is taken back", async () => {
    await writeProgram(stack.project, program({ byOutput: "Standard", byName: "Standard" }));
    await succeeds(stack.project.up());
    await succeeds(stack.project.preview(["--refresh", "--expect-no-changes"]));
    assert.deepEqual(stack.live, { "by-output": "AES256", "by-name": "KMS" });
  });

  it("has its rule again once it could be replaced", async () => {
    await oss().delete("object");
    await writeProgram(stack.project, program({ byOutput: "IA", byName: "Standard" }));
    await succeeds(stack.project.up());
    assert.deepEqual(stack.live, { "by-output": "AES256", "by-name": "KMS" });
    await succeeds(stack.project.preview(["--refresh", "--expect-no-changes"]));
  });

  it("has lost its rule where the resource names the bucket by a literal, until an up that looks", async () => {
    await writeProgram(stack.project, program({ byOutput: "IA", byName: "IA" }));
    await succeeds(stack.project.up());
    assert.deepEqual(stack.live, { "by-output": "AES256", "by-name": undefined });
    // State and program agree.
    await succeeds(stack.project.preview(["--expect-no-changes"]));
    await succeeds(stack.project.up(["--refresh"]));
    assert.deepEqual(stack.live, { "by-output": "AES256", "by-name": "KMS" });
  });
});
