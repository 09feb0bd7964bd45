import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "oss-emulator";
import { permissions, policyDocument } from "../../cli/src/commands/permissions/policy";
import { accessTo } from "../../tools/emulator-access";
import type { Tried } from "../../cli/src/commands/permissions/check";
import { ossEncryption } from "../support/oss-encryption";

const user = { id: "1234567890123456", accessKeyId: "user-key", accessKeySecret: "user-secret" };
const reading = ["oss:GetBucketEncryption"];
const all = [...reading, "oss:PutBucketEncryption", "oss:DeleteBucketEncryption"];
const allow = (Action: string[], ...Resource: string[]) => ({ Effect: "Allow", Action, Resource });

describe("the least policy", () => {
  const look = (...Resource: string[]) => allow(["kms:DescribeKey"], ...Resource);
  const cases: [string, Parameters<typeof permissions>[0], object[]][] = [
    [
      "for named buckets",
      { buckets: ["b-1", "a-1", "b-1"], readOnly: false, objects: false },
      [allow(all, "acs:oss:*:*:a-1", "acs:oss:*:*:b-1"), look("acs:kms:*:*:key/*")],
    ],
    [
      "to read named buckets",
      { buckets: ["a-1"], readOnly: true, objects: false },
      [allow(reading, "acs:oss:*:*:a-1"), look("acs:kms:*:*:key/*")],
    ],
    [
      "for all buckets",
      { readOnly: false, objects: false },
      [allow([...all, "oss:ListBuckets"], "acs:oss:*:*:*"), look("acs:kms:*:*:key/*")],
    ],
    [
      "for the keys of a stack",
      { buckets: ["a-1"], keys: ["key-1", "key-2"], readOnly: true, objects: false },
      [allow(reading, "acs:oss:*:*:a-1"), look("acs:kms:*:*:key/key-1", "acs:kms:*:*:key/key-2")],
    ],
    [
      "to look at objects, where no rule names a key",
      { buckets: ["a-1"], keys: [], readOnly: true, objects: true },
      [
        allow([...reading, "oss:ListObjects", "oss:ListObjectVersions"], "acs:oss:*:*:a-1"),
        allow(["oss:GetObject", "oss:GetObjectVersion"], "acs:oss:*:*:a-1/*"),
      ],
    ],
  ];
  for (const [title, scope, Statement] of cases) {
    it(`the policy grants no more than it needs ${title}`, () =>
      assert.deepStrictEqual(policyDocument(permissions(scope)), { Version: "1", Statement }));
  }
});

