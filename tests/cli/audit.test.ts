import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator, type EmulatorOptions } from "oss-emulator";
import type { AuditedBucket } from "../../cli/src/commands/audit/audit";
import { aliOss } from "../support/ali-oss";
import { accessTo } from "../../tools/emulator-access";
import { ossEncryption, type RunOptions } from "../support/oss-encryption";
import { repository } from "../support/repository";
import { until } from "../support/until";

interface AuditJson {
  version: number;
  verdict: string;
  require: string;
  counts: Record<string, number>;
  buckets: AuditedBucket[];
  unlisted: { connection: string | null; reason: string }[];
  coverage: number | null;
  emptyFilters: string[];
  staleExceptions: string[];
  time: string;
  filters: string[];
  identities: { account: string | null; origin: string | null }[];
}

const { version } = JSON.parse(readFileSync(join(repository, "cli/package.json"), "utf8")) as {
  version: string;
};
const account = "1234567890123456";
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
    assert.deepEqual(stdout.replace(/on \S+ \S+ UTC/, "on … UTC").split("\n"), [
      "3 buckets, required: declared: 1 not fulfilled, 66.6 % fulfilled",
      "",
      `Account ${account}, as acs:ram::${account}:user/default. Credentials: OSS_ACCESS_KEY_ID in the environment.`,
      `Read on … UTC by oss-encryption ${version}. Buckets: all. Regions: cn-hangzhou, cn-shanghai, eu-central-1.`,
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
    const before = Date.now();
    const { code, audit } = await auditJson(["--require", "customer-managed-key"]);
    assert.equal(code, 0);
    const { time, ...fixed } = audit;
    assert.ok(Date.parse(time) >= before && Date.parse(time) <= Date.now(), time);
    assert.deepEqual(fixed, {
      version: 1,
      verdict: "fulfilled",
      require: "customer-managed-key",
      counts: { fulfilled: 1, unfulfilled: 0, keyUnusable: 0, unreadable: 0, exempt: 0, gone: 0 },
      coverage: 100,
      buckets: [
        {
          bucket: "logs",
          region: "cn-hangzhou",
          connection: null,
          status: "fulfilled",
          rule: { sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" },
          reason: null,
          key: { state: "Enabled", reason: null },
        },
      ],
      unlisted: [],
      emptyFilters: [],
      staleExceptions: [],
      tool: { name: "oss-encryption", version },
      identities: [
        {
          connection: null,
          account: account,
          arn: `acs:ram::${account}:user/default`,
          type: "RAMUser",
          origin: "OSS_ACCESS_KEY_ID in the environment",
          reason: null,
        },
      ],
      filters: [],
      regions: ["cn-hangzhou"],
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

  const saysNoSuchBucket = {
    operation: "GetBucketEncryption",
    bucket: "old",
    answer: { code: "NoSuchBucket" },
  };

  it("reports a bucket that is deleted during the audit as such", async () => {
    await start();
    emulator.createBucket("logs", { encryption: AES256 });
    emulator.createBucket("old");
    const release = emulator.fault({ operation: "GetBucketEncryption", bucket: "old", delay: 3_600_000 });
    const deletion = until(() => emulator.counts.ListBuckets === 1).then(() => {
      emulator.deleteBucket("old");
      release();
    });
    const result = await auditJson();
    await deletion;
    assert.deepEqual([result.code, statuses(result)], [0, { logs: "fulfilled", old: "gone" }]);
  });

  it("reads a bucket that OSS does not know at once, but lists, once more", async () => {
    await start();
    emulator.createBucket("old", { encryption: AES256 });
    emulator.createBucket("older");
    emulator.fault(saysNoSuchBucket);
    const result = await auditJson();
    assert.deepEqual([result.code, statuses(result)], [2, { old: "fulfilled", older: "unfulfilled" }]);
  });

  it("does not take a bucket that OSS lists for a deleted one, whatever else OSS says of it", async () => {
    await start();
    emulator.createBucket("logs", { encryption: AES256 });
    emulator.createBucket("old");
    emulator.fault({ ...saysNoSuchBucket, times: Infinity });
    const result = await auditJson();
    assert.deepEqual([result.code, statuses(result)], [1, { logs: "fulfilled", old: "unreadable" }]);
    assert.match(
      result.audit.buckets[1]?.reason ?? "",
      /^GetBucketEncryption of bucket old failed: 404 NoSuchBucket.* But OSS lists it: if it was made a moment ago, run this again in some seconds\.$/,
    );
    assert.equal(emulator.counts.ListBuckets, 2);
  });

  it("does not take a bucket for a deleted one where the list can't be looked at again", async () => {
    await start();
    emulator.createBucket("old");
    emulator.fault({ ...saysNoSuchBucket, times: Infinity });
    emulator.fault({ operation: "ListBuckets", after: 1, answer: { code: "AccessDenied" } });
    const result = await auditJson();
    assert.deepEqual([result.code, statuses(result)], [1, { old: "unreadable" }]);
    assert.match(
      result.audit.buckets[0]?.reason ?? "",
      /404 NoSuchBucket.* Whether it was deleted is not known: ListBuckets failed: 403 AccessDenied/,
    );
  });

  it("shows a rule by its three properties, also one that is newer than this version", async () => {
    await start();
    emulator.createBucket("logs");
    const body =
      "<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>SM4</SSEAlgorithm>" +
      "<KeyRotation>Monthly</KeyRotation></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>";
    emulator.fault({ operation: "GetBucketEncryption", answer: { body } });
    const { code, audit } = await auditJson();
    assert.deepEqual([code, audit.buckets[0]?.rule], [0, { sseAlgorithm: "SM4" }]);
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

  const put = (object: string) =>
    aliOss(emulator).request({ method: "PUT", bucket: "logs", object, content: Buffer.from("x") });

  it("counts existing objects by the encryption they carry, and says why old versions are not", async () => {
    const deny = { Effect: "Deny", Action: "oss:ListObjectVersions", Resource: "*" } as const;
    const policy = { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }, deny] } as const;
    await start();
    emulator.addAccount({ ...user, id: account, policy });
    const options = { keys: user };
    const counted = ({ audit: { buckets } }: { audit: AuditJson }) =>
      buckets.map(({ bucket, objects }) => {
        const { oldVersions, ...current } = objects ?? assert.fail();
        const { reason, ...nothing } = oldVersions;
        assert.deepEqual(nothing, { looked: 0, complete: false, byMethod: {} });
        assert.match(reason ?? "", new RegExp(`^ListObjectVersions of bucket ${bucket} failed: 403 `));
        return current;
      });
    emulator.createBucket("logs", { encryption: AES256 });
    emulator.createBucket("empty", { encryption: AES256 });
    emulator.setEncryption("logs", undefined);
    for (let n = 0; n < 5; n++) await put(`old-${n}`);
    emulator.setEncryption("logs", AES256);
    for (let n = 0; n < 3; n++) await put(`young-${n}`);
    assert.deepEqual(counted(await auditJson(["--objects"], options)), [
      { looked: 0, complete: true, byMethod: {} },
      { looked: 8, complete: true, byMethod: { none: 5, AES256: 3 } },
    ]);
    assert.deepEqual(counted(await auditJson(["--objects", "--sample", "6", "--bucket", "logs"], options)), [
      { looked: 6, complete: false, byMethod: { none: 5, AES256: 1 } },
    ]);
    const { stdout } = await audit(["--objects", "--sample", "8", "--bucket", "logs"], options);
    assert.match(
      stdout,
      /^logs +cn-hangzhou +AES256 +fulfilled +8: 5 none, 3 AES256; old versions: not counted: ListObjectVersions/m,
    );
  });

  it("counts old versions of objects beside the current ones, without delete markers", async () => {
    await start();
    emulator.createBucket("logs");
    const versioning = (status: string) =>
      aliOss(emulator).request({
        method: "PUT",
        bucket: "logs",
        subres: "versioning",
        content: Buffer.from(`<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`),
      });
    await versioning("Enabled");
    for (const name of ["a b", "b", "c"]) await put(name);
    emulator.setEncryption("logs", AES256);
    for (const name of ["a b", "b"]) await put(name);
    await aliOss(emulator).request({ method: "DELETE", bucket: "logs", object: "b" });
    const { audit: found } = await auditJson(["--objects"]);
    assert.deepEqual(found.buckets[0]?.objects, {
      looked: 2,
      complete: true,
      byMethod: { AES256: 1, none: 1 },
      oldVersions: { looked: 3, complete: true, byMethod: { none: 2, AES256: 1 } },
    });
    const { audit: sample } = await auditJson(["--objects", "--sample", "1"]);
    assert.deepEqual(sample.buckets[0]?.objects?.oldVersions, {
      looked: 1,
      complete: false,
      byMethod: { none: 1 },
    });
  });

  it("names a filter that selects nothing, and does not call it fulfilled", async () => {
    await start();
    emulator.createBucket("a-1", { encryption: AES256 });
    emulator.createBucket("b-1", { encryption: AES256, region: "cn-beijing" });
    emulator.createBucket("c-1", { encryption: AES256, region: "cn-shanghai" });
    const prefixes = ["a-", "b-", "c-"].flatMap((text) => ["--prefix", text]);
    const regions = ["cn-hangzhou", "cn-shanghai"].flatMap((id) => ["--region", id]);
    const cases: [args: string[], code: number, empty: string[]][] = [
      [["--region", "nowhere"], 1, ["--region nowhere"]],
      [["--prefix", "a-", "--prefix", "x-"], 1, ["--prefix x-"]],
      [["--prefix", "a-", "--region", "cn-beijing"], 1, ["--region cn-beijing"]],
      [["--prefix", "a-", "--exclude", "a*"], 1, ["--prefix a- --exclude a*"]],
      [["--bucket", "a-1", "--exclude", "a-?"], 1, ["--bucket a-1 --exclude a-?"]],
      [[...prefixes.slice(0, 4), ...regions.slice(0, 2)], 1, ["--prefix b- --region cn-hangzhou"]],
      [[...prefixes, ...regions], 1, ["--prefix b- --region cn-hangzhou --region cn-shanghai"]],
      [[...prefixes, ...regions, "--region", "cn-beijing"], 0, []],
      [["--prefix", "a-", "--exclude", "b*"], 0, []],
      [["--prefix", "a-", "--prefix", "a"], 0, []],
    ];
    for (const [args, code, empty] of cases) {
      const result = await auditJson(args);
      assert.deepEqual([result.code, result.audit.emptyFilters], [code, empty], args.join(" "));
      assert.equal(result.audit.verdict, code === 0 ? "fulfilled" : "unknown");
    }
    const { stdout } = await audit(["--region", "nowhere"]);
    assert.match(stdout, /^0 buckets, required: declared: no bucket fits 1 filter$/m);
    assert.match(stdout, /^No bucket fits --region nowhere: nothing is known of what it was to select\.$/m);
    for (const format of ["--csv", "--sarif", "--markdown"]) {
      const result = await audit(["--region", "nowhere", format]);
      assert.equal(result.code, 1);
      assert.ok(result.stdout.includes("--region nowhere"), result.stdout);
    }
  });

  it("lists what is exempt as such, and fails for the rest only", async () => {
    await start();
    for (const name of ["old-1", "old-2", "tmp-1"]) emulator.createBucket(name);
    emulator.createBucket("fine", { encryption: AES256 });
    const folder = await mkdtemp(join(tmpdir(), "exceptions-"));
    try {
      const file = join(folder, "exceptions.yaml");
      const exception = (bucket: string, until: string) =>
        `  - { bucket: "${bucket}", reason: moves soon, until: ${until} }\n`;
      await writeFile(file, `exceptions:\n${exception("old-?", "9999-12-31")}`);
      const excused = ["--exclude", "tmp-*", "--exceptions", file];
      const result = await auditJson(excused);
      assert.equal(result.code, 0);
      assert.deepEqual(
        Object.fromEntries(
          result.audit.buckets.map(({ bucket, status, reason }) => [bucket, [status, reason]]),
        ),
        {
          fine: ["fulfilled", null],
          "old-1": ["exempt", "moves soon (until 9999-12-31); otherwise: no default rule"],
          "old-2": ["exempt", "moves soon (until 9999-12-31); otherwise: no default rule"],
          "tmp-1": ["exempt", "left out by --exclude tmp-*"],
        },
      );
      assert.deepEqual([result.audit.coverage, result.audit.counts.exempt], [25, 3]);
      assert.ok(emulator.requests.every(({ bucket }) => bucket !== "tmp-1"));

      await writeFile(
        file,
        `exceptions:\n${exception("old-1", "9999-12-31")}${exception("old-2", "2020-01-01")}${exception("none", "9999-12-31")}`,
      );
      const later = await auditJson(excused);
      assert.equal(later.code, 2);
      assert.equal(statuses(later)["old-2"], "unfulfilled");
      assert.deepEqual(later.audit.staleExceptions, [
        "The exception for old-2 ended on 2020-01-01.",
        "The exception for none is for no bucket of this audit.",
      ]);
      const { code, stderr } = await audit(["--exceptions", join(folder, "none.yaml")]);
      assert.equal(code, 1);
      assert.match(stderr, /^oss-encryption: --exceptions: .*none\.yaml can't be read \(ENOENT\)\.$/m);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("says as whom it read also where STS does not answer, and is as sure of the rest", async () => {
    await start();
    emulator.createBucket("logs", { encryption: AES256 });
    const { code, stdout } = await audit([], { env: { STS_ENDPOINT: "http://127.0.0.1:1" } });
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^Account not known: GetCallerIdentity of STS failed: .*ECONNREFUSED\. Credentials: OSS_ACCESS_KEY_ID in the environment\.$/m,
    );
  });

  it("reads as the profile that the environment names, not as the current one", async () => {
    await start({ accounts: [{ ...user, id: "1111111111111111" }] });
    emulator.addAccount({ id: "2222222222222222", accessKeyId: "prod-key", accessKeySecret: "prod-secret" });
    emulator.createBucket("dev-logs", { encryption: AES256, account: "1111111111111111" });
    emulator.createBucket("prod-logs", { account: "2222222222222222" });
    const folder = await mkdtemp(join(tmpdir(), "profiles-"));
    try {
      const profile = (name: string, key: string) => ({
        name,
        mode: "AK",
        region_id: "cn-hangzhou",
        access_key_id: `${key}-key`,
        access_key_secret: `${key}-secret`,
      });
      const profiles = [profile("dev", "user"), profile("prod", "prod")];
      await mkdir(join(folder, ".aliyun"));
      await writeFile(join(folder, ".aliyun/config.json"), JSON.stringify({ current: "dev", profiles }));
      const { OSS_ENDPOINT, STS_ENDPOINT, KMS_ENDPOINT } = accessTo(emulator);
      const env = { PATH: process.env.PATH, HOME: folder, OSS_ENDPOINT, STS_ENDPOINT, KMS_ENDPOINT };
      const { code, stdout } = await ossEncryption(["audit", "--json"], {
        env: { ...env, ALIBABACLOUD_PROFILE: "prod" },
      });
      const found = JSON.parse(stdout) as AuditJson;
      assert.deepEqual([code, statuses({ audit: found })], [2, { "prod-logs": "unfulfilled" }]);
      assert.deepEqual(
        found.identities.map(({ account, origin }) => [account, origin]),
        [
          [
            "2222222222222222",
            "ALIBABACLOUD_PROFILE in the environment (profile prod of ~/.aliyun/config.json)",
          ],
        ],
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("refuses flags that contradict each other, naming them", async () => {
    await start();
    const refused: [string[], RegExp][] = [
      [["--cwd", "nowhere"], /^oss-encryption: --cwd: .*nowhere is not a folder\.$/m],
      [
        ["--exclude", "a b"],
        /--exclude <pattern>.* It must be a bucket's name, or a pattern of it with \* and \?\./,
      ],
      [
        ["--stack", "prod", "--cwd", tmpdir()],
        /^oss-encryption: --cwd: no Pulumi\.yaml project file found in /m,
      ],
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

  it("stops at once on Ctrl-C, also where neither OSS nor STS has answered", async () => {
    await start();
    for (const operation of ["ListBuckets", "GetCallerIdentity"]) {
      emulator.fault({ operation, times: Infinity, connection: "hang" });
    }
    const areAsked = () => emulator.requests.length === 2;
    const onStart: RunOptions["onStart"] = (child) => void until(areAsked).then(() => child.kill("SIGINT"));
    const { code, stdout, stderr } = await audit([], { onStart });
    assert.deepEqual([code, stdout, stderr], [130, "", "Listing buckets …\nInterrupted.\n"]);
  });

  it("prints no secret", async () => {
    await start();
    emulator.createBucket("logs");
    const { accessKeySecret } = emulator.credentials;
    const answer = { code: "InvalidAccessKeyId", message: accessKeySecret };
    emulator.fault({ times: Infinity, answer });
    const { code, stdout, stderr } = await audit();
    assert.equal(code, 1);
    assert.match(stdout, /403 InvalidAccessKeyId/);
    assert.ok(!(stdout + stderr).includes(accessKeySecret));
  });
});
