import assert from "node:assert/strict";
import { startEmulator } from "oss-emulator";
import { PulumiProject, rootProgram } from "../../tools/pulumi-project";
import { describeWithEngine } from "../support/with-engine";
import { EncryptionStack } from "../support/encryption-stack";

describeWithEngine("bad input", (engine) => {
  let stack: EncryptionStack;
  const secret = "key-that-stays-secret";

  before(async () => {
    stack = await EncryptionStack.create(engine());
    stack.emulator.createBucket("logs");
  });
  after(() => stack.close());

  async function refused(args: Record<string, unknown>): Promise<string> {
    await stack.declare({ name: "enc", args, secret: Object.keys(args) });
    const { code, stdout, stderr, events } = await stack.project.preview();
    assert.notEqual(code, 0);
    assert.deepEqual(stack.takeOperations(), []);
    assert.ok(!(stdout + stderr + JSON.stringify(events)).includes(secret), stdout + stderr);
    return stdout;
  }

  it("every mistake is named by its property, in preview and before any request, and no value is shown", async () => {
    const output = await refused({
      bucket: "Not_A_Bucket",
      sseAlgorithm: secret,
      kmsMasterKeyId: secret,
      kmsDataEncryption: secret,
      kmsMasterKeyID: secret,
      region: { secret },
    });
    for (const reason of [
      /problem: bucket must be /,
      /problem: sseAlgorithm is not a method OSS knows: use "AES256", "SM4" or "KMS"/,
      /problem: kmsMasterKeyId applies to sseAlgorithm "KMS" only/,
      /problem: kmsDataEncryption applies to sseAlgorithm "KMS" only/,
      /problem: region must be a region id/,
      /problem: kmsMasterKeyID is not a property of BucketEncryption: did you mean kmsMasterKeyId\?/,
    ]) {
      assert.match(output, reason);
    }
    for (const value of ["Not_A_Bucket", "[secret]"]) assert.ok(!output.includes(value), output);
  });

  it("a number, or nothing, in place of a string is refused", async () => {
    const output = await refused({ sseAlgorithm: "KMS", kmsMasterKeyId: 4711081547, region: 4711081547 });
    assert.ok(!output.includes("4711081547"), output);
    assert.match(output, /problem: bucket is required/);
    assert.match(output, /problem: kmsMasterKeyId must be a CMK id/);
    assert.match(output, /problem: region must be a region id/);
  });

  it("missing credentials or a missing region fail the up, and nothing is written", async () => {
    const env = {
      OSS_ACCESS_KEY_ID: "",
      OSS_ACCESS_KEY_SECRET: "",
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
    };
    await stack.declare({ name: "enc", args: { bucket: "logs", sseAlgorithm: "AES256" } });
    const keyless = await stack.project.up([], { env });
    assert.notEqual(keyless.code, 0);
    assert.match(keyless.stdout, /No credentials found\. Looked for, in this order: .*OSS_ACCESS_KEY_ID/);
    const regionless = await stack.project.up([], { env: { OSS_REGION: "", OSS_ENDPOINT: "" } });
    assert.notEqual(regionless.code, 0);
    assert.match(
      regionless.stdout,
      /No region found: set region on the resource, alicloud:region in the stack/,
    );
    assert.deepEqual(stack.takeOperations(), []);
  });
});

describeWithEngine("bad input of the root program", (engine) => {
  it("all mistakes are reported together, by bucket and property, before any request", async () => {
    await using emulator = await startEmulator();
    await using project = await PulumiProject.create({
      engine: engine(),
      files: await rootProgram(),
      env: { OSS_ENDPOINT: emulator.url, OSS_REGION: "cn-hangzhou" },
      config: {
        "oss-encryption:rules": {
          good: { sseAlgorithm: "AES256" },
          "logs-prod": { sseAlgorithm: "AES-256", kmsMasterKeyID: "key-1" },
          payroll: { sseAlgorithm: "SM4", kmsDataEncryption: "SM4" },
        },
      },
    });
    const { code, stdout } = await project.preview();
    assert.notEqual(code, 0);
    assert.match(stdout, /logs-prod: sseAlgorithm is not a method OSS knows/);
    assert.match(stdout, /logs-prod: kmsMasterKeyID is not a property .* did you mean kmsMasterKeyId\?/);
    assert.match(stdout, /payroll: kmsDataEncryption applies to sseAlgorithm "KMS" only/);
    assert.ok(!stdout.includes("    at "), stdout);
    assert.deepEqual(emulator.requests, []);
  });
});
