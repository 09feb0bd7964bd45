import assert from "node:assert/strict";
import { join } from "node:path";
import { steps } from "../support/encryption-stack";
import { succeeds } from "../support/outcome";
import { PluginStack, yamlRule } from "../support/plugin-project";
import { describeWithYaml } from "../support/with-engine";
import { eventsOf, violations, withConfig, withPreset } from "./policy-stack";

describeWithYaml("the policy pack on a YAML program", (engine) => {
  let stack: PluginStack;
  const writes = () => stack.takeOperations().filter((operation) => /^(Put|Delete)/.test(operation ?? ""));

  before(async () => {
    stack = await PluginStack.create(engine());
    for (const bucket of ["logs", "payroll"]) stack.emulator.createBucket(bucket);
  });
  after(() => stack.close());

  it("stops a weak rule and a second declaration in preview, under any provider, with nothing written", async () => {
    const payroll = { bucket: "payroll", sseAlgorithm: "KMS" };
    await stack.write({
      resources: {
        finance: { type: "pulumi:providers:oss-encryption", properties: { region: "cn-hangzhou" } },
        logs: yamlRule({ bucket: "logs", sseAlgorithm: "AES256" }, { provider: "${finance}" }),
        payroll: yamlRule(payroll),
        again: yamlRule(payroll),
      },
    });
    const preview = await stack.project.preview(withPreset("kms"));
    assert.deepEqual(
      violations(preview.events),
      ["declared-once payroll mandatory", "kms logs mandatory"],
      preview.stdout + preview.stderr,
    );
    assert.equal(preview.code, 1);
    assert.deepEqual(writes(), []);
  });

  it("stops a weak rule in up before it is written", async () => {
    await stack.declare({ logs: { bucket: "logs", sseAlgorithm: "AES256" } });
    const up = await stack.project.up(withPreset("kms"));
    assert.deepEqual(violations(up.events), ["kms logs mandatory"], up.stdout + up.stderr);
    assert.equal(up.code, 1);
    assert.deepEqual(writes(), []);
  });

  it("turns AES256 into KMS where the config says remediate, and then sees no change", async () => {
    await stack.project.write({ "remediate.json": '{"oss-bucket-encryption-kms":"remediate"}' });
    const remediate = withConfig(join(stack.project.folder, "remediate.json"));
    assert.deepEqual(steps(await succeeds(stack.project.up(remediate))), { logs: "create" });
    assert.deepEqual(stack.emulator.encryption("logs"), { SSEAlgorithm: "KMS" });
    await succeeds(stack.project.preview([...remediate, "--expect-no-changes"]));
  });

  it("finds with policy analyze what is live, after a refresh", async () => {
    stack.emulator.setEncryption("logs", { SSEAlgorithm: "SM4" });
    await succeeds(stack.project.refresh());
    const { code, stdout } = await stack.project.pulumi([
      "policy",
      "analyze",
      "--json",
      ...withPreset("kms"),
    ]);
    assert.deepEqual(violations(eventsOf(stdout)), ["kms logs mandatory"]);
    assert.equal(code, 1);
  });
});
