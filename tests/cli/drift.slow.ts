import assert from "node:assert/strict";
import { describeWithEngine } from "../support/with-engine";
import { DriftStack, type Rules } from "./drift-stack";

const declaredKey = "declared-key-of-payroll";
const liveKey = "live-key-of-payroll";

const rules: Rules = {
  archive: { sseAlgorithm: "SM4" },
  followed: { sseAlgorithm: "AES256", follower: true, opts: { deleteBeforeReplace: true } },
  logs: { sseAlgorithm: "AES256" },
  payroll: { sseAlgorithm: "KMS", kmsMasterKeyId: declaredKey, secret: true },
  reports: { sseAlgorithm: "KMS", child: true },
  rotated: { sseAlgorithm: "KMS", kmsMasterKeyId: "key-1", opts: { ignoreChanges: ["kmsMasterKeyId"] } },
  vault: { sseAlgorithm: "AES256", opts: { protect: true } },
};

const everyBucket = (value: string) => Object.fromEntries(Object.keys(rules).map((name) => [name, value]));

describeWithEngine("oss-encryption drift", (engine) => {
  // A fix takes up to seven runs of the engine.
  let stack: DriftStack;
  let state: string;

  before(async () => {
    stack = await DriftStack.deploy(engine(), rules);
    state = (await stack.project.exportStack()).text;
  });
  after(() => stack.close());

  /** Changes from outside: one of each kind. */
  function drift(): void {
    const { emulator } = stack;
    emulator.clearFaults();
    emulator.setEncryption("followed", { SSEAlgorithm: "SM4" });
    emulator.setEncryption("logs", { SSEAlgorithm: "KMS", KMSMasterKeyID: "k1" });
    emulator.setEncryption("payroll", { SSEAlgorithm: "KMS", KMSMasterKeyID: liveKey });
    emulator.setEncryption("reports", undefined);
    emulator.setEncryption("rotated", { SSEAlgorithm: "AES256" });
    emulator.setEncryption("vault", { SSEAlgorithm: "SM4" });
  }

  function deny(operation: "GetBucketEncryption" | "PutBucketEncryption", bucket: string): void {
    const answer = { status: 403, code: "AccessDenied" };
    stack.emulator.fault({ operation, bucket, times: Infinity, answer });
  }

  it("drift finds none right after up, though a neighbour can't be read, and only reads", async () => {
    const { code, json, status } = await stack.drift();
    assert.deepEqual(status, everyBucket("same"));
    assert.equal(code, 0);
    assert.equal(json.version, 1);
    assert.equal(json.verdict, "none");
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption"]);
    assert.equal((await stack.project.exportStack()).text, state);
  });

  it("drift says of every bucket what differs, is gone or could not be read, and changes nothing", async () => {
    drift();
    deny("GetBucketEncryption", "archive");
    const { code, json, status, of, stdout, stderr } = await stack.drift();
    assert.deepEqual(status, {
      archive: "unreadable",
      followed: "changed",
      logs: "changed",
      payroll: "changed",
      reports: "removed",
      rotated: "changed",
      vault: "changed",
    });
    assert.equal(code, 2);
    assert.equal(json.verdict, "drift");
    assert.deepEqual(of("logs"), {
      urn: "urn:pulumi:test::project::pulumi-nodejs:dynamic/oss:BucketEncryption::logs",
      bucket: "logs",
      region: null,
      connection: null,
      status: "changed",
      changes: [
        { property: "sseAlgorithm", declared: "AES256", live: "KMS" },
        { property: "kmsMasterKeyId", declared: null, live: "k1" },
      ],
    });
    assert.deepEqual(of("payroll")?.changes, [
      { property: "kmsMasterKeyId", declared: "[secret]", live: "[secret]" },
    ]);
    assert.deepEqual(of("reports")?.changes, [{ property: "sseAlgorithm", declared: "KMS", live: null }]);
    assert.match(
      of("archive")?.reason ?? "",
      /^GetBucketEncryption of bucket archive failed: 403 AccessDenied/,
    );
    for (const key of [declaredKey, liveKey]) assert.ok(!(stdout + stderr).includes(key));
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption"]);
    assert.equal((await stack.project.exportStack()).text, state);
  });

  it("drift --fix asks before it writes, which takes a terminal or --yes", async () => {
    const { code, stdout, stderr } = await stack.run(["drift", "--stack", "test", "--fix"]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.equal(
      stderr,
      "oss-encryption: --fix asks before it writes, and there is no terminal: add --yes.\n",
    );
    assert.equal((await stack.run(["drift", "--yes"])).stderr, "oss-encryption: --yes needs --fix.\n");
  });

  it("drift --fix takes the end of input for no, and still reports", async () => {
    drift();
    stack.takeOperations();
    // Input is empty, and said to come from a terminal.
    const env = { NODE_OPTIONS: "--import data:text/javascript,process.stdin.isTTY=true" };
    const { code, fix, of, stderr } = await stack.drift(["--fix"], { env });
    const drifted = ["followed", "logs", "payroll", "reports", "rotated", "vault"];
    assert.deepEqual(fix, Object.fromEntries(drifted.map((name) => [name, "skipped"])));
    assert.equal(of("logs")?.fixReason, "Not confirmed.");
    assert.equal(code, 2);
    assert.match(stderr, /^Stack test: 5 drifted \(5 buckets\)$/m);
    assert.match(stderr, /^Put the 5 declared rules back\? \[y\/N\] $/m);
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption"]);
  });

  it("drift --fix puts back what it can and nothing else, and the next run sees what is left", async () => {
    const follower = async () =>
      (await stack.project.exportStack()).resources.find(({ urn }) => urn.endsWith("::follower"))?.id;
    const settings = "name: project\nruntime: nodejs\n";
    await stack.project.write({ "Pulumi.yaml": `${settings}options: { refresh: always }\n` });
    drift();
    deny("PutBucketEncryption", "logs");
    const before = await follower();
    const { code, fix, of } = await stack.drift(["--fix", "--yes"]);
    await stack.project.write({ "Pulumi.yaml": settings });
    assert.deepEqual(fix, {
      followed: "reasserted",
      logs: "failed",
      payroll: "reasserted",
      reports: "reasserted",
      rotated: "skipped",
      vault: "reasserted",
    });
    assert.equal(await follower(), before);
    assert.equal(code, 2);
    assert.match(of("logs")?.fixReason ?? "", /^PutBucketEncryption of bucket logs failed: 403 AccessDenied/);
    assert.match(
      of("rotated")?.fixReason ?? "",
      /^With ignoreChanges \(kmsMasterKeyId\) the engine would not/,
    );
    assert.equal(stack.emulator.encryption("payroll")?.KMSMasterKeyID, declaredKey);
    stack.emulator.setEncryption("rotated", { SSEAlgorithm: "KMS", KMSMasterKeyID: "key-1" });

    const next = await stack.drift();
    assert.deepEqual(next.status, { ...everyBucket("same"), logs: "changed" });
    assert.equal(next.code, 2);
  });

  it("drift --fix leaves alone what the program declares otherwise since the last up", async () => {
    stack.emulator.clearFaults();
    stack.emulator.setEncryption("reports", undefined);
    stack.emulator.setEncryption("vault", undefined);
    const edited: Rules = { ...rules, vault: { ...rules.vault, sseAlgorithm: "SM4" } };
    delete edited.reports;
    await stack.declare(edited);
    stack.takeOperations();

    const { code, fix, of } = await stack.drift(["--fix", "--yes"]);
    assert.deepEqual(fix, { logs: "reasserted", reports: "skipped", vault: "skipped" });
    assert.equal(code, 2);
    assert.equal(
      of("reports")?.fixReason,
      "The program no longer declares it: pulumi up would remove its rule.",
    );
    assert.equal(of("vault")?.fixReason, "The program has changed since the last pulumi up: run pulumi up.");
    assert.deepEqual(stack.emulator.encryption("logs"), { SSEAlgorithm: "AES256" });
    assert.equal(stack.emulator.encryption("vault"), undefined);
    assert.deepEqual(stack.takeOperations(), ["GetBucketEncryption", "PutBucketEncryption"]);
  });

  it("after drift --fix the program has nothing to change", async () => {
    await stack.declare(rules);
    const { code, fix } = await stack.drift(["--fix", "--yes"]);
    assert.deepEqual(fix, { reports: "reasserted", vault: "reasserted" });
    assert.equal(code, 0);
    const preview = await stack.project.preview(["--expect-no-changes"]);
    assert.equal(preview.code, 0, preview.stdout);
  });

  it("drift --fix says where the state has given in to drift, so that no check can find it, and up puts it right", async () => {
    stack.emulator.setEncryption("vault", { SSEAlgorithm: "SM4" });
    deny("PutBucketEncryption", "vault");
    const { code, fix, of } = await stack.drift(["--fix", "--yes"]);
    assert.deepEqual([code, fix], [2, { vault: "failed" }]);
    assert.match(
      of("vault")?.fixReason ?? "",
      /^PutBucketEncryption of bucket vault failed: .* The state has what was live by now, so that drift can't see it: run pulumi up\.$/,
    );
    stack.emulator.clearFaults();
    assert.deepEqual((await stack.drift()).status, everyBucket("same"));
    await stack.up();
    assert.deepEqual(stack.emulator.encryption("vault"), { SSEAlgorithm: "AES256" });
    assert.equal((await stack.drift()).code, 0);
  });
});
