import assert from "node:assert/strict";
import type { Operation } from "../../tools/pulumi-project";
import { describeWithEngine } from "../support/with-engine";
import { EncryptionStack } from "../support/encryption-stack";
import { shown, succeeds } from "../support/outcome";

describeWithEngine("a CMK id that the program keeps secret", (engine) => {
  let stack: EncryptionStack;
  const [first, second, outside] = ["cmk-of-the-first-up", "cmk-of-the-second-up", "cmk-set-outside"];

  before(async () => {
    stack = await EncryptionStack.create(engine());
    stack.emulator.createBucket("payroll");
  });
  after(() => stack.close());

  async function declare(kmsMasterKeyId: string): Promise<void> {
    const args = { bucket: "payroll", sseAlgorithm: "KMS", kmsMasterKeyId };
    await stack.declare({ name: "enc", args, secret: ["kmsMasterKeyId"] });
  }

  const seenOf = async (running: Promise<Operation>) => shown(await succeeds(running), stack.project);

  it("a secret CMK id is in no output and no state, through changes in the program and from outside", async () => {
    await declare(first);
    const seen = [await seenOf(stack.project.up(["--diff"]))];
    assert.equal(stack.emulator.encryption("payroll")?.KMSMasterKeyID, first);

    await declare(second);
    seen.push(await seenOf(stack.project.up(["--diff"])));
    assert.equal(stack.emulator.encryption("payroll")?.KMSMasterKeyID, second);

    stack.emulator.setEncryption("payroll", { SSEAlgorithm: "KMS", KMSMasterKeyID: outside });
    const refresh = await succeeds(stack.project.refresh(["--diff"]));
    assert.match(refresh.stdout, /~ kmsMasterKeyId: \[secret\] => \[secret\]/);
    seen.push(await shown(refresh, stack.project), await seenOf(stack.project.destroy(["--diff"])));
    for (const id of [first, second, outside]) {
      for (const [at, text] of seen.entries()) assert.ok(!text.includes(id), `${id} in operation ${at + 1}`);
    }
  });
});
