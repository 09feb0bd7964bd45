import assert from "node:assert/strict";
import { PluginStack, pluginType, yamlRule, type Section, type YamlProgram } from "../support/plugin-project";
import { succeeds } from "../support/outcome";
import { describeWithYaml } from "../support/with-engine";

const invoke = (args: Section): Section => ({
  "fn::invoke": { function: "oss-encryption:index:getBucketEncryption", arguments: args },
});

describeWithYaml("what a YAML program says wrong, and asks", (engine) => {
  let stack: PluginStack;

  before(async () => {
    stack = await PluginStack.create(engine());
    stack.emulator.createBucket("logs-prod", { region: "cn-hangzhou" });
  });
  after(() => stack.close());

  async function refused(program: YamlProgram): Promise<string> {
    await stack.write(program);
    const { code, stdout, stderr } = await stack.project.preview();
    assert.notEqual(code, 0, stdout + stderr);
    assert.deepEqual(stack.takeOperations(), []);
    return stdout + stderr;
  }
  const refusedRule = (properties: Section) => refused({ resources: { logs: yamlRule(properties) } });

  it("the provider names what is wrong with values, all at once and in preview", async () => {
    const output = await refusedRule({
      bucket: "Not_A_Bucket",
      sseAlgorithm: "AES128",
      kmsMasterKeyId: "a-key",
      region: "Hangzhou!",
    });
    for (const reason of [
      /problem: bucket must be /,
      /problem: sseAlgorithm is not a method OSS knows: use "AES256", "SM4" or "KMS"/,
      /problem: kmsMasterKeyId applies to sseAlgorithm "KMS" only/,
      /problem: region must be a region id/,
    ]) {
      assert.match(output, reason);
    }
    for (const value of ["Not_A_Bucket", "AES128", "a-key", "Hangzhou!"]) {
      assert.ok(!output.includes(value), output);
    }
  });

  it("a number in place of a string is refused without being shown", async () => {
    const output = await refusedRule({
      bucket: "logs-prod",
      sseAlgorithm: "KMS",
      kmsMasterKeyId: 4711081547,
    });
    assert.match(
      output,
      /problem: kmsMasterKeyId must be a CMK id: a string without spaces or control characters\n/,
    );
    assert.ok(!output.includes("4711081547"), output);
  });

  it("the YAML host itself names properties that are missing, unknown or of another type", async () => {
    const right = { bucket: "logs-prod", sseAlgorithm: "KMS" };
    assert.match(await refusedRule({ sseAlgorithm: "KMS" }), /bucket: Missing required property 'bucket'/);
    assert.match(
      await refusedRule({ ...right, kmsKeyId: "a-key" }),
      new RegExp(`Property kmsKeyId does not exist on '${pluginType}'`),
    );
    assert.match(
      await refusedRule({ ...right, sseAlgorithm: ["KMS"] }),
      /sseAlgorithm: Cannot assign 'List<string>' to /,
    );
  });

  it("a key that the provider's config doesn't have is named, with those that it has", async () => {
    await stack.project.setConfig({ "oss-encryption:regoin": "cn-hangzhou" });
    const output = await refusedRule({ bucket: "logs-prod", sseAlgorithm: "KMS" });
    assert.match(output, /oss-encryption in the stack config has no regoin; allowed are region, /);
    await stack.project.setConfig({ "oss-encryption:maxRetryTimeout": "soon" });
    const timeout = await refusedRule({ bucket: "logs-prod", sseAlgorithm: "KMS" });
    assert.match(
      timeout,
      /problem: oss-encryption:maxRetryTimeout in the stack config must be a whole number, not negative\.\n/,
    );
    await stack.project.setConfig({});
  });

  it("config of the alicloud provider does not reach this one", async () => {
    await stack.project.setConfig({ "alicloud:region": "cn-hangzhou" });
    await stack.declare({ logs: { bucket: "logs-prod", sseAlgorithm: "AES256" } });
    const up = await stack.project.up([], { env: { OSS_REGION: "" } });
    assert.notEqual(up.code, 0);
    assert.match(up.stdout, /oss-encryption:region/);
    assert.deepEqual(stack.takeOperations(), []);
    await stack.project.setConfig({});
  });

  it("what is wrong with an explicit provider is said by the resources that use it, and unknown keys by the YAML host", async () => {
    const provider = (properties: Section) => ({
      second: { type: "pulumi:providers:oss-encryption", properties },
      logs: yamlRule({ bucket: "logs-prod", sseAlgorithm: "KMS" }, { provider: "${second}" }),
    });
    assert.match(
      await refused({ resources: provider({ assumeRole: { roleArn: "admin" } }) }),
      /problem: assumeRole in the provider second: roleArn must be of the form acs:ram::<account>:role\/<name>\.\n/,
    );
    assert.match(
      await refused({ resources: provider({ regoin: "cn-hangzhou" }) }),
      /Property regoin does not exist on 'pulumi:providers:oss-encryption'/,
    );
  });

  it("getBucketEncryption gives a bucket's rule, nothing where it has none, and says what is wrong", async () => {
    stack.emulator.setEncryption("logs-prod", { SSEAlgorithm: "KMS", KMSMasterKeyID: "a-key" });
    stack.emulator.createBucket("no-rule", { region: "cn-hangzhou" });
    await stack.write({
      variables: { found: invoke({ bucket: "logs-prod" }), none: invoke({ bucket: "no-rule" }) },
      outputs: { method: "${found.sseAlgorithm}", key: "${found.kmsMasterKeyId}", none: "${none}" },
    });
    await succeeds(stack.project.up());
    const { stdout } = await stack.project.pulumi(["stack", "output", "--json"]);
    assert.deepEqual(JSON.parse(stdout), { method: "KMS", key: "a-key", none: {} });
    stack.takeOperations();

    const program = {
      variables: { found: invoke({ bucket: "Not_A_Bucket" }) },
      outputs: { found: "${found}" },
    };
    const output = await refused(program);
    assert.match(output, /bucket must be /);
  });
});
