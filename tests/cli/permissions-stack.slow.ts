import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Tried } from "../../cli/src/commands/permissions/check";
import { EncryptionStack } from "../support/encryption-stack";
import { ossEncryption } from "../support/oss-encryption";
import { succeeds } from "../support/outcome";
import { describeWithEngine } from "../support/with-engine";
import { writeProgram } from "../support/written-program";

const allow = (action: string, ...Resource: string[]) => ({ Effect: "Allow", Action: [action], Resource });

describeWithEngine("oss-encryption permissions --stack, before the first up", (engine) => {
  let stack: EncryptionStack;
  before(async () => {
    stack = await EncryptionStack.create(engine());
  });
  after(() => stack.close());
  const run = (...args: string[]) =>
    ossEncryption(["permissions", "--stack", "test", "--read-only", ...args], {
      cwd: stack.project.folder,
      env: {
        ...stack.project.environment(),
        STS_ENDPOINT: stack.emulator.url,
        KMS_ENDPOINT: stack.emulator.url,
      },
    });
  const check = async () => {
    const { code, stdout, stderr } = await run("--check", "--json");
    const { tried } = JSON.parse(stdout || stderr) as { tried: Tried[] };
    return { code, tried, text: stdout + stderr };
  };

  it("prints the policy for what the program declares", async () => {
    await stack.declare(
      { name: "a", args: { bucket: "logs", sseAlgorithm: "AES256" } },
      { name: "b", args: { bucket: "payroll", sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" } },
    );
    const { code, stdout, stderr } = await run();
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), {
      Version: "1",
      Statement: [
        allow("oss:GetBucketEncryption", "acs:oss:*:*:logs", "acs:oss:*:*:payroll"),
        allow("kms:DescribeKey", "acs:kms:*:*:key/key-1"),
      ],
    });
    assert.deepEqual((await stack.project.exportStack()).resources, []);
  });

  it("says that a program declares nothing, or why it can't be asked", async () => {
    await stack.declare();
    const nothing = await run();
    assert.deepEqual([nothing.code, nothing.stdout], [1, ""]);
    assert.match(
      nothing.stderr,
      /^oss-encryption: Stack test manages nothing yet, and its program declares no bucket's encryption: /m,
    );
    await stack.declare({ name: "a", args: { bucket: "logs", sseAlgorithm: "aes" } });
    const broken = await run();
    assert.deepEqual([broken.code, broken.stdout], [1, ""]);
    assert.match(
      broken.stderr,
      /a preview of its program failed: .*sseAlgorithm .* Name buckets with --bucket\.$/m,
    );
  });

  it("says which declared buckets a policy and a check leave out, and does not call the check whole", async () => {
    stack.emulator.createBucket("logs");
    stack.emulator.createBucket("hidden");
    await writeProgram(
      stack.project,
      `rule("a", { bucket: "logs", sseAlgorithm: "AES256" });
      rule("b", { bucket: pulumi.secret("hidden"), sseAlgorithm: "AES256" });
      const made = new Bucket("made", { bucket: "made", storageClass: "Standard" });
      rule("c", { bucket: made.id, sseAlgorithm: "AES256" });`,
    );
    const { code, stdout, stderr } = await run();
    assert.deepEqual(
      [code, JSON.parse(stdout)],
      [0, { Version: "1", Statement: [allow("oss:GetBucketEncryption", "acs:oss:*:*:logs")] }],
    );
    const left = "run this again after pulumi up.";
    assert.match(stderr, new RegExp(`^Not in this policy: 1 bucket whose name is secret; ${left}$`, "m"));
    assert.match(
      stderr,
      new RegExp(`^Not in this policy: 1 bucket whose name is not known yet; ${left}$`, "m"),
    );

    const checked = await check();
    const action = "oss:GetBucketEncryption";
    const why = "A preview does not tell its name: it is";
    assert.deepEqual(checked.tried, [
      { action, bucket: "logs", result: "allowed" },
      { action, bucket: "[secret]", result: "unknown", reason: `${why} secret.` },
      { action, bucket: "[not known yet]", result: "unknown", reason: `${why} not known yet.` },
    ]);
    assert.equal(checked.code, 1);
    assert.doesNotMatch(checked.text, /Not in this policy/);
  });

  it("knows them all after the first up, and shows no secret name but in the policy", async () => {
    await succeeds(stack.project.up());
    const { code, stdout } = await run();
    const names = ["hidden", "logs", "made"].map((name) => `acs:oss:*:*:${name}`);
    assert.deepEqual(
      [code, JSON.parse(stdout)],
      [0, { Version: "1", Statement: [allow("oss:GetBucketEncryption", ...names)] }],
    );
    const checked = await check();
    const buckets = checked.tried.map(({ bucket, result }) => [bucket, result]);
    const results = ["logs", "[secret]", "made"].map((bucket) => [bucket, "allowed"]);
    assert.deepEqual([checked.code, buckets.sort()], [0, results.sort()]);
    assert.doesNotMatch(checked.text, /hidden/);
  });
});

describeWithEngine("oss-encryption permissions --stack, after a first up that did not get far", (engine) => {
  let stack: EncryptionStack;
  before(async () => {
    stack = await EncryptionStack.create(engine());
  });
  after(() => stack.close());

  it("prints the policy for what was begun and for what the program declares", async () => {
    const { project } = stack;
    await stack.declare({ name: "a", args: { bucket: "logs", sseAlgorithm: "AES256" } });
    // pulumi stack import drops what was begun.
    const file = join(project.folder, "../backend/.pulumi/stacks/project/test.json");
    const state = JSON.parse(await readFile(file, "utf8")) as { checkpoint: { latest?: object } };
    const { text } = await project.exportStack();
    const { deployment } = JSON.parse(text) as { deployment: object };
    const type = "pulumi-nodejs:dynamic/oss:BucketEncryption";
    const inputs = { bucket: "begun", sseAlgorithm: "AES256" };
    const resource = { urn: `urn:pulumi:test::project::${type}::b`, custom: true, type, inputs };
    state.checkpoint.latest = { ...deployment, pending_operations: [{ type: "creating", resource }] };
    await writeFile(file, JSON.stringify(state));
    const { code, stdout, stderr } = await ossEncryption(["permissions", "--stack", "test", "--read-only"], {
      cwd: project.folder,
      env: project.environment(),
    });
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), {
      Version: "1",
      Statement: [allow("oss:GetBucketEncryption", "acs:oss:*:*:begun", "acs:oss:*:*:logs")],
    });
  });
});
