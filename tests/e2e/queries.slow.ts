import assert from "node:assert/strict";
import { describeWithEngine } from "../support/with-engine";
import { EncryptionStack } from "../support/encryption-stack";

const program = (asked: string) => `
const { BucketEncryption, getBucketEncryption, getBucketEncryptionOutput } = require("pulumi-oss-encryption");
module.exports = async () => {
  const args = { bucket: "managed", sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" };
  const managed = new BucketEncryption("managed", args);
  const { bucket, sseAlgorithm, kmsMasterKeyId, kmsDataEncryption } = BucketEncryption.get("other", "${asked}");
  return {
    gotten: { bucket, sseAlgorithm, kmsMasterKeyId: kmsMasterKeyId ?? null, kmsDataEncryption },
    instances: [managed, BucketEncryption.get("same", "other"), {}, undefined].map(BucketEncryption.isInstance),
    promised: await getBucketEncryption({ bucket: "other", region: "cn-hangzhou" }),
    ofNoRule: String(await getBucketEncryption({ bucket: "none" })),
    ofAnOutput: getBucketEncryptionOutput({ bucket: managed.bucket }),
  };
};
`;

describeWithEngine("a program that asks", (engine) => {
  let stack: EncryptionStack;
  const other = { SSEAlgorithm: "KMS", KMSDataEncryption: "SM4" } as const;

  before(async () => {
    stack = await EncryptionStack.create(engine());
    for (const bucket of ["managed", "none"]) stack.emulator.createBucket(bucket);
    stack.emulator.createBucket("other", { encryption: other });
  });
  after(() => stack.close());

  it("a program gets the rules of buckets it does not manage, and of one it does once that is there", async () => {
    await stack.project.write({ "index.js": program("other") });
    const up = await stack.project.up();
    assert.equal(up.code, 0, up.stdout + up.stderr);
    const outputs = await stack.project.pulumi(["stack", "output", "--json"]);
    assert.deepEqual(JSON.parse(outputs.stdout), {
      gotten: { bucket: "other", sseAlgorithm: "KMS", kmsDataEncryption: "SM4" },
      instances: [true, true, false, false],
      promised: { sseAlgorithm: "KMS", kmsDataEncryption: "SM4" },
      ofNoRule: "undefined",
      ofAnOutput: { sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" },
    });
  });

  it("a program that asks shows no change afterwards, and a change from outside in what it only reads", async () => {
    const preview = await stack.project.preview(["--refresh", "--expect-no-changes"]);
    assert.equal(preview.code, 0, preview.stdout + preview.stderr);
    stack.emulator.setEncryption("other", { SSEAlgorithm: "SM4" });
    const up = await stack.project.up();
    assert.equal(up.code, 0, up.stdout + up.stderr);
    const { stdout } = await stack.project.pulumi(["stack", "output", "gotten", "--json"]);
    assert.deepEqual(JSON.parse(stdout), { bucket: "other", sseAlgorithm: "SM4" });
  });

  it("BucketEncryption.get of a bucket without rule fails in preview", async () => {
    await stack.project.write({ "index.js": program("none") });
    const preview = await stack.project.preview();
    assert.notEqual(preview.code, 0);
    assert.match(preview.stdout, /bucket none has no default rule that could be read/);
  });

  it("destroy leaves what was only read as it is", async () => {
    const destroy = await stack.project.destroy();
    assert.equal(destroy.code, 0, destroy.stdout + destroy.stderr);
    assert.deepEqual(stack.live, { managed: undefined, none: undefined, other: "SM4" });
  });
});
