import assert from "node:assert/strict";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PluginStack, pluginType, projectFile, yamlRule, type Section } from "../support/plugin-project";
import { repository } from "../support/repository";
import { steps } from "../support/encryption-stack";
import { said, succeeds } from "../support/outcome";
import { describeWithEngine, describeWithYaml, skipWithoutYaml } from "../support/with-engine";
import { writeProgram } from "../support/written-program";

const dynamicType = "pulumi-nodejs:dynamic/oss:BucketEncryption";
const stays = (bucket: string) =>
  `bucket ${bucket}: the program still declares it, so its default rule stays`;
const provider = (properties: Section = {}): Section => ({
  type: "pulumi:providers:oss-encryption",
  properties,
});

/** Each edit makes the engine create one resource and delete another for the same bucket, in two processes of the plugin. */
describeWithYaml("edits that move a declared bucket between providers of a YAML program", (engine) => {
  let stack: PluginStack;

  beforeEach(async () => {
    stack = await PluginStack.create(engine());
    stack.emulator.createBucket("logs");
    stack.emulator.createBucket("payroll");
  });
  afterEach(() => stack.close());

  /** Runs the edit, and the next `up` that must find nothing to do. */
  async function edit(before: Section, after: Section): Promise<string[]> {
    await stack.write({ resources: before });
    await succeeds(stack.project.up());
    await stack.write({ resources: after });
    const up = await succeeds(stack.project.up());
    const live = stack.live;
    stack.takeOperations();
    await succeeds(stack.project.up(["--expect-no-changes"]));
    assert.deepEqual(stack.takeOperations(), []);
    assert.deepEqual(stack.live, live);
    await succeeds(stack.project.refresh(["--preview-only", "--expect-no-changes"]));
    return said(up);
  }

  it("the rules stay of resources that are renamed and leave their explicit provider, or get one", async () => {
    const apart = { apart: provider() };
    const through = { provider: "${apart}" };
    const lines = await edit(
      {
        ...apart,
        from: yamlRule({ bucket: "logs", sseAlgorithm: "KMS" }, through),
        to: yamlRule({ bucket: "payroll", sseAlgorithm: "SM4" }),
      },
      {
        ...apart,
        "renamed-from": yamlRule({ bucket: "logs", sseAlgorithm: "KMS" }),
        "renamed-to": yamlRule({ bucket: "payroll", sseAlgorithm: "SM4" }, through),
      },
    );
    assert.deepEqual(lines, [stays("logs"), stays("payroll")]);
    assert.deepEqual(stack.live, { logs: "KMS", payroll: "SM4" });
  });

  it("the rules stay of resources that are renamed and get another explicit provider, with another rule or the same", async () => {
    const two = { one: provider(), two: provider({ region: "cn-hangzhou" }) };
    const lines = await edit(
      {
        ...two,
        first: yamlRule({ bucket: "logs", sseAlgorithm: "KMS" }, { provider: "${one}" }),
        second: yamlRule({ bucket: "payroll", sseAlgorithm: "AES256" }, { provider: "${one}" }),
      },
      {
        ...two,
        third: yamlRule({ bucket: "logs", sseAlgorithm: "KMS" }, { provider: "${two}" }),
        fourth: yamlRule({ bucket: "payroll", sseAlgorithm: "SM4" }, { provider: "${two}" }),
      },
    );
    assert.deepEqual(
      lines,
      ["bucket payroll: its default rule AES256 is replaced by SM4", stays("logs"), stays("payroll")].sort(),
    );
    assert.deepEqual(stack.live, { logs: "KMS", payroll: "SM4" });
  });

  it("a resource that leaves with its explicit provider takes its rule with it, and the others stay", async () => {
    const lines = await edit(
      {
        apart: provider(),
        gone: yamlRule({ bucket: "logs", sseAlgorithm: "KMS" }, { provider: "${apart}" }),
        stays: yamlRule({ bucket: "payroll", sseAlgorithm: "SM4" }),
      },
      { stays: yamlRule({ bucket: "payroll", sseAlgorithm: "SM4" }) },
    );
    assert.deepEqual(lines, [
      "bucket logs: default rule removed (was KMS with the CMK managed by OSS); objects keep the encryption they have",
    ]);
    assert.deepEqual(stack.live, { logs: undefined, payroll: "SM4" });
  });
});

describeWithYaml("a resource that is renamed while its plugin is upgraded", (engine) => {
  it("keeps its rule, although one version creates and another deletes", async () => {
    await using stack = await PluginStack.create(engine());
    const { project } = stack;
    stack.emulator.createBucket("logs");
    // Of a plugin with a version the engine keeps the schema beside its folder, so neither is this checkout's.
    const copyOf = async (version: string) => {
      const folder = join(project.folder, "..", version);
      for (const part of ["bin", "dist"]) {
        await cp(join(repository, "provider", part), join(folder, part), { recursive: true });
      }
      await writeFile(join(folder, "package.json"), JSON.stringify({ version }));
      return { name: "oss-encryption", path: join(folder, "bin"), version };
    };
    const providers = [await copyOf("9.9.8"), await copyOf("9.9.9")];
    const declare = (name: string, version: string) =>
      stack.write({
        resources: { [name]: yamlRule({ bucket: "logs", sseAlgorithm: "KMS" }, { version }) },
        plugins: { providers },
      });

    await declare("old", "9.9.8");
    await succeeds(project.up());
    await declare("new", "9.9.9");
    assert.deepEqual(said(await succeeds(project.up())), [stays("logs")]);
    assert.deepEqual(stack.live, { logs: "KMS" });
    await succeeds(project.up(["--expect-no-changes"]));
    const { resources } = await project.exportStack();
    const providersInState = resources.filter(({ type }) => type === "pulumi:providers:oss-encryption");
    assert.deepEqual(
      providersInState.map(({ inputs }) => inputs?.version),
      ["9.9.9"],
    );
    assert.deepEqual(stack.live, { logs: "KMS" });
  });
});

