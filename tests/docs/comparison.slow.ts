import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "oss-emulator";
import { alicloudConfig, alicloudVersion as version } from "../../tools/alicloud-plugin";
import { PulumiProject } from "../../tools/pulumi-project";
import { describeWithEngine, skipWithoutAlicloud } from "../support/with-engine";
import { succeeds } from "../support/outcome";

/** Declares what rules.json has, by logical name. */
const program = `
const pulumi = require("@pulumi/pulumi");
const type = "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption";
for (const [name, args] of Object.entries(require("./rules.json"))) {
  new pulumi.CustomResource(type, name, { kmsMasterKeyId: undefined, kmsDataEncryption: undefined, ...args }, { version: "${version}" });
}`;

/** What README.md says of BucketServerSideEncryption. Of ours the other suites tell. */
describeWithEngine("the comparison of README.md with the alicloud provider's resource", (engine) => {
  let emulator: Emulator;
  let project: PulumiProject;
  const declare = (rules: Record<string, Record<string, string>>) =>
    project.write({ "rules.json": JSON.stringify(rules) });
  const rule = (bucket: string, sseAlgorithm = "AES256", more = {}) => ({ bucket, sseAlgorithm, ...more });

  before(function () {
    skipWithoutAlicloud(this);
  });
  beforeEach(async () => {
    emulator = await startEmulator();
    for (const bucket of ["logs", "data"]) emulator.createBucket(bucket);
    project = await PulumiProject.create({
      engine: engine(),
      files: { "index.js": program, "rules.json": "{}" },
      env: { HTTP_PROXY: emulator.url, NO_PROXY: "127.0.0.1" },
      config: alicloudConfig(emulator),
    });
  });
  afterEach(async () => {
    await project.close();
    await emulator.close();
  });

  it("another rule is overwritten, and nothing is said; KMS with SM4 for the data is as declared", async () => {
    emulator.setEncryption("logs", { SSEAlgorithm: "SM4" });
    await declare({
      logs: rule("logs"),
      data: rule("data", "KMS", { kmsDataEncryption: "SM4" }),
    });
    const preview = await succeeds(project.preview());
    const up = await succeeds(project.up());
    assert.doesNotMatch(preview.stdout + up.stdout, /SM4|replaced/);
    assert.deepEqual(emulator.encryption("logs"), { SSEAlgorithm: "AES256" });
    assert.deepEqual(emulator.encryption("data"), { SSEAlgorithm: "KMS", KMSDataEncryption: "SM4" });
  });

  it("refresh shows what was changed outside, up --refresh puts back what was removed, and a rename loses the rule unseen", async () => {
    await declare({ logs: rule("logs") });
    await succeeds(project.up());
    emulator.setEncryption("logs", { SSEAlgorithm: "KMS" });
    const refresh = await project.refresh(["--preview-only", "--expect-no-changes", "--diff"]);
    assert.equal(refresh.code, 7, refresh.stdout + refresh.stderr);
    assert.match(refresh.stdout, /sseAlgorithm: "AES256" => "KMS"/);
    emulator.setEncryption("logs", undefined);
    await succeeds(project.up(["--refresh"]));
    assert.deepEqual(emulator.encryption("logs"), { SSEAlgorithm: "AES256" });

    await declare({ renamed: rule("logs") });
    await succeeds(project.up());
    assert.equal(emulator.encryption("logs"), undefined);
    await succeeds(project.preview(["--expect-no-changes"]));
  });

  it("AES256 with a key id is refused by OSS in up, not in preview", async () => {
    await declare({
      logs: rule("logs", "AES256", { kmsMasterKeyId: "9468da86-3509-4f8d-a61e-6eab1eac1f8b" }),
    });
    await succeeds(project.preview());
    const up = await project.up();
    assert.notEqual(up.code, 0);
    assert.match(up.stdout + up.stderr, /InvalidArgument|MalformedXML|400/);
  });

  it("an answer 500 fails, and one 503 is tried again", async () => {
    await declare({ logs: rule("logs") });
    emulator.fault({ operation: "PutBucketEncryption", answer: { code: "ServiceUnavailable", status: 503 } });
    await succeeds(project.up());
    await declare({ logs: rule("logs", "KMS") });
    emulator.fault({ operation: "PutBucketEncryption", answer: { code: "InternalError", status: 500 } });
    const up = await project.up();
    assert.notEqual(up.code, 0, up.stdout);
    assert.deepEqual(emulator.encryption("logs"), { SSEAlgorithm: "AES256" });
  });
});
