import assert from "node:assert/strict";
import { join } from "node:path";
import { describeWithEngine } from "../support/with-engine";
import { EncryptionStack } from "../support/encryption-stack";
import { eventsOf, violations, withConfig, withPreset } from "./policy-stack";

const key = "9468da86-3509-4f8d-a61e-6eab1eac1f8b";

describeWithEngine("deploying under the policy pack", (engine) => {
  let stack: EncryptionStack;
  const declare = (rules: Record<string, Record<string, unknown>>) =>
    stack.declare(...Object.entries(rules).map(([name, args]) => ({ name, args })));
  const writes = () => stack.takeOperations().filter((operation) => /^(Put|Delete)/.test(operation ?? ""));

  before(async () => {
    stack = await EncryptionStack.create(engine());
    for (const bucket of ["logs", "data", "payroll"]) stack.emulator.createBucket(bucket);
  });
  after(() => stack.close());

  const expected: [preset: string, violations: string[]][] = [
    ["baseline", ["declared-once payroll mandatory"]],
    ["kms", ["declared-once payroll mandatory", "kms logs mandatory"]],
    [
      "customer-managed-key",
      [
        "customer-managed-key data mandatory",
        "customer-managed-key logs mandatory",
        "declared-once payroll mandatory",
      ],
    ],
  ];
  for (const [preset, found] of expected) {
    it(`stops with the preset ${preset} what it does not allow, in preview and with nothing written`, async () => {
      await declare({
        logs: { bucket: "logs", sseAlgorithm: "AES256" },
        data: { bucket: "data", sseAlgorithm: "KMS" },
        payroll: { bucket: "payroll", sseAlgorithm: "KMS", kmsMasterKeyId: key },
        again: { bucket: "payroll", sseAlgorithm: "KMS", kmsMasterKeyId: key },
      });
      const preview = await stack.project.preview(withPreset(preset));
      assert.deepEqual(violations(preview.events), found, preview.stdout + preview.stderr);
      assert.equal(preview.code, 1);
      assert.deepEqual(writes(), []);
    });
  }

  it("stops a weak rule in up as well, before it is written", async () => {
    await declare({ logs: { bucket: "logs", sseAlgorithm: "AES256" } });
    const up = await stack.project.up(withPreset("kms"));
    assert.equal(up.code, 1);
    assert.match(up.stdout + up.stderr, /Set sseAlgorithm of BucketEncryption "logs" to "KMS"/);
    assert.deepEqual(writes(), []);
  });

  const kms = "oss-bucket-encryption-kms";
  const algorithms = "oss-bucket-encryption-allowed-algorithms";
  const wrong: [title: string, config: object, said: RegExp][] = [
    [
      "an unknown policy",
      { "oss-bucket-kms": "mandatory" },
      /: oss-bucket-kms is not a policy of this pack; it has/,
    ],
    [
      "a wrong type",
      { [kms]: { enforcementLevel: "mandatory", includeBuckets: "a" } },
      /oss-bucket-encryption-kms: includeBuckets: Invalid type\. Expected: array, given: string/,
    ],
    [
      "policies that contradict",
      { [kms]: "mandatory", [algorithms]: { enforcementLevel: "mandatory", algorithms: ["AES256"] } },
      /: oss-bucket-encryption-kms requires KMS, but algorithms of oss-bucket-encryption-allowed-algorithms does not/,
    ],
  ];
  for (const [title, config, said] of wrong) {
    it(`says what is wrong with a config that has ${title}`, async () => {
      await stack.project.write({ "wrong.json": JSON.stringify(config) });
      const preview = await stack.project.preview(withConfig(join(stack.project.folder, "wrong.json")));
      assert.match(preview.stdout + preview.stderr, said);
      assert.equal(preview.code, 1);
    });
  }

  it("takes one level for all policies", async () => {
    await stack.project.write({ "all.json": '{"all":"advisory"}' });
    const preview = await stack.project.preview(withConfig(join(stack.project.folder, "all.json")));
    const found = ["customer-managed-key logs advisory", "kms logs advisory", "protected logs advisory"];
    assert.deepEqual(violations(preview.events), found, preview.stdout + preview.stderr);
    assert.equal(preview.code, 0);
  });

  it("turns AES256 into KMS where the config says remediate, and then sees no change", async () => {
    await stack.project.write({ "remediate.json": '{"oss-bucket-encryption-kms":"remediate"}' });
    const remediate = withConfig(join(stack.project.folder, "remediate.json"));
    const up = await stack.project.up(remediate);
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.deepEqual(stack.emulator.encryption("logs"), { SSEAlgorithm: "KMS" });
    const again = await stack.project.preview([...remediate, "--expect-no-changes"]);
    assert.equal(again.code, 0, again.stdout + again.stderr);
  });

  it("has its policies in a pack of one's own, beside others of that pack, each pack with a config", async () => {
    await stack.project.write({
      "own/PulumiPolicy.yaml": "runtime: nodejs\n",
      "own/package.json": '{ "version": "1.0.0", "main": "index.js" }',
      "own/index.js": `
        const { PolicyPack } = require("@pulumi/policy");
        const { declaredOnce, kms } = require("oss-encryption-policy/policies");
        const named = {
          name: "named",
          description: "Names of resources are short.",
          enforcementLevel: "mandatory",
          validateResource: ({ name }, report) => { if (name.length > 3) report("The name is long."); },
        };
        new PolicyPack("own", { policies: [declaredOnce, kms, named] });`,
      // Not own.json: Node.js would take that for the pack.
      "config.json":
        '{"oss-bucket-encryption-kms":{"enforcementLevel":"mandatory","includeBuckets":["logs"]}}',
      "baseline.json": '{"all":"advisory"}',
    });
    const file = (name: string) => join(stack.project.folder, name);
    await declare({ logs: { bucket: "logs", sseAlgorithm: "AES256" } });
    const own = ["--policy-pack", file("own"), "--policy-pack-config", file("config.json")];
    const preview = await stack.project.preview([...own, ...withConfig(file("baseline.json"))]);
    const found = violations(preview.events);
    assert.deepEqual(
      found.filter((line) => line.includes("mandatory")),
      [
        "kms logs mandatory",
        "named default mandatory",
        "named logs mandatory",
        "named project-test mandatory",
      ],
      preview.stdout + preview.stderr,
    );
    assert.ok(found.includes("kms logs advisory"));
  });

  it("finds with policy analyze what is live, after a refresh", async () => {
    const analyze = async () => {
      const { code, stdout } = await stack.project.pulumi([
        "policy",
        "analyze",
        "--json",
        ...withPreset("kms"),
      ]);
      return { code, found: violations(eventsOf(stdout)) };
    };
    stack.emulator.setEncryption("logs", { SSEAlgorithm: "SM4" });
    assert.deepEqual(await analyze(), { code: 0, found: [] });
    const refresh = await stack.project.refresh();
    assert.equal(refresh.code, 0, refresh.stdout + refresh.stderr);
    assert.deepEqual(await analyze(), { code: 1, found: ["kms logs mandatory"] });
  });
});