describe("oss-encryption permissions", () => {
  let emulator: Emulator;
  const start = async (actions: string[]) => {
    const policy = { Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] } as const;
    emulator = await startEmulator({ accounts: [{ ...user, policy }], buckets: [{ name: "logs" }] });
  };
  const nameKey = (bucket: string, KMSMasterKeyID: string) =>
    emulator.createBucket(bucket, { encryption: { SSEAlgorithm: "KMS", KMSMasterKeyID } });
  afterEach(() => emulator.close());
  const run = (...args: string[]) =>
    ossEncryption(["permissions", ...args], { env: { PATH: process.env.PATH, ...accessTo(emulator) } });
  const check = async (...args: string[]) => {
    const { code, stdout, stderr } = await run("--check", "--json", ...args);
    const { tried } = JSON.parse(stdout || stderr) as { tried: Tried[] };
    return { code, ...Object.fromEntries(tried.map(({ action, result }) => [action.slice(4), result])) };
  };

  it("prints a policy that is enough for what it is for, and says what each action is for", async () => {
    await start([]);
    const { code, stdout, stderr } = await run("--read-only");
    assert.equal(code, 0);
    assert.match(stderr, /^oss:ListBuckets +find the buckets: audit, import$/m);
    assert.match(stderr, /^kms:GenerateDataKey +not in this policy: whoever uploads needs it on the CMK$/m);
    emulator.addAccount({ ...user, policy: JSON.parse(stdout) as never });
    assert.deepEqual(await check("--read-only"), {
      code: 0,
      GetBucketEncryption: "allowed",
      ListBuckets: "allowed",
      DescribeKey: "untried",
    });
    nameKey("alerts", "key-1");
    emulator.setKey("key-1");
    assert.deepEqual(await check("--read-only"), {
      code: 0,
      GetBucketEncryption: "allowed",
      ListBuckets: "allowed",
      DescribeKey: "allowed",
    });
  });

  it("finds what is missing without a write", async () => {
    await start(["oss:ListBuckets", "oss:ListObjects"]);
    assert.deepEqual(await check("--objects", "--bucket", "logs"), {
      code: 2,
      GetBucketEncryption: "missing",
      PutBucketEncryption: "untried",
      DeleteBucketEncryption: "untried",
      ListObjects: "allowed",
      GetObject: "missing",
      ListObjectVersions: "missing",
      GetObjectVersion: "missing",
      DescribeKey: "untried",
    });
    assert.ok(emulator.requests.every(({ method }) => method === "GET" || method === "HEAD"));
  });

  it("takes an object that isn't there for proof that it may be read", async () => {
    await start(["oss:Get*", "oss:List*"]);
    const expected = {
      GetBucketEncryption: "allowed",
      ListBuckets: "allowed",
      ListObjects: "allowed",
      GetObject: "allowed",
      ListObjectVersions: "allowed",
      GetObjectVersion: "allowed",
      DescribeKey: "untried",
    };
    assert.deepEqual(await check("--objects", "--read-only"), { code: 0, ...expected });
  });

  it("does not call unknown what is missing, nor allowed what it could not try", async () => {
    await start([]);
    assert.deepEqual(await check("--read-only"), {
      code: 2,
      GetBucketEncryption: "unknown",
      ListBuckets: "missing",
      DescribeKey: "untried",
    });
    assert.deepEqual(await check("--read-only", "--bucket", "none"), {
      code: 1,
      GetBucketEncryption: "unknown",
      DescribeKey: "untried",
    });
  });

  const keys: [string, string[], string | undefined, number, Omit<Tried, "action" | "bucket">][] = [
    ["that may not be looked up", ["oss:*"], "Enabled", 2, { result: "missing" }],
    ["that is there and enabled", ["*"], "Enabled", 0, { result: "allowed" }],
    [
      "that is disabled",
      ["*"],
      "Disabled",
      2,
      { result: "keyUnusable", reason: "Its CMK is Disabled in KMS: uploads fail." },
    ],
    [
      "that isn't there",
      ["*"],
      undefined,
      2,
      { result: "keyUnusable", reason: "Its CMK is NotFound in KMS: uploads fail." },
    ],
  ];
  for (const [title, actions, state, code, expected] of keys) {
    it(`tells a CMK ${title}`, async () => {
      await start(actions);
      nameKey("a-1", "key-1");
      nameKey("a-2", "key-1");
      if (state) emulator.setKey("key-1", state as "Enabled");
      const result = await run(
        ..."--check --json --read-only --bucket a-1 --bucket a-2 --bucket logs".split(" "),
      );
      const { tried } = JSON.parse(result.stdout) as { tried: Tried[] };
      const looked = tried.filter(({ action }) => action === "kms:DescribeKey");
      assert.equal(result.code, code);
      for (const bucket of ["a-1", "a-2"]) {
        const { reason, ...found } = looked.shift() ?? {};
        const { reason: wanted, ...others } = expected;
        assert.deepEqual(found, { action: "kms:DescribeKey", bucket, ...others });
        if (wanted ?? expected.result === "allowed") assert.equal(reason, wanted);
        else assert.match(reason ?? "", /Allow kms:DescribeKey on acs:kms:\*:\*:key\/<id> for /);
      }
      assert.deepEqual([looked, emulator.counts.DescribeKey], [[], 1]);
      assert.ok(emulator.requests.every(({ method }) => method === "GET"));
    });
  }

  it("does not take a KMS that can't be reached for a finding", async () => {
    await start(["*"]);
    nameKey("a-1", "key-1");
    emulator.fault({ operation: "DescribeKey", times: Infinity, connection: "reset" });
    assert.deepEqual(await check("--read-only", "--bucket", "a-1"), {
      code: 1,
      GetBucketEncryption: "allowed",
      DescribeKey: "unknown",
    });
  });

  it("says first whose account it is, as whom and by which credentials", async () => {
    await start(["oss:Get*"]);
    const args = ["--check", "--read-only", "--bucket", "logs"];
    const { stdout } = await run(...args);
    assert.equal(
      stdout.split("\n")[0],
      "Account 1234567890123456, as acs:ram::1234567890123456:user/default. Credentials: OSS_ACCESS_KEY_ID in the environment.",
    );
    const { identities } = JSON.parse((await run(...args, "--json")).stdout) as { identities: object[] };
    assert.deepEqual(identities, [
      {
        connection: null,
        account: "1234567890123456",
        type: "RAMUser",
        reason: null,
        arn: "acs:ram::1234567890123456:user/default",
        origin: "OSS_ACCESS_KEY_ID in the environment",
      },
    ]);
  });
});
