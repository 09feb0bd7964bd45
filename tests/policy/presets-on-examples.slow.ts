import assert from "node:assert/strict";
import { join } from "node:path";
import { startEmulator } from "oss-emulator";
import { describeWithEngine } from "../support/with-engine";
import { exampleProject } from "../support/example";

const pack = join(__dirname, "../../policy");
const kms = "oss-bucket-encryption-kms";
const customerKey = "oss-bucket-encryption-customer-managed-key";

/** Config of an example, and the rules that stop it with each preset. */
const examples: Record<string, { config: Record<string, unknown>; stoppedBy: Record<string, string[]> }> = {
  aes256: {
    config: { "aes256:bucket": "logs" },
    stoppedBy: { baseline: [], kms: [kms], "customer-managed-key": [customerKey] },
  },
  "kms-default-key": {
    config: { "kms-default-key:bucket": "logs" },
    stoppedBy: { baseline: [], kms: [], "customer-managed-key": [customerKey] },
  },
  "kms-customer-key": {
    config: { "kms-customer-key:bucket": "logs", "kms-customer-key:kmsMasterKeyId": "key-1" },
    stoppedBy: { baseline: [], kms: [], "customer-managed-key": [] },
  },
};

describeWithEngine("the presets on the examples", (engine) => {
  for (const [name, { config, stoppedBy }] of Object.entries(examples)) {
    it(`each preset stops ${name} where it is too weak, and nowhere else`, async () => {
      await using emulator = await startEmulator();
      emulator.createBucket("logs");
      await using project = await exampleProject(name, { engine: engine(), emulator, config });
      for (const [preset, rules] of Object.entries(stoppedBy)) {
        const presetFile = join(pack, "presets", `${preset}.json`);
        const preview = await project.preview(["--policy-pack", pack, "--policy-pack-config", presetFile]);
        const violated = preview.events.flatMap(({ policyEvent }) =>
          policyEvent?.enforcementLevel === "mandatory" ? policyEvent.policyName : [],
        );
        assert.deepEqual(
          { preset, violated, failed: preview.code !== 0 },
          { preset, violated: rules, failed: rules.length > 0 },
        );
      }
      assert.equal(emulator.encryption("logs"), undefined);
    });
  }
});
