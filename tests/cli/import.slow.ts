import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator, type Emulator, type EncryptionRule } from "oss-emulator";
import type { Engine } from "../../tools/engine";
import { PulumiProject } from "../../tools/pulumi-project";
import { credentialsOf } from "../../tools/emulator-access";
import { describeWithEngine, skipWithoutAlicloud } from "../support/with-engine";
import type { AuditedBucket } from "../../cli/src/commands/audit/audit";
import type { Plan } from "../../cli/src/commands/import/plan";
import { run as runProgram } from "../../tools/run";
import { until } from "../support/until";
import { ossEncryption } from "../support/oss-encryption";

const finance = { id: "2222222222222222", accessKeyId: "finance-key", accessKeySecret: "finance-secret" };
const main = { id: "1111111111111111", accessKeyId: "main-key", accessKeySecret: "main-secret" };
const regions = ["cn-hangzhou", "cn-shanghai", "eu-central-1"];
const key = "9468da86-3509-4f8d-a61e-6eab1eac1f8b";
const ofOwnKey: EncryptionRule = { SSEAlgorithm: "KMS", KMSMasterKeyID: key };
/** Every kind of rule, and none. */
const kinds: (EncryptionRule | undefined)[] = [
  ofOwnKey,
  { ...ofOwnKey, KMSDataEncryption: "SM4" as const },
].flatMap((withKey) => [
  { SSEAlgorithm: "AES256" },
  { SSEAlgorithm: "SM4" },
  { SSEAlgorithm: "KMS" },
  withKey,
  { SSEAlgorithm: "KMS", KMSDataEncryption: "SM4" },
  undefined,
]);
const alicloudType = "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption";

/** 120 buckets of two accounts; a sixth of them has no rule. The second account is reached by a profile. */
async function account(engine: Engine): Promise<{ emulator: Emulator; project: PulumiProject }> {
  const emulator = await startEmulator({ accounts: [main, finance], keys: [key] });
  for (let n = 0; n < 120; n++) {
    const encryption = kinds[n % kinds.length];
    emulator.createBucket(`bucket-${String(n).padStart(3, "0")}`, {
      region: regions[n % regions.length] ?? "",
      account: n < 60 ? main.id : finance.id,
      ...(encryption ? { encryption } : {}),
    });
  }
  const endpoints = { OSS_ENDPOINT: emulator.url, KMS_ENDPOINT: emulator.url, STS_ENDPOINT: emulator.url };
  const project = await PulumiProject.create({
    engine,
    env: { ...credentialsOf(emulator), ...endpoints },
    files: { "index.ts": 'import "./bucket-encryption";\n' },
  });
  const profile = {
    name: "finance",
    mode: "AK",
    region_id: "cn-hangzhou",
    access_key_id: finance.accessKeyId,
    access_key_secret: finance.accessKeySecret,
  };
  const file = join(project.folder, "aliyun.json");
  await writeFile(file, JSON.stringify({ current: "finance", profiles: [profile] }));
  await project.setConfig({
    "alicloud:region": "cn-hangzhou",
    "oss-encryption:connections": { finance: { profile: "finance", sharedCredentialsFile: file } },
  });
  return { emulator, project };
}

const isWrite = ({ method }: { method: string }) => method !== "GET" && method !== "HEAD";

