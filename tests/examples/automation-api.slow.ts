import assert from "node:assert/strict";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { startEmulator } from "oss-emulator";
import { run } from "../../tools/run";
import { credentialsOf } from "../../tools/emulator-access";
import { describeWithEngine } from "../support/with-engine";
import { examplesFolder } from "../support/example";

describeWithEngine("the script automation-api", (engine) => {
  it("declares rules, and reports what has changed since", async () => {
    await using emulator = await startEmulator();
    emulator.createBucket("logs");
    emulator.createBucket("audit");
    const folder = await mkdtemp(join(tmpdir(), "automation-api-"));
    await cp(join(examplesFolder, "automation-api"), join(folder, "project"), { recursive: true });
    await symlink(join(__dirname, "../../node_modules"), join(folder, "node_modules"));
    const env = {
      ...credentialsOf(emulator),
      OSS_ENDPOINT: emulator.url,
      HOME: folder,
      PULUMI_HOME: folder,
      PULUMI_BACKEND_URL: pathToFileURL(folder).href,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PATH: [dirname(engine().command), process.env.PATH].join(delimiter),
    };
    const script = join(folder, "project/index.ts");
    const tsx = createRequire(__filename).resolve("tsx/cli");
    const report = async (...buckets: string[]) => {
      const args = [tsx, script, ...buckets];
      const { code, stdout, stderr } = await run(process.execPath, args, { env });
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout) as unknown;
    };
    try {
      assert.deepEqual(await report("logs", "audit"), { drift: [], changes: { create: 3 } });
      emulator.setEncryption("logs", { SSEAlgorithm: "KMS" });
      emulator.setEncryption("audit", undefined);
      assert.deepEqual(await report("logs", "audit"), {
        drift: ["audit: deleted", "logs: updated"],
        changes: { create: 1, same: 1, update: 1 },
      });
      assert.deepEqual(emulator.encryption("logs"), { SSEAlgorithm: "AES256" });
      assert.deepEqual(emulator.encryption("audit"), { SSEAlgorithm: "AES256" });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
