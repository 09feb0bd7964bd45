import assert from "node:assert/strict";
import { join } from "node:path";
import { describeWithEngine } from "../support/with-engine";
import { EncryptionStack } from "../support/encryption-stack";

/** As with an engine built with Go, which has no language host of its own. */
describeWithEngine("an engine without a Node.js language host", (engine) => {
  let stack: EncryptionStack;

  before(async () => {
    stack = await EncryptionStack.create({ ...engine(), languageHost: false });
    stack.emulator.createBucket("logs");
    await stack.declare({ name: "enc", args: { bucket: "logs", sseAlgorithm: "AES256" } });
  });
  after(() => stack.close());

  it("an engine without a language host runs programs and policy packs", async () => {
    const pack = join(__dirname, "../../policy");
    const preset = join(pack, "presets/kms.json");
    const preview = await stack.project.preview(["--policy-pack", pack, "--policy-pack-config", preset]);
    assert.equal(preview.code, 1, preview.stdout + preview.stderr);
    assert.deepEqual(
      preview.events.flatMap(({ policyEvent }) => policyEvent?.policyName ?? []),
      ["oss-bucket-encryption-kms"],
    );
    assert.deepEqual(stack.live, { logs: undefined });
  });

  it("an engine without a language host shows a program's error and ends with 1", async () => {
    await stack.project.write({
      // Node 20 takes half a minute to colour some of the SDK's stack frames, so there is none.
      "index.js":
        'throw Object.assign(new (require("@pulumi/pulumi").RunError)("no such thing"), { stack: "" });',
    });
    const up = await stack.project.up();
    assert.equal(up.code, 1);
    assert.match(up.stdout, /error: no such thing/);
    assert.doesNotMatch(up.stdout + up.stderr, /using pulumi-language-nodejs from/);
  });
});
