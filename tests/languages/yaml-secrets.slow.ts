import assert from "node:assert/strict";
import type { Operation } from "../../tools/pulumi-project";
import { PluginStack, yamlRule } from "../support/plugin-project";
import { shown, succeeds } from "../support/outcome";
import { describeWithYaml } from "../support/with-engine";

describeWithYaml("secrets of a YAML stack", (engine) => {
  let stack: PluginStack;
  const account = {
    id: "1111111111111111",
    accessKeyId: "id-in-the-config",
    accessKeySecret: "secret-in-the-config",
  };
  const [first, second, outside] = ["cmk-of-the-first-up", "cmk-of-the-second-up", "cmk-set-outside"];

  before(async () => {
    stack = await PluginStack.create(engine(), {
      emulator: { accounts: [account] },
      env: { OSS_ACCESS_KEY_ID: "", OSS_ACCESS_KEY_SECRET: "" },
    });
    stack.emulator.createBucket("payroll");
    for (const [key, value] of [
      ["oss-encryption:accessKey", account.accessKeyId],
      ["oss-encryption:secretKey", account.accessKeySecret],
    ] as const) {
      const { code, stderr } = await stack.project.pulumi(["config", "set", "--secret", key, value]);
      assert.equal(code, 0, stderr);
    }
  });
  after(() => stack.close());

  const declare = (key: string) =>
    stack.write({
      resources: {
        payroll: yamlRule({ bucket: "payroll", sseAlgorithm: "KMS", kmsMasterKeyId: { "fn::secret": key } }),
      },
    });

  const seenOf = async (running: Promise<Operation>) => shown(await succeeds(running), stack.project);

  it("a CMK id that is a secret, and keys in the stack config, are in no output and encrypted in the state", async () => {
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
    for (const secret of [first, second, outside, account.accessKeyId, account.accessKeySecret]) {
      for (const [at, text] of seen.entries()) {
        assert.ok(!text.includes(secret), `${secret} in operation ${at + 1}`);
      }
    }
  });
});
