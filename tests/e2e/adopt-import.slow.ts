import assert from "node:assert/strict";
import { describeWithEngine } from "../support/with-engine";
import { EncryptionStack, steps } from "../support/encryption-stack";
import { providerText } from "../support/verbs";
import { writeProgram } from "../support/written-program";

describeWithEngine("rules that exist already", (engine) => {
  let stack: EncryptionStack;
  const kms = { SSEAlgorithm: "KMS", KMSMasterKeyID: "key-1", KMSDataEncryption: "SM4" } as const;
  const adopted = { name: "adopted", args: { bucket: "adopted", sseAlgorithm: "AES256" } };
  const imported = {
    name: "imported",
    args: { bucket: "imported", sseAlgorithm: "KMS", kmsMasterKeyId: "key-1", kmsDataEncryption: "SM4" },
  };

  before(async () => {
    stack = await EncryptionStack.create(engine());
    stack.emulator.createBucket("adopted", { encryption: { SSEAlgorithm: "AES256" } });
    stack.emulator.createBucket("imported", { encryption: kms });
    stack.emulator.createBucket("by-file", { encryption: { SSEAlgorithm: "SM4" } });
    stack.emulator.createBucket("none");
  });
  after(() => stack.close());

  it("an equal rule is taken over without writing, with the import option and without", async () => {
    await stack.declare(adopted, { ...imported, opts: { import: "imported" } });
    const up = await stack.project.up();
    assert.deepEqual(
      [up.code, steps(up)],
      [0, { adopted: "create", imported: "create" }],
      up.stdout + up.stderr,
    );
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption", "GetBucketEncryption"]);
  });

  it("nothing changes when the import option is removed", async () => {
    await stack.declare(adopted, imported);
    const preview = await stack.project.preview(["--expect-no-changes", "--refresh"]);
    assert.equal(preview.code, 0, preview.stdout + preview.stderr);
    const { resources } = await stack.project.exportStack();
    const { inputs, outputs } = resources.find(({ id }) => id === "imported") ?? {};
    assert.deepEqual(inputs, { ...imported.args, __provider: providerText });
    assert.deepEqual(outputs, inputs);
  });

  it("the preview of an import that differs fails, property by property and without the declared values", async () => {
    stack.takeOperations();
    await stack.declare(adopted, imported, {
      name: "differs",
      args: { bucket: "by-file", sseAlgorithm: "KMS", kmsMasterKeyId: "key-of-mine" },
      opts: { import: "by-file" },
    });
    const preview = await stack.project.preview();
    const output = preview.stdout + preview.stderr;
    assert.notEqual(preview.code, 0, output);
    assert.match(
      output,
      /import of bucket by-file: sseAlgorithm is SM4 in OSS, and the program declares something else/,
    );
    assert.match(output, /import of bucket by-file: kmsMasterKeyId is absent in OSS/);
    assert.ok(!output.includes("key-of-mine"), output);
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption"]);
  });

  it("the preview of an import of no rule fails", async () => {
    await stack.declare(adopted, imported, {
      name: "none",
      args: { bucket: "none", sseAlgorithm: "AES256" },
      opts: { import: "none" },
    });
    const preview = await stack.project.preview();
    assert.notEqual(preview.code, 0);
    assert.match(preview.stdout, /import of bucket none: the bucket has no default rule/);
  });

  it("pulumi import --file imports a rule without writing", async () => {
    const properties = { bucket: "by-file", sseAlgorithm: "SM4", __provider: providerText };
    const type = "pulumi-nodejs:dynamic/oss:BucketEncryption";
    stack.takeOperations();
    const outcome = await stack.project.import([
      { type, name: "by-file", id: "by-file", inputs: properties, outputs: properties },
    ]);
    assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
    await stack.declare(adopted, imported, {
      name: "by-file",
      args: { bucket: "by-file", sseAlgorithm: "SM4" },
    });
    const preview = await stack.project.preview(["--expect-no-changes"]);
    assert.equal(preview.code, 0, preview.stdout + preview.stderr);
    assert.ok(!stack.takeOperations().includes("PutBucketEncryption"));
  });

  it("a preview announces which rule another one replaces", async () => {
    await stack.declare(adopted, imported, {
      name: "by-file-2",
      args: { bucket: "by-file", sseAlgorithm: "KMS", kmsMasterKeyId: "key-2" },
    });
    const preview = await stack.project.preview();
    assert.equal(preview.code, 0, preview.stdout + preview.stderr);
    assert.match(
      preview.stdout,
      /bucket by-file: its default rule SM4 is replaced by KMS with the CMK it names/,
    );
  });

  it("an import that the engine can't carry to a dynamic resource writes nothing", async () => {
    stack.takeOperations();
    const type = "pulumi-nodejs:dynamic/oss:BucketEncryption";
    const imported = await stack.project.pulumi(["import", type, "none", "none", "--yes", "--skip-preview"]);
    await writeProgram(
      stack.project,
      `
      pulumi.runtime.registerResourceTransform(({ props, opts }) => ({ props, opts: { ...opts, import: "none" } }));
      rule("none", { bucket: "none", sseAlgorithm: "AES256" });`,
    );
    const transformed = await stack.project.preview();
    for (const { code, stdout } of [imported, transformed]) {
      assert.equal(code, 1, stdout);
      assert.match(
        stdout,
        /error: (Preview failed: )?Cannot read properties of undefined \(reading 'toJavaScript'\)/,
      );
    }
    assert.deepEqual(stack.takeOperations(), []);
  });
});
