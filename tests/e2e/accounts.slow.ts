import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { first, second, type Account } from "../support/accounts";
import { describeWithEngine } from "../support/with-engine";
import { EncryptionStack } from "../support/encryption-stack";

const rotated = (account: Account) => ({
  ...account,
  accessKeyId: `new-${account.accessKeyId}`,
  accessKeySecret: `new-${account.accessKeySecret}`,
});
const secrets = /(first|second)-secret/;

const profile = ({ accessKeyId, accessKeySecret }: Account) =>
  JSON.stringify({
    profiles: [
      { name: "second", mode: "AK", access_key_id: accessKeyId, access_key_secret: accessKeySecret },
    ],
  });

const environment = ({ accessKeyId, accessKeySecret }: Account) => ({
  OSS_ACCESS_KEY_ID: accessKeyId,
  OSS_ACCESS_KEY_SECRET: accessKeySecret,
});

describeWithEngine("two accounts and three regions in one stack", (engine) => {
  let stack: EncryptionStack;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "accounts-"));
    stack = await EncryptionStack.create(engine(), { emulator: { accounts: [first, second] } });
    stack.emulator.createBucket("logs", { region: "cn-hangzhou" });
    stack.emulator.createBucket("far-logs", { region: "cn-shanghai" });
    stack.emulator.createBucket("payroll", { region: "cn-beijing", account: second.id });
  });
  afterEach(async () => {
    await stack.close();
    await rm(folder, { recursive: true });
  });

  function rotate(): void {
    for (const account of [first, second]) {
      stack.emulator.removeAccessKey(account.accessKeyId);
      stack.emulator.addAccount(rotated(account));
    }
  }

  it("each account's buckets are declared, refreshed and destroyed with its own keys, also after these were rotated", async () => {
    const file = join(folder, "config.json");
    await writeFile(file, profile(second));
    await stack.project.setConfig({
      "oss-encryption:connections": JSON.stringify({
        second: { region: "cn-beijing", profile: "second", sharedCredentialsFile: file },
      }),
    });
    await stack.declare(
      { name: "logs", args: { bucket: "logs", sseAlgorithm: "AES256" } },
      { name: "far-logs", args: { bucket: "far-logs", sseAlgorithm: "SM4", region: "cn-shanghai" } },
      { name: "payroll", args: { bucket: "payroll", sseAlgorithm: "KMS", connection: "second" } },
    );
    const up = await stack.project.up();
    assert.equal(up.code, 0, up.stdout);
    assert.deepEqual(stack.live, { logs: "AES256", "far-logs": "SM4", payroll: "KMS" });
    for (const { bucket, identity, status } of stack.emulator.requests) {
      assert.equal(identity, bucket === "payroll" ? second.name : first.name);
      // No detour: each request went to its region.
      assert.notEqual(status, 403);
    }

    rotate();
    await writeFile(file, profile(rotated(second)));
    const env = environment(rotated(first));
    const refresh = await stack.project.refresh(["--preview-only", "--expect-no-changes"], { env });
    assert.equal(refresh.code, 0, refresh.stdout);
    assert.doesNotMatch((await stack.project.exportStack()).text, secrets);
    const destroy = await stack.project.destroy([], { env });
    assert.equal(destroy.code, 0, destroy.stdout);
    assert.deepEqual(stack.live, { logs: undefined, "far-logs": undefined, payroll: undefined });
    assert.doesNotMatch(up.stdout + refresh.stdout + destroy.stdout, secrets);
  });

  it("a connection that isn't declared is refused in preview, naming those that are", async () => {
    await stack.project.setConfig({
      "oss-encryption:connections": JSON.stringify({ second: { profile: "second" }, third: {} }),
    });
    await stack.declare({
      name: "payroll",
      args: { bucket: "payroll", sseAlgorithm: "KMS", connection: "secnod" },
    });
    const preview = await stack.project.preview();
    assert.notEqual(preview.code, 0);
    assert.match(
      preview.stdout,
      /problem: connection must be the name of an entry of oss-encryption:connections; known are: second, third\./,
    );
    assert.deepEqual(stack.emulator.requests, []);
  });

  it("a refresh uses the stack config of the last up, and today's with --run-program", async () => {
    const setKeys = async ({ accessKeyId, accessKeySecret }: Account) => {
      for (const [key, value] of [
        ["alicloud:accessKey", accessKeyId],
        ["alicloud:secretKey", accessKeySecret],
      ] as const) {
        const { code, stderr } = await stack.project.pulumi(["config", "set", "--secret", key, value]);
        assert.equal(code, 0, stderr);
      }
    };
    await setKeys(first);
    await stack.declare({ name: "logs", args: { bucket: "logs", sseAlgorithm: "AES256" } });
    assert.equal((await stack.project.up()).code, 0);
    assert.doesNotMatch((await stack.project.exportStack()).text, secrets);

    rotate();
    await setKeys(rotated(first));
    const env = environment(rotated(first));
    const stale = await stack.project.refresh(["--preview-only"], { env });
    assert.notEqual(stale.code, 0);
    assert.match(
      stale.stdout,
      /403 InvalidAccessKeyId: .* Check the credentials from alicloud:accessKey in the stack config\. They win over OSS_ACCESS_KEY_ID in the environment\. Refresh and destroy use the stack config of the last up: if it has changed since, add --run-program\./,
    );
    assert.doesNotMatch(stale.stdout, secrets);

    const fresh = await stack.project.refresh(["--preview-only", "--run-program", "--expect-no-changes"], {
      env,
    });
    assert.equal(fresh.code, 0, fresh.stdout);
  });
});
