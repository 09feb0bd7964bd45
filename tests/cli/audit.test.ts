import assert from "node:assert/strict";
import { startEmulator, type Emulator, type EmulatorOptions } from "oss-emulator";
import type { AuditedBucket } from "../../cli/src/commands/audit/audit";
import { aliOss } from "../support/ali-oss";
import { accessTo } from "../../tools/emulator-access";
import { ossEncryption, type RunOptions } from "../support/oss-encryption";
import { until } from "../support/until";

interface AuditJson {
  version: number;
  verdict: string;
  require: string;
  counts: Record<string, number>;
  buckets: AuditedBucket[];
  unlisted: { connection: string | null; reason: string }[];
}

const AES256 = { SSEAlgorithm: "AES256" } as const;
const user = { id: "1234567890123456", accessKeyId: "user-key", accessKeySecret: "user-secret" };

describe("oss-encryption audit", () => {
  let emulator: Emulator;
  const start = async (options: EmulatorOptions = {}) => {
    emulator = await startEmulator(options);
  };
  afterEach(() => emulator.close());

  const audit = (args: string[] = [], options: RunOptions & { keys?: typeof user } = {}) => {
    const { keys, env, ...others } = options;
    const access = keys && {
      OSS_ACCESS_KEY_ID: keys.accessKeyId,
      OSS_ACCESS_KEY_SECRET: keys.accessKeySecret,
    };
    const all = { PATH: process.env.PATH, ...accessTo(emulator), ...access, ...env };
    return ossEncryption(["audit", ...args], { ...others, env: all });
  };
  const auditJson = async (args: string[] = [], options: Parameters<typeof audit>[1] = {}) => {
    const { stdout, ...result } = await audit([...args, "--json"], options);
    return { ...result, audit: JSON.parse(stdout || "null") as AuditJson };
  };
  const statuses = ({ audit: { buckets } }: { audit: AuditJson }) =>
    Object.fromEntries(buckets.map(({ bucket, status }) => [bucket, status]));

  it("shows every bucket of every region, and exits with 2 for one without a rule", async () => {
    await start();
    emulator.createBucket("archive", { encryption: { SSEAlgorithm: "SM4" }, region: "cn-shanghai" });
    emulator.createBucket("logs", { encryption: AES256 });
    emulator.createBucket("scratch", { region: "eu-central-1" });
    const { code, stdout } = await audit();
    assert.equal(code, 2);
    assert.deepEqual(stdout.split("\n"), [
      "3 buckets, required: declared: 1 not fulfilled",
      "",
      "BUCKET   REGION        RULE    STATUS",
      "archive  cn-shanghai   SM4     fulfilled",
      "logs     cn-hangzhou   AES256  fulfilled",
      "scratch  eu-central-1  none    not fulfilled",
      "",
    ]);
    const writes = emulator.requests.filter(({ method }) => method !== "GET" && method !== "HEAD");
    assert.deepEqual(writes, []);
  });

  it("exits with 0 where all fulfil what is required, and prints the documented JSON", async () => {
    await start({ keys: ["key-1"] });
    emulator.createBucket("logs", { encryption: { SSEAlgorithm: "KMS", KMSMasterKeyID: "key-1" } });
    const { code, audit } = await auditJson(["--require", "customer-managed-key"]);
    assert.equal(code, 0);
    assert.deepEqual(audit, {
      version: 1,
      verdict: "fulfilled",
      require: "customer-managed-key",
      counts: { fulfilled: 1, unfulfilled: 0, keyUnusable: 0, unreadable: 0, gone: 0 },
      buckets: [
        {
          ...{ bucket: "logs", region: "cn-hangzhou", connection: null, status: "fulfilled" },
          ...{ rule: { sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" }, reason: null },
          key: { state: "Enabled", reason: null },
        },
      ],
      unlisted: [],
    });
  });

  it("looks at the buckets asked for only", async () => {
    await start();
    for (const [name, region] of [
      ["a-1", "cn-hangzhou"],
      ["a-2", "cn-beijing"],
      ["b-1", "cn-beijing"],
      ["c-1", "cn-beijing"],
    ] as const) {
      emulator.createBucket(name, { region });
    }
    const chosen = async (...args: string[]) => Object.keys(statuses(await auditJson(args)));
    assert.deepEqual(await chosen("--prefix", "a", "--prefix", "a-", "--prefix", "b-"), [
      "a-1",
      "a-2",
      "b-1",
    ]);
    assert.deepEqual(await chosen("--region", "cn-beijing"), ["a-2", "b-1", "c-1"]);
    emulator.clearRequests();
    const { audit } = await auditJson(["--bucket", "a-2", "--bucket", "a-2"]);
    assert.deepEqual(
      audit.buckets.map(({ bucket, region }) => [bucket, region]),
      [["a-2", "cn-beijing"]],
    );
    assert.equal(emulator.counts.ListBuckets, undefined);
  });

  it("says why a bucket could not be read, reads the others, and exits with 1", async () => {
    const deny = {
      Effect: "Deny",
      Action: "oss:GetBucketEncryption",
      Resource: "acs:oss:*:*:secret-*",
    } as const;
    const policy = { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }, deny] } as const;
    await start({ accounts: [{ ...user, policy }] });
    emulator.createBucket("logs", { encryption: AES256 });
    emulator.createBucket("secret-1", { encryption: AES256 });
    const result = await auditJson();
    assert.equal(result.code, 1);
    assert.deepEqual(statuses(result), { logs: "fulfilled", "secret-1": "unreadable" });
    assert.match(
      result.audit.buckets[1]?.reason ?? "",
      /403 AccessDenied.* Allow oss:GetBucketEncryption on acs:oss:\*:\*:secret-1/,
    );
  });

  it("says what it needs where it may not list", async () => {
    const policy = {
      Statement: [{ Effect: "Allow", Action: "oss:GetBucketEncryption", Resource: "*" }],
    } as const;
    await start({ accounts: [{ ...user, policy }] });
    emulator.createBucket("logs", { encryption: AES256 });
    const listed = await auditJson();
    assert.equal(listed.code, 1);
    assert.match(listed.audit.unlisted[0]?.reason ?? "", /Allow oss:ListBuckets on acs:oss:\*:\*:\*/);
    const named = await auditJson(["--bucket", "logs"]);
    assert.deepEqual([named.code, statuses(named)], [0, { logs: "fulfilled" }]);
  });

  it("reports a bucket that is deleted during the audit as such", async () => {
    await start();
    emulator.createBucket("logs", { encryption: AES256 });
    emulator.createBucket("old");
    emulator.fault({ operation: "GetBucketEncryption", bucket: "old", answer: { code: "NoSuchBucket" } });
    const result = await auditJson();
    assert.deepEqual([result.code, statuses(result)], [0, { logs: "fulfilled", old: "gone" }]);
  });

  it("does not take a name that isn't there for a deleted bucket", async () => {
    await start();
    const result = await auditJson(["--bucket", "typo"]);
    assert.deepEqual([result.code, statuses(result)], [1, { typo: "unreadable" }]);
  });

  it("goes on through throttling", async () => {
    await start();
    for (let n = 0; n < 50; n++) emulator.createBucket(`logs-${n}`, { encryption: AES256 });
    const answer = { code: "MetaOperationQpsLimitExceeded" };
    emulator.fault({ operation: "GetBucketEncryption", after: 10, times: 30, answer });
    const result = await auditJson();
    assert.deepEqual([result.code, result.audit.counts.fulfilled], [0, 50]);
    assert.equal(emulator.requests.filter(({ status }) => status === 503).length, 30);
    assert.ok(!result.stderr.includes("Warning"), result.stderr);
  });

  it("says that OSS could not be reached", async () => {
    await start();
    const result = await auditJson([], { env: { OSS_ENDPOINT: "http://127.0.0.1:1" } });
    assert.equal(result.code, 1);
    assert.match(result.audit.unlisted[0]?.reason ?? "", /no answer from 127\.0\.0\.1:1: ECONNREFUSED/);
  });

  it("counts existing objects by the encryption they carry", async () => {
    await start();
    emulator.createBucket("logs", { encryption: AES256 });
    emulator.createBucket("empty", { encryption: AES256 });
    emulator.setEncryption("logs", undefined);
    const put = (object: string, headers: Record<string, string> = {}) =>
      aliOss(emulator).request({ method: "PUT", bucket: "logs", object, headers, content: Buffer.from("x") });
    for (let n = 0; n < 5; n++) await put(`old-${n}`);
    emulator.setEncryption("logs", AES256);
    for (let n = 0; n < 3; n++) await put(`young-${n}`);
    const { audit: whole } = await auditJson(["--objects"]);
    assert.deepEqual(
      whole.buckets.map(({ objects }) => objects),
      [
        { looked: 0, complete: true, byMethod: {} },
        { looked: 8, complete: true, byMethod: { none: 5, AES256: 3 } },
      ],
    );
    const { audit: sample } = await auditJson(["--objects", "--sample", "6", "--bucket", "logs"]);
    assert.deepEqual(sample.buckets[0]?.objects, {
      looked: 6,
      complete: false,
      byMethod: { none: 5, AES256: 1 },
    });
    const { stdout } = await audit(["--objects", "--sample", "8", "--bucket", "logs"]);
    assert.match(stdout, /^logs +cn-hangzhou +AES256 +fulfilled +8: 5 none, 3 AES256$/m);
  });

  it("refuses flags that contradict each other, naming them", async () => {
    await start();
    const refused: [string[], RegExp][] = [
      [["--sample", "3"], /^oss-encryption: --sample needs --objects\.$/m],
      [["--sample", "0", "--objects"], /--sample <n>.* It must be a whole number from 1/],
      [["--require", "aes"], /^oss-encryption: --require must be declared, kms/m],
      [["--bucket", "a-b", "--prefix", "a"], /--bucket <name>.* cannot be used with .*--prefix/],
      [
        ["--bucket", "a-b", "--connection", "a", "--connection", "b"],
        /--bucket can be used with one --connection only/,
      ],
    ];
    for (const [args, message] of refused) {
      const { code, stdout, stderr } = await audit(args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, message);
    }
    assert.equal(emulator.requests.length, 0);
  });

  it("stops at once on Ctrl-C, whatever OSS is doing", async () => {
    await start();
    emulator.createBucket("logs");
    emulator.fault({ operation: "GetBucketEncryption", times: Infinity, connection: "hang" });
    const isAsked = () => emulator.requests.some(({ operation }) => operation === "GetBucketEncryption");
    const onStart: RunOptions["onStart"] = (child) => void until(isAsked).then(() => child.kill("SIGINT"));
    const { code, stdout, stderr } = await audit([], { onStart });
    assert.deepEqual([code, stdout, stderr.split("\n").at(-2)], [130, "", "Interrupted."]);
  });

  it("prints no secret", async () => {
    await start();
    emulator.createBucket("logs");
    emulator.fault({ answer: { code: "InvalidAccessKeyId", message: emulator.credentials.accessKeySecret } });
    const { stdout, stderr } = await audit();
    assert.ok(!(stdout + stderr).includes(emulator.credentials.accessKeySecret));
  });
});
