import assert from "node:assert/strict";
import { EncryptionStack } from "../support/encryption-stack";
import { ossEncryption } from "../support/oss-encryption";
import { describeWithEngine } from "../support/with-engine";

const allow = (action: string, ...Resource: string[]) => ({ Effect: "Allow", Action: [action], Resource });

describeWithEngine("oss-encryption permissions --stack, before the first up", (engine) => {
  let stack: EncryptionStack;
  before(async () => {
    stack = await EncryptionStack.create(engine());
  });
  after(() => stack.close());
  const run = () =>
    ossEncryption(["permissions", "--stack", "test", "--read-only"], {
      cwd: stack.project.folder,
      env: stack.project.environment(),
    });

  it("prints the policy for what the program declares", async () => {
    await stack.declare(
      { name: "a", args: { bucket: "logs", sseAlgorithm: "AES256" } },
      { name: "b", args: { bucket: "payroll", sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" } },
    );
    const { code, stdout, stderr } = await run();
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), {
      Version: "1",
      Statement: [
        allow("oss:GetBucketEncryption", "acs:oss:*:*:logs", "acs:oss:*:*:payroll"),
        allow("kms:DescribeKey", "acs:kms:*:*:key/key-1"),
      ],
    });
    assert.deepEqual((await stack.project.exportStack()).resources, []);
  });

  it("says that a program declares nothing, or why it can't be asked", async () => {
    await stack.declare();
    const nothing = await run();
    assert.deepEqual([nothing.code, nothing.stdout], [1, ""]);
    assert.match(
      nothing.stderr,
      /^oss-encryption: Stack test manages nothing yet, and its program declares no bucket's encryption: /m,
    );
    await stack.declare({ name: "a", args: { bucket: "logs", sseAlgorithm: "aes" } });
    const broken = await run();
    assert.deepEqual([broken.code, broken.stdout], [1, ""]);
    assert.match(
      broken.stderr,
      /a preview of its program failed: .*sseAlgorithm .* Name buckets with --bucket\.$/m,
    );
  });
});
