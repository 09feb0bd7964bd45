import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { LoggedRequest } from "oss-emulator";
import { Lifecycle } from "../../provider/src/lifecycle/lifecycle";
import { VirtualClock } from "../support/virtual-clock";
import {
  inConfig,
  inEnvironment,
  permanentProfile,
  profileFile,
  roleArn,
  temporary,
  workProfile,
} from "./identities";
import { credentialsRig } from "./rig";

/** What a call that must fail says. Nothing of the error holds a secret, shown or not. */
async function failure(call: Promise<unknown>): Promise<string> {
  await assert.rejects(call);
  const error = await call.catch((error: unknown) => error as Error);
  assert.doesNotMatch(
    inspect(error, { depth: Infinity, showHidden: true }),
    /(permanent|wrong|fresh)-secret|STS\./,
  );
  return String(error);
}

describe("credentials, when they fail", () => {
  let atRequest: (request: LoggedRequest) => void;
  const rig = credentialsRig({ onRequest: (request) => atRequest(request) });
  beforeEach(() => (atRequest = () => undefined));

  const withRole = { ...inConfig, "alicloud:assumeRole": { roleArn } };
  const client = (config: Record<string, unknown>, env: Record<string, string> = {}) =>
    rig.connect({ config, env }).client({});
  const host = () => new URL(rig.emulator.url).host;
  const origin = "alicloud:assumeRole in the stack config, on top of alicloud:accessKey in the stack config";

  it("makes one STS call for 50 first calls at once", async () => {
    const oss = client(withRole);
    await Promise.all(Array.from({ length: 50 }, () => oss.getBucketEncryption("logs")));
    assert.deepEqual(rig.emulator.counts, { AssumeRole: 1, GetBucketEncryption: 50 });
  });

  it("makes one STS call for all regions of a connection, and one of its own for another", async () => {
    const other = { assumeRole: { roleArn, sessionName: "other" } };
    const connections = rig.connect({ config: { ...withRole, "oss-encryption:connections": { other } } });
    const regions = ["cn-hangzhou", "cn-shanghai", "cn-beijing"];
    for (const region of regions) rig.emulator.createBucket(`logs-${region}`, { region });
    await Promise.all(
      [{}, { connection: "other" }].flatMap((connection) =>
        regions.map((region) =>
          connections.client({ ...connection, region }).getBucketEncryption(`logs-${region}`),
        ),
      ),
    );
    const answered = rig.emulator.requests.map(({ operation = "", identity = "" }) => [operation, identity]);
    const times = (one: string[]) => answered.filter((other) => other.join() === one.join()).length;
    assert.equal(times(["AssumeRole", "user/permanent"]), 2);
    assert.equal(times(["GetBucketEncryption", "assumed-role/encryption/pulumi-oss-encryption"]), 3);
    assert.equal(times(["GetBucketEncryption", "assumed-role/encryption/other"]), 3);
    assert.equal(answered.length, 8);
  });

  for (const how of ["expired", "revoked"] as const) {
    it(`makes one more STS call for 50 calls whose token was ${how}`, async () => {
      const oss = client(withRole);
      await oss.getBucketEncryption("logs");
      rig.emulator.endSessions(how);
      await Promise.all(Array.from({ length: 50 }, () => oss.getBucketEncryption("logs")));
      assert.equal(rig.emulator.counts.AssumeRole, 2);
    });
  }

  it("makes one more STS call for keys that OSS has forgotten together with their token", async () => {
    const oss = client(withRole);
    const answer = { code: "InvalidAccessKeyId" };
    rig.emulator.fault({ operation: "GetBucketEncryption", times: 1, answer });
    assert.deepEqual(await oss.getBucketEncryption("logs"), { sseAlgorithm: "AES256" });
    assert.equal(rig.emulator.counts.AssumeRole, 2);
    rig.emulator.fault({ operation: "GetBucketEncryption", times: Infinity, answer });
    assert.match(await failure(oss.getBucketEncryption("logs")), /403 InvalidAccessKeyId: .* Check the cred/);
    assert.equal(rig.emulator.counts.AssumeRole, 3);
  });

  it("says of a token of other keys that both must come from one sign-in", async () => {
    rig.emulator.addAccount({
      id: "1",
      accessKeyId: "a",
      accessKeySecret: "b",
      securityToken: "other-token",
    });
    const env = {
      OSS_ACCESS_KEY_ID: temporary.accessKeyId,
      OSS_ACCESS_KEY_SECRET: temporary.accessKeySecret,
      OSS_SESSION_TOKEN: "other-token",
    };
    assert.match(
      await failure(client({}, env).getBucketEncryption("logs")),
      /403 AccessKeyIdAndSecurityTokenNotMatch: .* Key and token come from two different sign-ins: take id, secret and token from one \(OSS_ACCESS_KEY_ID in the environment\)\.$/,
    );
  });

  it("makes one more STS call for a run of 50 resources whose token expires in the middle", async () => {
    const connections = rig.connect({ config: withRole });
    const lifecycle = new Lifecycle({ connections, clock: new VirtualClock(), log: () => undefined });
    const buckets = Array.from({ length: 50 }, (_, n) => `bucket-${n}`);
    for (const bucket of buckets) rig.emulator.createBucket(bucket);
    let writes = 0;
    atRequest = ({ operation }) => {
      if (operation === "PutBucketEncryption" && ++writes === 20) rig.emulator.endSessions();
    };
    await Promise.all(buckets.map((bucket) => lifecycle.create({ bucket, sseAlgorithm: "AES256" })));
    for (const bucket of buckets) {
      assert.deepEqual(rig.emulator.encryption(bucket), { SSEAlgorithm: "AES256" });
    }
    assert.equal(rig.emulator.counts.AssumeRole, 2);
    assert.ok(rig.emulator.requests.some(({ code }) => code === "SecurityTokenExpired"));
  });

  it("tries STS again while it is down, and then says which credentials failed", async () => {
    rig.emulator.fault({
      operation: "AssumeRole",
      times: Infinity,
      answer: { status: 503, code: "ServiceUnavailable" },
    });
    const said = await failure(client(withRole).getBucketEncryption("logs"));
    assert.match(
      said,
      new RegExp(
        `^CredentialsError: ${origin}: ${host()} answered 503 ServiceUnavailable \\(request id [\\w-]+\\)\\.$`,
      ),
    );
    assert.equal(rig.emulator.requests.length, 3);
  });

  it("gives up a hanging STS, and says so", async () => {
    rig.emulator.fault({ operation: "AssumeRole", times: Infinity, connection: "hang" });
    // The real limit is 10 s a try.
    const oss = client({ ...withRole, "alicloud:clientReadTimeout": "50" });
    await assert.rejects(oss.getBucketEncryption("logs"), {
      message: `${origin}: no answer from ${host()}: no complete answer in time.`,
    });
  });

  it("tells a refusal of STS by code and request id only", async () => {
    const said = await failure(
      client({ ...withRole, "alicloud:secretKey": "wrong-secret" }).getBucketEncryption("logs"),
    );
    assert.match(said, new RegExp(`${host()} answered \\d+ [\\w.]+ \\(request id [\\w-]+\\)\\. Refresh and`));
    assert.doesNotMatch(said, /permanent-id|wrong-secret|Signature=/);
    assert.equal(rig.emulator.requests.length, 1);
  });

  it("lists what it looked for where there is nothing, the metadata service included", async () => {
    const said = await failure(client({}).getBucketEncryption("logs"));
    assert.match(
      said,
      /^ConfigurationError: No credentials found\. Looked for, in this order: alicloud:accessKey \+ alicloud:secretKey; .*; the RAM role of the ECS instance\.$/,
    );
  });

  it("lists what it looked for where a role has nothing to stand on", async () => {
    const said = await failure(client({ "alicloud:assumeRole": { roleArn } }).getBucketEncryption("logs"));
    assert.match(said, /^ConfigurationError: No credentials found\. Looked for/);
  });

  it("renews a token once for a call, however often OSS refuses the new one", async () => {
    rig.emulator.fault({
      operation: "GetBucketEncryption",
      times: Infinity,
      answer: { code: "InvalidSecurityToken" },
    });
    const said = await failure(client(withRole).getBucketEncryption("logs"));
    assert.match(said, /403 InvalidSecurityToken/);
    assert.equal(rig.emulator.counts.AssumeRole, 2);
  });

  it("says that a key can't be sent, without repeating it", async () => {
    const config = { ...inConfig, "alicloud:accessKey": "permanent-id…" };
    const said = await failure(client(config).getBucketEncryption("logs"));
    assert.match(said, /the request could not be built\. Check that keys and token are copied exactly/);
    assert.doesNotMatch(said, /permanent-id/);
  });

  it("repeats neither keys nor a declared key id that an answer repeats", async () => {
    const message = `${"x".repeat(290)} permanent-id permanent-secret declared-key`;
    rig.emulator.fault({ times: 2, answer: { status: 400, code: "InvalidArgument", message } });
    rig.emulator.fault({ answer: { status: 400, code: "__proto__", message } });
    const oss = client(inConfig);
    const put = () =>
      oss.putBucketEncryption("logs", { sseAlgorithm: "KMS", kmsMasterKeyId: "declared-key" });
    rig.emulator.fault({
      answer: { code: "AccessDenied", details: { Endpoint: "permanent-secret.example" } },
    });
    for (const call of [put, () => oss.deleteBucketEncryption("logs"), put, put]) {
      assert.doesNotMatch(await failure(call()), /permanent-|declared-/);
    }
  });

  const stale =
    "Refresh and destroy use the stack config of the last up: if it has changed since, add --run-program.";
  const fresh = { OSS_ACCESS_KEY_ID: "fresh-id", OSS_ACCESS_KEY_SECRET: "fresh-secret" };
  it("says nothing of stale keys where the config is the stack's own", async () => {
    rig.emulator.removeAccessKey("permanent-id");
    const refusal = (env: Record<string, string>) =>
      failure(
        rig
          .connect({ config: inConfig, env }, { isConfigCurrent: true })
          .client({})
          .getBucketEncryption("logs"),
      );
    assert.match(
      await refusal(fresh),
      /stack config\. They win over OSS_ACCESS_KEY_ID in the environment\.$/,
    );
    assert.match(await refusal({}), /Check the credentials from alicloud:accessKey in the stack config\.$/);
  });

  const refusals: [title: string, env: Record<string, string>, wins: string][] = [
    ["and that they may be stale", {}, ""],
    ["and what they win over", fresh, "They win over OSS_ACCESS_KEY_ID in the environment. "],
    [
      "and a profile that they win over, which is there by now",
      { ALICLOUD_PROFILE: "work" },
      "They win over ALICLOUD_PROFILE in the environment (profile work of ~/.aliyun/config.json). ",
    ],
    ["and nothing of what is set up by half", { OSS_ACCESS_KEY_ID: "fresh-id" }, ""],
  ];
  for (const [title, env, wins] of refusals) {
    it(`says with a refusal which credentials were taken, ${title}`, async () => {
      rig.emulator.removeAccessKey("permanent-id");
      if (env.ALICLOUD_PROFILE) rig.write({ [profileFile]: workProfile(permanentProfile) });
      const said = await failure(client(inConfig, env).getBucketEncryption("logs"));
      assert.match(said, /403 InvalidAccessKeyId: /);
      const next = `Check the credentials from alicloud:accessKey in the stack config. ${wins}${stale}`;
      assert.equal(said.slice(-next.length), next);
      assert.doesNotMatch(said, /permanent-id|fresh-id|secret/);
    });
  }

  it("says with a refusal of STS what the credentials win over", async () => {
    rig.emulator.removeAccessKey("permanent-id");
    const said = await failure(client(withRole, fresh).getBucketEncryption("logs"));
    assert.match(said, /answered 404 InvalidAccessKeyId\.NotFound \(request id [\w-]+\)\. They win over/);
    assert.ok(said.endsWith(`OSS_ACCESS_KEY_ID in the environment. ${stale}`), said);
  });

  it("calls no keys stale but those in the stack config", async () => {
    rig.emulator.removeAccessKey("permanent-id");
    const said = await failure(client({}, inEnvironment).getBucketEncryption("logs"));
    assert.match(said, /Check the credentials from OSS_ACCESS_KEY_ID in the environment\.$/);
  });
});
