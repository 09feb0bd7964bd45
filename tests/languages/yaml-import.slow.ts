import assert from "node:assert/strict";
import { PluginStack, pluginType, yamlRule } from "../support/plugin-project";
import { steps } from "../support/encryption-stack";
import { succeeds } from "../support/outcome";
import { describeWithYaml } from "../support/with-engine";

describeWithYaml("pulumi import with the provider plugin", (engine) => {
  let stack: PluginStack;

  beforeEach(async () => {
    stack = await PluginStack.create(engine());
    stack.emulator.createBucket("logs-prod", { region: "cn-hangzhou" });
    stack.emulator.createBucket("far-logs", { region: "cn-shanghai" });
    stack.emulator.createBucket("no-rule", { region: "cn-hangzhou" });
    stack.emulator.setEncryption("logs-prod", { SSEAlgorithm: "SM4" });
    stack.emulator.setEncryption("far-logs", { SSEAlgorithm: "KMS", KMSDataEncryption: "SM4" });
  });
  afterEach(() => stack.close());

  const flags = ["--yes", "--skip-preview", "--protect=false"];
  const bringIn = (name: string, id: string) =>
    stack.project.pulumi(["import", pluginType, name, id, ...flags]);

  it("takes rules over by the bucket's name, bucket@region and connection/bucket, and prints what to declare", async () => {
    await stack.project.setConfig({ "oss-encryption:connections": { shanghai: { region: "cn-shanghai" } } });
    const imported = [
      await bringIn("logs", "logs-prod"),
      await bringIn("far", "far-logs@cn-shanghai"),
      await bringIn("named", "shanghai/far-logs"),
    ];
    for (const { code, stdout, stderr } of imported) assert.equal(code, 0, stdout + stderr);
    const rules = {
      logs: { bucket: "logs-prod", sseAlgorithm: "SM4" },
      far: { bucket: "far-logs", sseAlgorithm: "KMS", kmsDataEncryption: "SM4", region: "cn-shanghai" },
      named: { bucket: "far-logs", sseAlgorithm: "KMS", kmsDataEncryption: "SM4", connection: "shanghai" },
    };
    const { resources } = await stack.project.exportStack();
    const states = resources.filter(({ type }) => type === pluginType);
    assert.deepEqual(
      Object.fromEntries(states.map(({ urn, inputs }) => [urn.split("::").at(-1), inputs])),
      rules,
    );
    assert.deepEqual(
      states.map(({ id }) => id),
      ["logs-prod", "far-logs", "far-logs"],
    );
    assert.match(
      imported[1]?.stdout ?? "",
      /\n {6}bucket: far-logs\n {6}kmsDataEncryption: SM4\n {6}region: cn-shanghai\n {6}sseAlgorithm: KMS\n/,
    );
    await stack.declare(rules);
    stack.takeOperations();
    await succeeds(stack.project.up(["--expect-no-changes"]));
    assert.deepEqual(stack.takeOperations(), []);
  });

  it("refuses in a sentence what can't be imported", async () => {
    for (const [id, sentence] of [
      ["no-rule", /error: bucket no-rule has no default rule that could be read\n/],
      [
        "not-there",
        /error: GetBucketEncryption of bucket not-there failed: 404 NoSuchBucket: The specified bucket does not exist \(request id /,
      ],
      [
        "Logs/",
        /error: The id of a BucketEncryption is its bucket's name; to import one of another region or connection than the provider's it is bucket@region, connection\/bucket or connection\/bucket@region\.\n/,
      ],
      [
        "nobody/logs-prod",
        /error: connection must be the name of an entry of oss-encryption:connections; known are: none\.\n/,
      ],
    ] as const) {
      const { code, stdout, stderr } = await bringIn("logs", id);
      assert.notEqual(code, 0, id);
      assert.match(stdout + stderr, sentence);
    }
    assert.ok(!stack.takeOperations().includes("PutBucketEncryption"));
  });

  it("the import option takes an equal rule over without a write, and a preview shows what it would change", async () => {
    const declare = (bucket: string, sseAlgorithm: string) =>
      stack.write({ resources: { logs: yamlRule({ bucket, sseAlgorithm }, { import: bucket }) } });
    await declare("logs-prod", "AES256");
    const preview = await succeeds(stack.project.preview(["--diff"]));
    assert.match(preview.stdout, /~ sseAlgorithm: "SM4" => "AES256"/);
    await declare("no-rule", "AES256");
    const refused = await stack.project.preview();
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.stdout,
      /error: Preview failed: bucket no-rule has no default rule that could be read\n/,
    );

    await declare("logs-prod", "SM4");
    assert.deepEqual(steps(await succeeds(stack.project.up())), { logs: "import" });
    assert.deepEqual(new Set(stack.takeOperations()), new Set(["GetBucketEncryption"]));
    // The option may stay in the program.
    await succeeds(stack.project.up(["--expect-no-changes"]));
    assert.deepEqual(stack.live, { "logs-prod": "SM4", "far-logs": "KMS", "no-rule": undefined });

    const properties = {
      bucket: "far-logs",
      region: "cn-shanghai",
      sseAlgorithm: "KMS",
      kmsDataEncryption: "SM4",
    };
    await stack.write({ resources: { far: yamlRule(properties, { import: "far-logs@cn-shanghai" }) } });
    assert.equal(steps(await succeeds(stack.project.up())).far, "import");
    await succeeds(stack.project.up(["--expect-no-changes"]));
  });
});
