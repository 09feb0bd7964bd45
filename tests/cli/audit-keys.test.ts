import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator, type EmulatorOptions } from "oss-emulator";
import type { AuditedBucket } from "../../cli/src/commands/audit/audit";
import { accessTo } from "../../tools/emulator-access";
import { ossEncryption } from "../support/oss-encryption";

const user = { id: "1234567890123456", accessKeyId: "user-key", accessKeySecret: "user-secret" };
const withKey = (KMSMasterKeyID: string) =>
  ({ encryption: { SSEAlgorithm: "KMS", KMSMasterKeyID } }) as const;

describe("oss-encryption audit of rules that name a CMK", () => {
  let emulator: Emulator;
  const start = async (options: EmulatorOptions = {}) => {
    emulator = await startEmulator(options);
  };
  afterEach(() => emulator.close());
  const audit = (args: string[] = [], env: Record<string, string> = {}) =>
    ossEncryption(["audit", ...args], {
      env: { PATH: process.env.PATH, ...accessTo(emulator), ...env },
    });
  const auditJson = async (env?: Record<string, string>) => {
    const { code, stdout } = await audit(["--json"], env);
    const { verdict, counts, buckets } = JSON.parse(stdout) as {
      verdict: string;
      counts: Record<string, number>;
      buckets: AuditedBucket[];
    };
    return { code, verdict, counts, buckets };
  };

  it("finds the CMKs that uploads fail with, and asks KMS once for each", async () => {
    await start({ keys: ["good"] });
    emulator.setKey("off", "Disabled");
    emulator.setKey("going", "PendingDeletion");
    for (const [name, key] of [
      ["a-1", "good"],
      ["a-2", "good"],
      ["b-1", "off"],
      ["b-2", "off"],
      ["c-1", "going"],
      ["d-1", "typo"],
    ] as const) {
      emulator.createBucket(name, withKey(key));
    }
    emulator.createBucket("e-1", { encryption: { SSEAlgorithm: "KMS" } });
    const { code, stdout } = await audit();
    assert.equal(code, 2);
    const [first, ...others] = stdout.split("\n");
    assert.equal(first, "7 buckets, required: declared: 4 key unusable, 42.8 % fulfilled");
    // Between them stands whose account it is, and when it was read.
    assert.deepEqual(others.slice(4), [
      "BUCKET  REGION       RULE                             KEY              STATUS",
      "a-1     cn-hangzhou  KMS with CMK good                Enabled          fulfilled",
      "a-2     cn-hangzhou  KMS with CMK good                Enabled          fulfilled",
      "b-1     cn-hangzhou  KMS with CMK off                 Disabled         key unusable",
      "b-2     cn-hangzhou  KMS with CMK off                 Disabled         key unusable",
      "c-1     cn-hangzhou  KMS with CMK going               PendingDeletion  key unusable",
      "d-1     cn-hangzhou  KMS with CMK typo                NotFound         key unusable",
      "e-1     cn-hangzhou  KMS with the CMK managed by OSS                   fulfilled",
      "",
      "Uploads to 4 buckets fail, unless an upload sets its own encryption: OSS can use a CMK only if it is Enabled.",
      "",
    ]);
    assert.equal(emulator.counts.DescribeKey, 4);
    const { verdict, counts, buckets } = await auditJson();
    assert.deepEqual(
      [verdict, counts],
      ["findings", { fulfilled: 3, unfulfilled: 0, keyUnusable: 4, unreadable: 0, exempt: 0, gone: 0 }],
    );
    const { status, key, reason } = buckets[5] ?? {};
    assert.deepEqual(
      [status, key, reason],
      ["keyUnusable", { state: "NotFound", reason: null }, "its CMK is NotFound in KMS"],
    );
  });

  it("says what it lacks where it may not look, and goes by the rules alone", async () => {
    const policy = { Statement: [{ Effect: "Allow", Action: "oss:*", Resource: "*" }] } as const;
    await start({ accounts: [{ ...user, policy }] });
    emulator.createBucket("a-1", withKey("typo"));
    emulator.createBucket("a-2", withKey("off"));
    const { code, verdict, buckets } = await auditJson();
    assert.deepEqual([code, verdict], [0, "fulfilled"]);
    const [{ key } = {}] = buckets;
    assert.deepEqual([key?.state, key?.missing], [null, "kms:DescribeKey"]);
    const { stdout } = await audit();
    assert.match(stdout, /^a-1 +cn-hangzhou +KMS with CMK typo +unknown +fulfilled$/m);
    assert.match(
      stdout,
      /^The CMK of 2 buckets could not be looked up: .* 403 .*Allow kms:DescribeKey on acs:kms:\*:\*:key\/typo for /m,
    );
  });

  it("asks a KMS that can't be reached for one key only", async () => {
    await start();
    for (let n = 0; n < 40; n++) emulator.createBucket(`a-${n}`, withKey(`key-${n}`));
    emulator.fault({ operation: "DescribeKey", times: Infinity, connection: "reset" });
    const { code, stdout } = await audit(["--concurrency", "1", "--json"]);
    const { buckets } = JSON.parse(stdout) as { buckets: AuditedBucket[] };
    assert.deepEqual([code, new Set(buckets.map(({ key }) => key?.state))], [0, new Set([null])]);
    assert.match(buckets[39]?.key?.reason ?? "", /no answer from 127\.0\.0\.1:\d+: ECONNRESET/);
    assert.equal(emulator.counts.DescribeKey, 4);
  });

  it("asks the KMS of the bucket's region", async () => {
    await start({ keys: ["good"] });
    for (const [name, region] of [
      ["a-1", "cn-shanghai"],
      ["a-2", "cn-shanghai"],
      ["a-3", "eu-central-1"],
    ] as const) {
      emulator.createBucket(name, { ...withKey("good"), region });
    }
    const folder = await mkdtemp(join(tmpdir(), "audit-keys-"));
    try {
      const ca = join(folder, "ca.pem");
      await writeFile(ca, await emulator.certificateAuthority());
      const proxied = { HTTPS_PROXY: emulator.url, NODE_EXTRA_CA_CERTS: ca };
      const { code } = await auditJson({ ...proxied, OSS_ENDPOINT: "", KMS_ENDPOINT: "" });
      assert.equal(code, 0);
    } finally {
      await rm(folder, { recursive: true });
    }
    const asked = emulator.requests.filter(({ operation }) => operation === "DescribeKey");
    assert.deepEqual(asked.map(({ host }) => host).sort(), [
      "kms.cn-shanghai.aliyuncs.com",
      "kms.eu-central-1.aliyuncs.com",
    ]);
  });
});
