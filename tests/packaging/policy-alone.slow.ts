import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PulumiProject } from "../../tools/pulumi-project";
import { run } from "../../tools/run";
import { describeWithEngine } from "../support/with-engine";
import { pack } from "../../tools/pack";

/** Declares a weak rule as our resource does, with nothing of ours installed but the pack. */
const program = `
const pulumi = require("@pulumi/pulumi");
const provider = { create: async (inputs) => ({ id: inputs.bucket, outs: inputs }) };
new pulumi.dynamic.Resource(provider, "logs", { bucket: "logs", sseAlgorithm: "AES256" }, {}, "oss", "BucketEncryption");
`;

/** Older than the pack takes, so that npm installs a second one for the pack itself. */
const oldSdk = "3.210.0";

describeWithEngine("the packed policy pack, installed alone beside an older SDK", (engine) => {
  let folder: string;
  let project: PulumiProject;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "packed-"));
    const tarball = join(folder, (await pack("policy", folder)).filename);
    const dependencies = { "@pulumi/pulumi": oldSdk, "oss-encryption-policy": `file:${tarball}` };
    project = await PulumiProject.create({
      engine: engine(),
      linked: false,
      files: {
        "package.json": JSON.stringify({ private: true, main: "index.js", dependencies }),
        "index.js": program,
        "wrong.json": '{"oss-bucket-kms":"mandatory"}',
      },
    });
    const install = ["install", "--no-audit", "--no-fund", "--prefer-offline"];
    const { code, stderr } = await run("npm", install, { cwd: project.folder });
    assert.equal(code, 0, stderr);
  });
  after(async () => {
    await project.close();
    await rm(folder, { recursive: true });
  });

  const preview = (config: string) =>
    project.preview(["--policy-pack", "node_modules/oss-encryption-policy", "--policy-pack-config", config]);

  it("stops what a preset that it brings does not allow", async () => {
    const { code, stdout } = await preview("node_modules/oss-encryption-policy/presets/kms.json");
    assert.match(stdout, /Set sseAlgorithm of BucketEncryption "logs" to "KMS"/);
    assert.equal(code, 1);
  });

  it("refuses a wrong config", async () => {
    const { code, stdout, stderr } = await preview("wrong.json");
    assert.match(stdout + stderr, /error: configuring policy pack .*: oss-bucket-kms is not a policy/);
    assert.equal(code, 1);
  });
});
