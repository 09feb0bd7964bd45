import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "oss-emulator";
import { describeWithEngine } from "../support/with-engine";
import { EncryptionStack, steps } from "../support/encryption-stack";

/** Through a proxy, so that OSS is reached under the true host names, which hold the region. */
describeWithEngine("a changed region", (engine) => {
  let stack: EncryptionStack;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "region-test-"));
    stack = await EncryptionStack.create(engine(), { env: throughProxy });
    stack.emulator.createBucket("logs", { region: "cn-shanghai" });
  });
  after(async () => {
    await stack.close();
    await rm(folder, { recursive: true });
  });

  async function throughProxy(emulator: Emulator): Promise<Record<string, string>> {
    const certificate = join(folder, "ca.pem");
    await writeFile(certificate, await emulator.certificateAuthority());
    return { HTTPS_PROXY: emulator.url, NO_PROXY: "127.0.0.1,localhost", NODE_EXTRA_CA_CERTS: certificate };
  }

  function takeRequests(): string[] {
    const requests = stack.emulator.requests.map(({ operation, host }) => `${operation ?? ""} ${host}`);
    stack.emulator.clearRequests();
    return [...new Set(requests)];
  }

  it("a changed region writes nothing, and refresh and destroy go to the new one", async () => {
    const args = { bucket: "logs", sseAlgorithm: "AES256" };
    await stack.declare({ name: "enc", args: { ...args, region: "cn-shanghai" } });
    const up = await stack.project.up();
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.deepEqual(takeRequests(), [
      "GetBucketEncryption logs.oss-cn-shanghai.aliyuncs.com",
      "PutBucketEncryption logs.oss-cn-shanghai.aliyuncs.com",
    ]);

    // The bucket was made anew elsewhere, with the same rule.
    stack.emulator.deleteBucket("logs");
    stack.emulator.createBucket("logs", { region: "cn-beijing", encryption: { SSEAlgorithm: "AES256" } });
    await stack.declare({ name: "enc", args: { ...args, region: "cn-beijing" } });
    const moved = await stack.project.up();
    assert.deepEqual([moved.code, steps(moved)], [0, { enc: "update" }], moved.stdout + moved.stderr);
    assert.deepEqual(takeRequests(), ["GetBucketEncryption logs.oss-cn-beijing.aliyuncs.com"]);

    const refresh = await stack.project.refresh(["--preview-only", "--expect-no-changes"]);
    assert.equal(refresh.code, 0, refresh.stdout + refresh.stderr);
    const destroy = await stack.project.destroy();
    assert.equal(destroy.code, 0, destroy.stdout + destroy.stderr);
    assert.deepEqual(takeRequests(), [
      "GetBucketEncryption logs.oss-cn-beijing.aliyuncs.com",
      "DeleteBucketEncryption logs.oss-cn-beijing.aliyuncs.com",
    ]);
    assert.equal(stack.live.logs, undefined);
  });
});
