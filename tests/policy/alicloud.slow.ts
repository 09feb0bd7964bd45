import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "oss-emulator";
import { PulumiProject } from "../../tools/pulumi-project";
import { alicloudConfig, alicloudVersion as version } from "../../tools/alicloud-plugin";
import { credentialsOf } from "../../tools/emulator-access";
import { describeWithEngine, skipWithoutAlicloud } from "../support/with-engine";
import { eventsOf, violations, withPreset } from "./policy-stack";

/** What @pulumi/alicloud sends for these resources; its package is 60 MB of types that nothing here needs. */
const declare = `
const pulumi = require("@pulumi/pulumi");
const { BucketEncryption } = require("pulumi-oss-encryption");
const resource = (type) => (name, args, options) =>
  new pulumi.CustomResource("alicloud:oss/" + type, name, { bucket: undefined, ...args }, { version: "${version}", ...options });
const Bucket = resource("bucket:Bucket");
const Peer = resource("bucketServerSideEncryption:BucketServerSideEncryption");
const ignore = { ignoreChanges: ["serverSideEncryptionRule"] };
const ours = (name, bucket, options) =>
  new BucketEncryption(name, { bucket, sseAlgorithm: "AES256", connection: "emulator" }, options);
`;

const program = `${declare}
const left = new Set(require("./left-out.json"));

const auto = Bucket("auto", {}, ignore);
if (!left.has("auto")) ours("auto", auto.bucket);
ours("by-id", Bucket("by-id", {}, ignore).id);
const base = Bucket("base", {}, ignore);
ours("base", base.bucket);
const archive = pulumi.interpolate\`\${base.bucket}-archive\`;
ours("derived", archive, { dependsOn: Bucket("derived", { bucket: archive }, ignore) });
Bucket("inline", { serverSideEncryptionRule: { sseAlgorithm: "KMS", kmsMasterKeyId: auto.id } });
ours("literal", "literal-name", { dependsOn: Bucket("literal", { bucket: "literal-name" }, ignore) });
Peer("peer", { bucket: Bucket("peer", {}, ignore).bucket, sseAlgorithm: "AES256" });
ours("careless", Bucket("careless", { bucket: "careless" }).bucket);
ours("star", Bucket("star", { bucket: "star" }, { ignoreChanges: ["*"] }).bucket);
Bucket("bare", { bucket: "bare" });
ours("gapless", Bucket("gapless", { serverSideEncryptionRule: { sseAlgorithm: "AES256" } }, ignore).id);
`;

describeWithEngine("the policy pack on buckets of the alicloud provider", (engine) => {
  let emulator: Emulator;
  let project: PulumiProject;
  const closing: (() => Promise<void>)[] = [];

  before(async function () {
    skipWithoutAlicloud(this);
    emulator = await startEmulator();
    closing.unshift(() => emulator.close());
    project = await PulumiProject.create({
      engine: engine(),
      files: { "index.js": program, "package.json": '{"main":"index.js"}', "left-out.json": "[]" },
      env: { ...credentialsOf(emulator), HTTP_PROXY: emulator.url, NO_PROXY: "127.0.0.1" },
      config: {
        ...alicloudConfig(emulator),
        "oss-encryption:connections": { emulator: { endpoint: emulator.url } },
      },
    });
    closing.unshift(() => project.close());
  });
  after(async () => {
    for (const close of closing) await close();
  });

  const decided = [
    "declared bare mandatory",
    "ignore-changes careless mandatory",
    "ignore-changes star mandatory",
  ];

  it("decides in the first preview all but what is derived from another bucket's name", async () => {
    const preview = await project.preview(withPreset("baseline"));
    assert.deepEqual(
      violations(preview.events),
      [...decided, "declared base advisory", "declared-once derived advisory"].sort(),
      preview.stdout + preview.stderr,
    );
    assert.equal(preview.code, 1);
  });

  it("misses the declaration that --target leaves out", async () => {
    const urn = "urn:pulumi:test::project::alicloud:oss/bucket:Bucket::auto";
    const preview = await project.preview([...withPreset("baseline"), "--target", urn]);
    assert.deepEqual(
      violations(preview.events),
      ["declared auto mandatory"],
      preview.stdout + preview.stderr,
    );
  });

  it("decides everything at the update", async () => {
    const up = await project.up(withPreset("baseline"));
    assert.deepEqual(violations(up.events), decided, up.stdout + up.stderr);
    assert.equal(up.code, 1);
  });

  it("takes nothing that a refresh reads back for a declaration", async () => {
    const refresh = await project.refresh();
    assert.equal(refresh.code, 0, refresh.stdout + refresh.stderr);
    await project.write({ "left-out.json": '["auto"]' });
    const preview = await project.preview(withPreset("baseline"));
    assert.deepEqual(
      violations(preview.events),
      ["declared auto mandatory", ...decided],
      preview.stdout + preview.stderr,
    );
  });

  it("judges the state in the same way with policy analyze", async () => {
    const { code, stdout } = await project.pulumi(["policy", "analyze", "--json", ...withPreset("baseline")]);
    assert.deepEqual(violations(eventsOf(stdout)), decided);
    assert.equal(code, 1);
  });

  it("warned of exactly the Buckets that lose their rule after the refresh", async () => {
    await project.write({ "left-out.json": "[]" });
    const up = await project.up();
    assert.equal(up.code, 0, up.stdout + up.stderr);
    const bare = emulator.buckets.filter((name) => !emulator.encryption(name));
    assert.deepEqual(bare.sort(), ["bare", "careless", "star"]);
  });

  it("judges what a Bucket handed over where it is declared now", async () => {
    const judge = async (text: string, preset: string) => {
      await project.write({ "index.js": declare + text });
      return violations((await project.preview(withPreset(preset))).events);
    };
    await project.write({
      "index.js": `${declare} Bucket("moved", { bucket: "moved", serverSideEncryptionRule: { sseAlgorithm: "AES256" } });`,
    });
    const up = await project.up();
    assert.equal(up.code, 0, up.stdout + up.stderr);
    const bucket = 'const { id } = Bucket("moved", { bucket: "moved" }, ignore);';
    const declaration =
      'new BucketEncryption("moved", { bucket: id, sseAlgorithm: "KMS", connection: "emulator" });';
    assert.deepEqual(await judge(bucket + declaration, "kms"), []);
    assert.deepEqual(await judge(bucket, "kms"), ["declared moved advisory", "kms moved mandatory"]);
  });
});
