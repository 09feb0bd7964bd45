import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "oss-emulator";
import { version as sdk } from "@pulumi/pulumi/version";
import { PulumiProject } from "../../tools/pulumi-project";
import { run } from "../../tools/run";
import { credentialsOf } from "../../tools/emulator-access";
import { describeWithEngine } from "../support/with-engine";
import { everything, layouts, plugAndPlay, undeclared, type Layout } from "./layouts";
import { pack, packages } from "../../tools/pack";

describeWithEngine("the packed package, installed outside this repository", (engine) => {
  let folder: string;
  const placeholders = new Map([["SDK", sdk]]);
  let emulator: Emulator;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "packed-"));
    for (const name of packages) {
      placeholders.set(name.toUpperCase(), join(folder, (await pack(name, folder)).filename));
    }
    emulator = await startEmulator();
  });
  after(async () => {
    await emulator.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => emulator.createBucket("logs"));
  afterEach(() => emulator.deleteBucket("logs"));

  async function install({ files, install }: Layout): Promise<PulumiProject> {
    const fill = (text: string) => text.replace(/\b[A-Z]+(?=")/g, (name) => placeholders.get(name) ?? name);
    const filled = Object.entries(files).map(([path, text]) => [path, fill(text)]);
    const project = await PulumiProject.create({
      engine: engine(),
      linked: false,
      files: Object.fromEntries(filled) as Record<string, string>,
      env: { ...credentialsOf(emulator), OSS_ENDPOINT: emulator.url, OSS_REGION: "cn-hangzhou" },
    });
    try {
      const registry = await run("npm", ["config", "get", "registry"]);
      // Yarn has its own setting for what npm and pnpm take from the machine's.
      const env = { ...process.env, CI: "", YARN_NPM_REGISTRY_SERVER: registry.stdout.trim() };
      for (const command of install) {
        const options = { cwd: project.folder, env };
        const outcome = await run("/bin/sh", ["-c", command], options);
        assert.equal(outcome.code, 0, `${command}\n${outcome.stdout}${outcome.stderr}`);
      }
      return project;
    } catch (error) {
      await project.close();
      throw error;
    }
  }

  for (const layout of layouts) {
    it(`sets, sees and removes a rule with ${layout.title}`, async () => {
      await using project = await install(layout);
      const up = await project.up();
      assert.equal(up.code, 0, up.stdout + up.stderr);
      assert.deepEqual(emulator.encryption("logs"), { SSEAlgorithm: "AES256" });
      emulator.setEncryption("logs", { SSEAlgorithm: "KMS" });
      const refresh = await project.refresh(["--preview-only", "--expect-no-changes"]);
      assert.equal(refresh.code, 7, refresh.stdout + refresh.stderr);
      // Without --refresh a rule that somebody else has set would stay.
      const destroy = await project.destroy(["--refresh"]);
      assert.equal(destroy.code, 0, destroy.stdout + destroy.stderr);
      assert.equal(emulator.encryption("logs"), undefined);
    });
  }

  it("works together with the packed command line, policy pack and emulator", async () => {
    await using project = await install(everything);
    const npx = (...args: string[]) => run("npx", args, { cwd: project.folder, env: project.environment() });
    const pack = "node_modules/oss-encryption-policy";
    const config = ["--policy-pack-config", `${pack}/presets/kms.json`];
    const gate = await project.preview(["--policy-pack", pack, ...config]);
    assert.equal(gate.code, 1, gate.stdout + gate.stderr);
    assert.match(gate.stdout, /oss-bucket-encryption-kms/);
    const up = await project.up(["--policy-pack", pack]);
    assert.equal(up.code, 0, up.stdout + up.stderr);

    emulator.setEncryption("logs", { SSEAlgorithm: "KMS" });
    const drift = await npx("oss-encryption", "drift", "--stack", PulumiProject.stack);
    assert.equal(drift.code, 2, drift.stdout + drift.stderr);
    const help = await npx("oss-emulator", "--help");
    assert.match(help.stdout, /^oss-emulator: an Alibaba Cloud OSS server/);
  });

  it("says which install helps where the engine could not find it", async () => {
    await using project = await install(undeclared);
    const up = await project.up();
    assert.notEqual(up.code, 0);
    assert.match(up.stdout, /make it a dependency of the program's own package\.json \(npm install/);
    assert.doesNotMatch(up.stdout + up.stderr, /MODULE_NOT_FOUND/);
    assert.equal(emulator.encryption("logs"), undefined);
  });

  it("is not reached by Pulumi itself under Yarn's Plug'n'Play, which has no node_modules", async () => {
    await using project = await install(plugAndPlay);
    const up = await project.up();
    assert.notEqual(up.code, 0);
    assert.match(up.stdout + up.stderr, /the Pulumi SDK has not been installed|@pulumi\/pulumi/);
  });
});
