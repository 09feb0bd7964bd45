import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "oss-emulator";
import { permissions, policyDocument } from "../../cli/src/permissions/policy";
import { accessTo } from "../protocol/emulator-access";
import { ossEncryption } from "./run-command";

const user = { id: "1234567890123456", accessKeyId: "user-key", accessKeySecret: "user-secret" };
const reading = ["oss:GetBucketEncryption"];
const all = [...reading, "oss:PutBucketEncryption", "oss:DeleteBucketEncryption"];
const allow = (Action: string[], ...Resource: string[]) => ({ Effect: "Allow", Action, Resource });

describe("the least policy", () => {
  const cases: [string, Parameters<typeof permissions>[0], object[]][] = [
    [
      "for named buckets",
      { buckets: ["a-1", "b-1"], readOnly: false, objects: false },
      [allow(all, "acs:oss:*:*:a-1", "acs:oss:*:*:b-1")],
    ],
    [
      "to read named buckets",
      { buckets: ["a-1"], readOnly: true, objects: false },
      [allow(reading, "acs:oss:*:*:a-1")],
    ],
    [
      "for all buckets",
      { readOnly: false, objects: false },
      [allow([...all, "oss:ListBuckets"], "acs:oss:*:*:*")],
    ],
    [
      "to look at objects",
      { buckets: ["a-1"], readOnly: true, objects: true },
      [
        allow([...reading, "oss:ListObjects"], "acs:oss:*:*:a-1"),
        allow(["oss:GetObject"], "acs:oss:*:*:a-1/*"),
      ],
    ],
  ];
  for (const [title, scope, Statement] of cases)
    it(`is right ${title}`, () =>
      assert.deepStrictEqual(policyDocument(permissions(scope)), { Version: "1", Statement }));
});

describe("oss-encryption permissions", () => {
  let emulator: Emulator;
  const start = async (actions: string[]) => {
    const policy = { Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] } as const;
    emulator = await startEmulator({ accounts: [{ ...user, policy }], buckets: [{ name: "logs" }] });
  };
  afterEach(() => emulator.close());
  const run = (...args: string[]) =>
    ossEncryption(["permissions", ...args], { env: { PATH: process.env.PATH, ...accessTo(emulator) } });
  const check = async (...args: string[]) => {
    const { code, stdout, stderr } = await run("--check", "--json", ...args);
    const { tried } = JSON.parse(stdout || stderr) as { tried: { action: string; result: string }[] };
    return { code, ...Object.fromEntries(tried.map(({ action, result }) => [action.slice(4), result])) };
  };

  it("prints a policy that is enough for what it is for, and says what each action is for", async () => {
    await start([]);
    const { code, stdout, stderr } = await run("--read-only");
    assert.equal(code, 0);
    assert.match(stderr, /^oss:ListBuckets +find the buckets: audit, import$/m);
    emulator.addAccount({ ...user, policy: JSON.parse(stdout) as never });
    assert.deepEqual(await check("--read-only"), {
      code: 0,
      GetBucketEncryption: "allowed",
      ListBuckets: "allowed",
    });
  });

  it("finds what is missing without a write", async () => {
    await start(["oss:ListBuckets", "oss:ListObjects"]);
    assert.deepEqual(await check("--objects", "--bucket", "logs"), {
      ...{ code: 2, GetBucketEncryption: "missing", PutBucketEncryption: "untried" },
      ...{ DeleteBucketEncryption: "untried", ListObjects: "allowed", GetObject: "missing" },
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
    };
    assert.deepEqual(await check("--objects", "--read-only"), { code: 0, ...expected });
  });

  it("does not call unknown what is missing, nor allowed what it could not try", async () => {
    await start([]);
    assert.deepEqual(await check("--read-only"), {
      code: 2,
      GetBucketEncryption: "unknown",
      ListBuckets: "missing",
    });
    assert.deepEqual(await check("--read-only", "--bucket", "none"), {
      code: 1,
      GetBucketEncryption: "unknown",
    });
  });
});