describeWithEngine("bringing an account under management", (engine) => {
  let emulator: Emulator;
  let project: PulumiProject;
  const run = (...args: string[]) => ossEncryption(args, { cwd: project.folder, env: project.environment() });
  before(async () => {
    ({ emulator, project } = await account(engine()));
  });
  after(async () => {
    await project.close();
    await emulator.close();
  });

  it("audit shows what is there: 20 buckets have no rule, and nobody manages any", async () => {
    const { code, stdout } = await run(
      "audit",
      "--stack",
      "test",
      "--connection",
      "default",
      "--connection",
      "finance",
      "--json",
    );
    const { counts, buckets } = JSON.parse(stdout) as { counts: object; buckets: AuditedBucket[] };
    assert.deepEqual(
      [code, counts],
      [2, { fulfilled: 100, unfulfilled: 20, keyUnusable: 0, unreadable: 0, exempt: 0, gone: 0 }],
    );
    assert.ok(buckets.every(({ managedBy }) => managedBy?.length === 0));
    assert.deepEqual(new Set(buckets.map((one) => one.key?.state)), new Set([undefined, "Enabled"]));
    await project.write({ "audit.json": stdout });
  });

  it("import that is interrupted says what to run, also where the engine has left its lock", async () => {
    const locks = join(project.folder, "..", "backend", ".pulumi", "locks");
    const isLocked = async () =>
      (await readdir(locks, { recursive: true }).catch(() => [])).some((name) => name.endsWith(".json"));
    const { code, stdout, stderr } = await ossEncryption(
      ["import", "--stack", "test", "--from", "audit.json", "--run"],
      {
        cwd: project.folder,
        env: project.environment(),
        onStart: (child) => void until(isLocked).then(() => child.kill("SIGINT")),
      },
    );
    assert.deepEqual([code, stdout], [130, ""]);
    assert.equal(
      stderr.split("\n").at(-2),
      "Interrupted. What was done so far stays: run the same command again, it goes on where it stopped. If pulumi says " +
        "that the stack is locked, first run pulumi cancel --stack test --yes.",
    );
    // Between locking the stack and heeding signals the engine ends at once, and leaves the lock.
    if (await isLocked()) await project.pulumi(["cancel", "--yes"]);
    assert.equal(await isLocked(), false);
  });

  it("import --run brings every rule into the stack, going on where it stopped", async () => {
    const { code, stdout, stderr } = await run("import", "--stack", "test", "--from", "audit.json", "--run");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^100 buckets imported into stack test$/m);
    assert.match(stdout, /^Without a default rule: this would give them one \(20\)$/m);
    const { resources } = await project.exportStack();
    assert.equal(resources.filter(({ type }) => type.endsWith(":BucketEncryption")).length, 100);
  });

  it("after import preview and refresh have nothing to do, and nothing was written to OSS", async () => {
    for (const operation of [
      await project.preview(["--expect-no-changes"]),
      await project.refresh(["--preview-only", "--expect-no-changes", "--diff"]),
    ]) {
      assert.equal(operation.code, 0, operation.stdout + operation.stderr);
    }
    assert.deepEqual(emulator.requests.filter(isWrite), []);
  });

  it("import skips what the stack manages by now", async () => {
    const { code, stdout } = await run("import", "--stack", "test", "--bucket", "bucket-000", "--json");
    const { resources, managed, files } = JSON.parse(stdout) as Record<string, unknown[]>;
    assert.deepEqual([code, resources, files], [0, [], []]);
    assert.deepEqual(managed, [
      { bucket: "bucket-000", region: "cn-hangzhou", connection: null, name: "bucket-000" },
    ]);
  });

  it("drift is found in either account after import", async () => {
    emulator.setEncryption("bucket-110", { SSEAlgorithm: "AES256" });
    const { code, stdout } = await run("drift", "--stack", "test");
    assert.equal(code, 2);
    assert.match(stdout, /^bucket-110 +changed/m);
    assert.match(stdout, /1 drifted \(100 buckets\)/);
    emulator.setEncryption("bucket-110", { SSEAlgorithm: "KMS" });
  });

  it("import comments out in the file what would give a bucket its first rule", async () => {
    const text = await readFile(join(project.folder, "bucket-encryption.ts"), "utf8");
    assert.equal(text.match(/^new BucketEncryption\(/gm)?.length, 100);
    assert.equal(text.match(/^\/\/ new BucketEncryption\(/gm)?.length, 20);
    assert.ok(!text.includes(finance.accessKeySecret));
  });

  /** Puts the alicloud provider's resource for a bucket into the state of a stack, beside what is there. */
  async function addAlicloudResource(stack: string, bucket: string): Promise<void> {
    const pulumi = async (...args: string[]) => {
      const options = { cwd: project.folder, env: project.environment() };
      const { code, stdout, stderr } = await runProgram(
        engine().command,
        [...args, "--stack", stack],
        options,
      );
      assert.equal(code, 0, stderr);
      return stdout;
    };
    if (stack !== PulumiProject.stack) await pulumi("stack", "init", "--no-select");
    const exported = JSON.parse(await pulumi("stack", "export")) as { deployment: { resources?: object[] } };
    const provider = `urn:pulumi:${stack}::project::pulumi:providers:alicloud::default`;
    const urn = `urn:pulumi:${stack}::project::${alicloudType}::enc`;
    exported.deployment.resources = [
      ...(exported.deployment.resources ?? []),
      { urn: provider, custom: true, id: "8f7b", type: "pulumi:providers:alicloud" },
      {
        urn,
        custom: true,
        id: bucket,
        type: alicloudType,
        provider: `${provider}::8f7b`,
        inputs: { bucket },
        outputs: { bucket },
      },
    ];
    await project.write({ "with-alicloud.json": JSON.stringify(exported) });
    await pulumi("stack", "import", "--file", "with-alicloud.json");
  }

  it("import --from-peer, the first name of --from-alicloud, does the same", async () => {
    emulator.setEncryption("bucket-017", { SSEAlgorithm: "SM4" });
    await addAlicloudResource("old", "bucket-017");
    const plan = async (flag: string) => {
      const { code, stdout, stderr } = await run("import", "--stack", "test", flag, "old");
      assert.equal(code, 0, stderr);
      // What is said meanwhile depends on how long it takes.
      return { stdout };
    };
    const result = await plan("--from-alicloud");
    assert.match(result.stdout, /^1 bucket to import$/m);
    assert.match(result.stdout, /^ {2}pulumi state delete urn:pulumi:old::.*::enc --stack old --yes$/m);
    assert.deepEqual(await plan("--from-peer"), result);
  });

  it("import leaves out what the alicloud provider's resource of the same stack declares, and names the flag", async () => {
    emulator.clearRequests();
    const { code, stdout } = await ossEncryption(
      ["import", "--stack", "old", "--bucket", "bucket-017", "--bucket", "bucket-023", "--json"],
      { cwd: project.folder, env: { ...project.environment(), OSS_REGION: "cn-hangzhou" } },
    );
    const { resources, withoutRule, refused } = JSON.parse(stdout) as Plan;
    const reason =
      "It has its rule from alicloud.oss.BucketServerSideEncryption: oss-encryption import --from-alicloud takes it over.";
    assert.deepEqual([code, resources], [1, []]);
    assert.deepEqual(
      withoutRule.map(({ bucket }) => bucket),
      ["bucket-023"],
    );
    assert.deepEqual(
      refused.map((one) => [one.bucket, one.reason]),
      [["bucket-017", reason]],
    );
  });

  for (const [stack, bucket, where, flag] of [
    ["test", "bucket-005", "the same stack", []],
    ["other", "bucket-011", "another stack", ["other"]],
  ] as const) {
    it(`import takes a rule over from the alicloud provider's resource in ${where} without touching it`, async function () {
      // The engine loads the plugin of whatever is in the state.
      skipWithoutAlicloud(this);
      emulator.setEncryption(bucket, { SSEAlgorithm: "SM4" });
      emulator.clearRequests();
      await addAlicloudResource(stack, bucket);

      const shown = await run("import", "--stack", "test", "--from-alicloud", ...flag);
      const drop = `pulumi state delete '?urn:pulumi:${stack}::project::alicloud.*::enc'? --stack ${stack} --yes`;
      assert.match(shown.stdout, new RegExp(drop));
      const taken = await run("import", "--stack", "test", "--from-alicloud", ...flag, "--run");
      assert.equal(taken.code, 0, taken.stderr);
      const { resources } = await project.exportStack();
      const ofBucket = resources.filter(({ id }) => id === bucket).map(({ type }) => type);
      assert.deepEqual(ofBucket, ["pulumi-nodejs:dynamic/oss:BucketEncryption"]);
      assert.deepEqual(emulator.requests.filter(isWrite), []);
    });
  }
});
