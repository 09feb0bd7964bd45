import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { first, second, third, type Account } from "../support/accounts";
import { PluginStack, pluginType, projectFile, yamlRule, type Section } from "../support/plugin-project";
import { steps } from "../support/encryption-stack";
import { succeeds } from "../support/outcome";
import { describeWithYaml } from "../support/with-engine";
import type { Operation } from "../../tools/pulumi-project";

const providerType = "pulumi:providers:oss-encryption";
const providerOf = ({ accessKeyId, accessKeySecret }: Account, more: Section = {}): Section => ({
  type: providerType,
  properties: { accessKey: accessKeyId, secretKey: accessKeySecret, ...more },
});
/** What each provider resource went through. */
const providerSteps = ({ events }: Operation) =>
  events.flatMap(({ resOutputsEvent }) =>
    resOutputsEvent?.metadata.type === providerType ? [resOutputsEvent.metadata.op] : [],
  );

describeWithYaml("explicit providers", (engine) => {
  let stack: PluginStack;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "providers-"));
    stack = await PluginStack.create(engine(), { emulator: { accounts: [first, second, third] } });
    stack.emulator.createBucket("logs", { region: "cn-hangzhou" });
    stack.emulator.createBucket("payroll", { region: "cn-beijing", account: second.id });
    stack.emulator.createBucket("archive", { region: "cn-shanghai", account: third.id });
  });
  afterEach(async () => {
    await stack.close();
    await rm(folder, { recursive: true });
  });

  /** Whose keys signed the requests for each bucket. */
  const signers = () =>
    Object.fromEntries(stack.emulator.requests.map(({ bucket = "", identity }) => [bucket, identity]));

  it("one program reaches two accounts through providers and a third through a connection; keys are encrypted in the state", async () => {
    const file = join(folder, "config.json");
    const keys = { access_key_id: third.accessKeyId, access_key_secret: third.accessKeySecret };
    await writeFile(file, JSON.stringify({ profiles: [{ name: "third", mode: "AK", ...keys }] }));
    await stack.project.setConfig({
      "oss-encryption:connections": {
        third: { region: "cn-shanghai", profile: "third", sharedCredentialsFile: file },
      },
    });
    const resources = (more: Section = {}) => ({
      one: providerOf(first, { region: "cn-hangzhou" }),
      two: providerOf(second, { region: "cn-beijing", ...more }),
      logs: yamlRule({ bucket: "logs", sseAlgorithm: "AES256" }, { provider: "${one}" }),
      payroll: yamlRule({ bucket: "payroll", sseAlgorithm: "KMS" }, { provider: "${two}" }),
      archive: yamlRule({ bucket: "archive", sseAlgorithm: "SM4", connection: "third" }),
    });
    await stack.write({ resources: resources() });
    const up = await succeeds(stack.project.up());
    assert.deepEqual(stack.live, { logs: "AES256", payroll: "KMS", archive: "SM4" });
    assert.deepEqual(signers(), { logs: first.name, payroll: second.name, archive: third.name });
    assert.ok(!stack.emulator.requests.some(({ status }) => status === 403));
    const { text } = await stack.project.exportStack();
    for (const secret of ["first-id", "second-id", "first-secret", "second-secret", "third-secret"]) {
      assert.ok(!(up.stdout + up.stderr + text).includes(secret), secret);
    }

    // Other keys and another region: the provider is updated, and no resource is replaced or even looked at.
    stack.emulator.addAccount({ ...second, accessKeyId: "new-id", accessKeySecret: "new-secret" });
    stack.emulator.removeAccessKey("second-id");
    stack.takeOperations();
    const rotated = { accessKey: "new-id", secretKey: "new-secret", region: "cn-hangzhou" };
    await stack.write({ resources: resources(rotated) });
    const edit = await succeeds(stack.project.up());
    assert.deepEqual(steps(edit), {});
    assert.deepEqual(
      providerSteps(edit).filter((op) => op !== "same"),
      ["update"],
    );
    assert.deepEqual(stack.takeOperations(), []);
    // A run without the program has them from the state.
    await succeeds(stack.project.refresh(["--preview-only", "--expect-no-changes"]));
    await succeeds(stack.project.destroy());
    assert.deepEqual(stack.live, { logs: undefined, payroll: undefined, archive: undefined });
  });

  it("keys that were rotated since the last up: refresh says where they come from, and takes today's with --run-program", async () => {
    const resources = (account: Account) => ({
      one: providerOf(account),
      logs: yamlRule({ bucket: "logs", sseAlgorithm: "AES256" }, { provider: "${one}" }),
    });
    await stack.write({ resources: resources(first) });
    await succeeds(stack.project.up());
    const rotated = { ...first, accessKeyId: "new-id", accessKeySecret: "new-secret" };
    stack.emulator.addAccount(rotated);
    stack.emulator.removeAccessKey(first.accessKeyId);
    await stack.write({ resources: resources(rotated) });
    const stale = await stack.project.refresh(["--preview-only"]);
    assert.notEqual(stale.code, 0);
    assert.match(
      stale.stdout,
      /403 InvalidAccessKeyId: .* Check the credentials from accessKey in the provider one\. They win over OSS_ACCESS_KEY_ID in the environment\. Refresh and destroy use the provider one of the last up: if it has changed since, add --run-program\.\n/,
    );
    await succeeds(stack.project.destroy(["--run-program"]));
    assert.equal(stack.live.logs, undefined);
  });

  it("an explicit provider has connections of its own, given as objects", async () => {
    const connections = { beijing: { region: "cn-beijing" } };
    await stack.write({
      resources: {
        two: providerOf(second, { region: "cn-hangzhou", connections }),
        payroll: yamlRule(
          { bucket: "payroll", sseAlgorithm: "KMS", connection: "beijing" },
          { provider: "${two}" },
        ),
      },
    });
    await succeeds(stack.project.up());
    assert.equal(stack.live.payroll, "KMS");
    assert.deepEqual(signers(), { payroll: second.name });
    assert.ok(!stack.emulator.requests.some(({ status }) => status !== 200 && status !== 404));
  });

  it("keys that a program gives as plain text are encrypted in the state, whatever its language does", async () => {
    await stack.project.write({
      "Pulumi.yaml": projectFile("nodejs"),
      "index.js": `
        const pulumi = require("@pulumi/pulumi");
        const [accessKey, secretKey] = [process.env.PLAIN_ID, process.env.PLAIN_SECRET];
        const provider = new pulumi.ProviderResource("oss-encryption", "one", { accessKey, secretKey });
        new pulumi.CustomResource("${pluginType}", "logs", { bucket: "logs", sseAlgorithm: "AES256" }, { provider });`,
    });
    const env = { PLAIN_ID: first.accessKeyId, PLAIN_SECRET: first.accessKeySecret };
    const up = await succeeds(stack.project.up([], { env }));
    assert.equal(stack.live.logs, "AES256");
    const { text } = await stack.project.exportStack();
    for (const secret of [first.accessKeyId, first.accessKeySecret]) {
      assert.ok(!(up.stdout + up.stderr + text).includes(secret), secret);
    }
  });

  it("keys that a resource of the same program makes are unknown in its first preview, and used in up", async () => {
    await stack.project.write({
      "Pulumi.yaml": projectFile("nodejs"),
      "index.js": `
        const pulumi = require("@pulumi/pulumi");
        class Key extends pulumi.dynamic.Resource {
          constructor() {
            const create = async () => ({ id: "key", outs: { keyId: "second-id", keySecret: process.env.MADE_SECRET } });
            super({ create }, "key", { keyId: undefined, keySecret: undefined }, { additionalSecretOutputs: ["keySecret"] });
          }
        }
        const key = new Key();
        const provider = new pulumi.ProviderResource("oss-encryption", "two", {
          region: "cn-beijing",
          accessKey: key.keyId,
          secretKey: key.keySecret,
        });
        new pulumi.CustomResource("${pluginType}", "payroll", { bucket: "payroll", sseAlgorithm: "KMS" }, { provider });`,
    });
    // Not in the program, whose code is in the state.
    const env = { MADE_SECRET: second.accessKeySecret };
    const preview = await succeeds(stack.project.preview([], { env }));
    assert.equal(steps(preview).payroll, "create");
    assert.deepEqual(stack.takeOperations(), []);
    const up = await succeeds(stack.project.up([], { env }));
    assert.equal(stack.live.payroll, "KMS");
    assert.deepEqual(signers(), { payroll: second.name });
    const { text } = await stack.project.exportStack();
    assert.ok(!(up.stdout + up.stderr + text).includes("second-secret"));
  });
});
