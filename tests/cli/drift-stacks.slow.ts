import assert from "node:assert/strict";
import { run } from "../../tools/run";
import { EncryptionStack } from "../support/encryption-stack";
import { ossEncryption } from "../support/oss-encryption";
import { describeWithEngine } from "../support/with-engine";
import type { DriftJson } from "./drift-stack";

const program = `
const { BucketEncryption } = require("pulumi-oss-encryption");
const sseAlgorithm = require("@pulumi/pulumi").getStack() === "test" ? "AES256" : "SM4";
new BucketEncryption("payroll", { bucket: "payroll", sseAlgorithm });
`;

describeWithEngine("oss-encryption drift --fix, of stacks that declare one bucket otherwise", (engine) => {
  it("is not green: what it puts back for the second is drift of the first", async () => {
    await using stack = await EncryptionStack.create(engine(), { files: { "index.js": program } });
    const { project, emulator } = stack;
    emulator.createBucket("payroll");
    const options = { cwd: project.folder, env: project.environment() };
    const deploy = ["--yes", "--skip-preview", "--non-interactive", "--stack"];
    for (const args of [
      ["up", ...deploy, "test"],
      ["stack", "init", "second", "--no-select", "--non-interactive"],
      ["up", ...deploy, "second"],
    ]) {
      const { code, stdout, stderr } = await run(engine().command, args, options);
      assert.equal(code, 0, stdout + stderr);
    }
    const flags = ["--stack", "test", "--stack", "second", "--fix", "--yes", "--json"];
    const { code, stdout, stderr } = await ossEncryption(["drift", ...flags], options);
    assert.equal(code, 2, stderr);
    const { verdict, stacks } = JSON.parse(stdout) as DriftJson;
    assert.equal(verdict, "drift");
    const again = "It was put back, and has drifted again. Stack second declares a bucket of this name, too.";
    const fixes = stacks.map(({ buckets = [] }) => buckets.map(({ fix, fixReason }) => [fix, fixReason]));
    assert.deepEqual(fixes, [[["failed", again]], [["reasserted", undefined]]]);
    assert.deepEqual(stack.live, { payroll: "SM4" });
  });
});
