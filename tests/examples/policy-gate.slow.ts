import assert from "node:assert/strict";
import { join } from "node:path";
import { startEmulator } from "oss-emulator";
import { describeWithEngine } from "../support/with-engine";
import { exampleFiles, exampleProject } from "../support/example";

const bucket = { "policy-gate:bucket": "reports" };

describeWithEngine("the example policy-gate", (engine) => {
  it("lets KMS through, and stops anything else before it reaches OSS", async () => {
    await using emulator = await startEmulator();
    emulator.createBucket("reports");
    await using project = await exampleProject("policy-gate", { engine: engine(), emulator, config: bucket });
    const { scripts } = JSON.parse(exampleFiles("policy-gate")["package.json"] ?? "") as {
      scripts: { up: string };
    };
    const flags = scripts.up.replace("pulumi up ", "").split(" ");
    const pack = join(project.folder, "../node_modules/oss-encryption-policy");
    const underPolicy = flags.map((flag) => (flag.startsWith("node_modules") ? pack : flag));

    const strong = await project.up(underPolicy);
    assert.equal(strong.code, 0, strong.stdout + strong.stderr);
    assert.deepEqual(emulator.encryption("reports"), { SSEAlgorithm: "KMS" });

    await project.setConfig({ ...bucket, "policy-gate:sseAlgorithm": "AES256" });
    const weak = await project.up(underPolicy);
    assert.equal(weak.code, 1);
    assert.match(weak.stdout, /oss-bucket-encryption-kms[^]*Set sseAlgorithm of BucketEncryption "reports"/);
    assert.deepEqual(emulator.encryption("reports"), { SSEAlgorithm: "KMS" });
  });
});
