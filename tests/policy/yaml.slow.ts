import assert from "node:assert/strict";
import { PluginStack, yamlRule } from "../support/plugin-project";
import { describeWithYaml } from "../support/with-engine";
import { violations, withPreset } from "./policy-stack";

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
});