describeWithEngine("moving from the dynamic resource to the provider plugin", (engine) => {
  let stack: PluginStack;
  const inPlugin = (name: string, args: string, opts = "{}") =>
    `new pulumi.CustomResource("${pluginType}", "${name}", ${args}, ${opts});`;
  const aliased = (type: string) => `{ aliases: [{ type: "${type}" }] }`;
  const rules = {
    logs: `{ bucket: "logs", sseAlgorithm: "AES256" }`,
    payroll: `{ bucket: "payroll", sseAlgorithm: "KMS" }`,
  };
  const dynamic = (opts = "{}") =>
    `rule("logs", ${rules.logs}, ${opts}); rule("payroll", ${rules.payroll}, ${opts});`;
  const native = (opts?: string) =>
    inPlugin("logs", rules.logs, opts) + inPlugin("payroll", rules.payroll, opts);

  beforeEach(async () => {
    stack = await PluginStack.create(engine(), { files: { "Pulumi.yaml": projectFile("nodejs") } });
    stack.emulator.createBucket("logs");
    stack.emulator.createBucket("payroll");
    await writeProgram(stack.project, dynamic());
    await succeeds(stack.project.up());
    stack.takeOperations();
  });
  afterEach(() => stack.close());

  const types = async () => {
    const { resources } = await stack.project.exportStack();
    return resources.filter(({ id }) => id === "logs" || id === "payroll").map(({ type }) => type);
  };

  it("an alias keeps everything as it is, with no request, in JavaScript; and it leads back the same way", async () => {
    await writeProgram(stack.project, native(aliased(dynamicType)));
    await succeeds(stack.project.up(["--expect-no-changes"]));
    assert.deepEqual(stack.takeOperations(), []);
    assert.deepEqual(await types(), [pluginType, pluginType]);
    await succeeds(stack.project.refresh(["--expect-no-changes"]));
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption", "GetBucketEncryption"]);
    // Nothing of the dynamic resource is left in the state, and the way back is an update that writes nothing.
    assert.doesNotMatch((await stack.project.exportStack()).text, /__provider/);
    await writeProgram(stack.project, dynamic(aliased(pluginType)));
    assert.deepEqual(steps(await succeeds(stack.project.up())), { logs: "update", payroll: "update" });
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption", "GetBucketEncryption"]);
    await succeeds(stack.project.refresh(["--preview-only", "--expect-no-changes"]));
    await succeeds(stack.project.destroy());
    assert.deepEqual(stack.live, { logs: undefined, payroll: undefined });
  });

  it("a YAML program needs no alias: the schema has it", async function () {
    skipWithoutYaml(this, engine());
    await stack.declare({
      logs: { bucket: "logs", sseAlgorithm: "AES256" },
      payroll: { bucket: "payroll", sseAlgorithm: "KMS" },
    });
    await succeeds(stack.project.up(["--expect-no-changes"]));
    assert.deepEqual(stack.takeOperations(), []);
    assert.deepEqual(await types(), [pluginType, pluginType]);
    await succeeds(stack.project.refresh(["--preview-only", "--expect-no-changes"]));
    await succeeds(stack.project.destroy());
    assert.deepEqual(stack.live, { logs: undefined, payroll: undefined });
  });

  it("without an alias resources are created and deleted, and the rules stay, also one that changes meanwhile", async () => {
    await writeProgram(
      stack.project,
      inPlugin("logs", rules.logs) + inPlugin("payroll", `{ bucket: "payroll", sseAlgorithm: "SM4" }`),
    );
    const up = await succeeds(stack.project.up());
    assert.deepEqual(
      said(up),
      [
        "bucket payroll: its default rule KMS with the CMK managed by OSS is replaced by SM4",
        stays("logs"),
        stays("payroll"),
      ].sort(),
    );
    assert.deepEqual(stack.live, { logs: "AES256", payroll: "SM4" });
    await succeeds(stack.project.up(["--expect-no-changes"]));
    assert.deepEqual(stack.live, { logs: "AES256", payroll: "SM4" });
  });

  it("both forms live in one program", async () => {
    await writeProgram(
      stack.project,
      `rule("logs", ${rules.logs});` + inPlugin("payroll", rules.payroll, aliased(dynamicType)),
    );
    await succeeds(stack.project.up(["--expect-no-changes"]));
    assert.deepEqual((await types()).sort(), [pluginType, dynamicType].sort());
    assert.deepEqual(stack.live, { logs: "AES256", payroll: "KMS" });
  });
});
