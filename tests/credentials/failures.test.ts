import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { startEmulator, type Emulator, type LoggedRequest } from "oss-emulator";
import { Connections, type ConnectionsOptions } from "../../provider/src/connections";
import { Lifecycle } from "../../provider/src/lifecycle/lifecycle";

const account = "1234567890123456";
const roleArn = `acs:ram::${account}:role/encryption`;
const keys = { "alicloud:accessKey": "some-id", "alicloud:secretKey": "some-secret" };
const cli = (profile: object) =>
  JSON.stringify({ current: "work", profiles: [{ name: "work", ...profile }] });
const spelled = { access_key_id: "some-id", access_key_secret: "some-secret" };

/** What a call that must fail says. Nothing of the error holds a secret, shown or not. */
async function failure(call: Promise<unknown>): Promise<string> {
  await assert.rejects(call);
  const error = await call.catch((error: unknown) => error as Error);
  assert.doesNotMatch(
    inspect(error, { depth: Infinity, showHidden: true }),
    /(some|wrong|fresh)-secret|STS\./,
  );
  return String(error);
}

describe("credentials, when they fail", () => {
  let emulator: Emulator;
  let home: string;
  const open: Connections[] = [];
  let atRequest: (request: LoggedRequest) => void;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "failures-"));
    atRequest = () => undefined;
    emulator = await startEmulator({
      accounts: [{ id: account, accessKeyId: "some-id", accessKeySecret: "some-secret" }],
      onRequest: (request) => atRequest(request),
    });
    emulator.createBucket("logs");
  });
  afterEach(async () => {
    for (const connections of open.splice(0)) connections.close();
    await emulator.close();
    rmSync(home, { recursive: true });
  });

  function connect(config: Record<string, string>, options: ConnectionsOptions = {}): Connections {
    const endpoints = JSON.stringify([{ oss: emulator.url, sts: emulator.url }]);
    const all: Record<string, string> = {
      "alicloud:region": "cn-hangzhou",
      "alicloud:endpoints": endpoints,
      ...config,
    };
    const connections = new Connections((key) => all[key], {
      metadataEndpoint: emulator.url,
      // No pause is waited for, and jitter is at its largest.
      clock: { now: () => 0, sleep: () => Promise.resolve(), random: () => 0.999 },
      ...options,
      env: { HOME: home, ...options.env },
    });
    open.push(connections);
    return connections;
  }

  const withRole = { ...keys, "alicloud:assumeRole": JSON.stringify({ roleArn }) };
  const host = () => new URL(emulator.url).host;
  const way = "alicloud:assumeRole in the stack config, on top of alicloud:accessKey in the stack config";

  it("makes one STS call for 50 first calls at once", async () => {
    const client = connect(withRole).client({});
    await Promise.all(Array.from({ length: 50 }, () => client.getBucketEncryption("logs")));
    assert.equal(emulator.requests.filter(({ operation }) => operation === "AssumeRole").length, 1);
  });

  it("makes one STS call for all regions of a connection, and one of its own for another", async () => {
    const connections = connect({
      ...withRole,
      "oss-encryption:connections": JSON.stringify({
        other: { assumeRole: { roleArn, sessionName: "other" } },
      }),
    });
    const regions = ["cn-hangzhou", "cn-shanghai", "cn-beijing"];
    for (const region of regions) emulator.createBucket(`logs-${region}`, { region });
    await Promise.all(
      [{}, { connection: "other" }].flatMap((way) =>
        regions.map((region) => connections.client({ ...way, region }).getBucketEncryption(`logs-${region}`)),
      ),
    );
    assert.equal(emulator.counts.AssumeRole, 2);
    const identities = emulator.requests.slice(2).map(({ identity }) => identity);
    assert.deepEqual([...new Set(identities)].sort(), [
      "assumed-role/encryption/other",
      "assumed-role/encryption/pulumi-oss-encryption",
    ]);
    assert.equal(identities.length, 6);
  });

  for (const how of ["expired", "revoked"] as const) {
    it(`makes one more STS call for 50 calls whose token was ${how}`, async () => {
      const client = connect(withRole).client({});
      await client.getBucketEncryption("logs");
      emulator.endSessions(how);
      await Promise.all(Array.from({ length: 50 }, () => client.getBucketEncryption("logs")));
      assert.equal(emulator.requests.filter(({ operation }) => operation === "AssumeRole").length, 2);
    });
  }

  it("makes one more STS call for a run of 50 resources whose token expires in the middle", async () => {
    const connections = connect(withRole);
    const clock = { now: () => 0, sleep: () => Promise.resolve(), random: () => 0 };
    const lifecycle = new Lifecycle({ connections, clock, log: () => undefined });
    const buckets = Array.from({ length: 50 }, (_, n) => `bucket-${n}`);
    for (const bucket of buckets) emulator.createBucket(bucket);
    let writes = 0;
    atRequest = ({ operation }) => {
      if (operation === "PutBucketEncryption" && ++writes === 20) emulator.endSessions();
    };
    await Promise.all(buckets.map((bucket) => lifecycle.create({ bucket, sseAlgorithm: "AES256" })));
    for (const bucket of buckets) assert.deepEqual(emulator.encryption(bucket), { SSEAlgorithm: "AES256" });
    assert.equal(emulator.counts.AssumeRole, 2);
    assert.ok(emulator.requests.some(({ code }) => code === "SecurityTokenExpired"));
  });

  it("tries STS again while it is down, and then says which way failed", async () => {
    emulator.fault({
      operation: "AssumeRole",
      times: Infinity,
      answer: { status: 503, code: "ServiceUnavailable" },
    });
    const client = connect(withRole).client({});
    const said = await failure(client.getBucketEncryption("logs"));
    assert.match(
      said,
      new RegExp(
        `^CredentialsError: ${way}: ${host()} answered 503 ServiceUnavailable \\(request id [\\w-]+\\)\\.$`,
      ),
    );
    assert.equal(emulator.requests.length, 3);
  });

  it("gives up a hanging STS, and says so", async () => {
    emulator.fault({ operation: "AssumeRole", times: Infinity, connection: "hang" });
    // The real limit is 10 s a try.
    const client = connect({ ...withRole, "alicloud:clientReadTimeout": "50" }).client({});
    await assert.rejects(client.getBucketEncryption("logs"), {
      message: `${way}: no answer from ${host()}: no complete answer in time.`,
    });
  });

  it("tells a refusal of STS by code and request id only", async () => {
    const config = { ...withRole, "alicloud:secretKey": "wrong-secret" };
    const said = await failure(connect(config).client({}).getBucketEncryption("logs"));
    assert.match(said, new RegExp(`${host()} answered \\d+ [\\w.]+ \\(request id [\\w-]+\\)\\. Refresh and`));
    assert.doesNotMatch(said, /some-id|wrong-secret|Signature=/);
    assert.equal(emulator.requests.length, 1);
  });

  it("lists what it looked for where there is nothing, the metadata service included", async () => {
    const client = connect({}).client({});
    const said = await failure(client.getBucketEncryption("logs"));
    assert.match(
      said,
      /^ConfigurationError: No credentials found\. Looked for, in this order: alicloud:accessKey \+ alicloud:secretKey; .*; the RAM role of the ECS instance\.$/,
    );
  });

  it("ends within three seconds where nothing answers as metadata service", async () => {
    const asked: (string | undefined)[] = [];
    const silent = createServer((request) => asked.push(request.url));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const began = performance.now();
    const said = await failure(
      connect({}, { metadataEndpoint: `http://127.0.0.1:${port}` })
        .client({})
        .getBucketEncryption("logs"),
    );
    const seconds = (performance.now() - began) / 1000;
    silent.closeAllConnections();
    silent.close();
    assert.match(said, /^ConfigurationError: No credentials found\. .*; the RAM role of the ECS instance\.$/);
    assert.deepEqual(asked, ["/latest/api/token", "/latest/meta-data/ram/security-credentials/"]);
    assert.ok(seconds < 3, `${seconds} s`);
  });

  it("lists what it looked for where a role has nothing to stand on", async () => {
    const said = await failure(
      connect({ "alicloud:assumeRole": JSON.stringify({ roleArn }) })
        .client({})
        .getBucketEncryption("logs"),
    );
    assert.match(said, /^ConfigurationError: No credentials found\. Looked for/);
  });

  it("renews a token once for a call, however often OSS refuses the new one", async () => {
    emulator.fault({
      operation: "GetBucketEncryption",
      times: Infinity,
      answer: { code: "InvalidSecurityToken" },
    });
    const said = await failure(connect(withRole).client({}).getBucketEncryption("logs"));
    assert.match(said, /403 InvalidSecurityToken/);
    assert.equal(emulator.requests.filter(({ operation }) => operation === "AssumeRole").length, 2);
  });

  it("says that a key can't be sent, without repeating it", async () => {
    const said = await failure(
      connect({ ...keys, "alicloud:accessKey": "some-id…" })
        .client({})
        .getBucketEncryption("logs"),
    );
    assert.match(said, /the request could not be built\. Check that keys and token are copied exactly/);
    assert.doesNotMatch(said, /some-id/);
  });

  it("repeats neither keys nor a declared key id that an answer repeats", async () => {
    const message = `${"x".repeat(290)} some-id some-secret declared-key`;
    emulator.fault({ times: 2, answer: { status: 400, code: "InvalidArgument", message } });
    emulator.fault({ answer: { status: 400, code: "__proto__", message } });
    const client = connect(keys).client({});
    const put = () =>
      client.putBucketEncryption("logs", { sseAlgorithm: "KMS", kmsMasterKeyId: "declared-key" });
    emulator.fault({ answer: { code: "AccessDenied", details: { Endpoint: "some-secret.example" } } });
    for (const call of [put, () => client.deleteBucketEncryption("logs"), put, put])
      assert.doesNotMatch(await failure(call()), /some-|declared-/);
  });

  const stale =
    "Refresh and destroy use the stack config of the last up: if it has changed since, add --run-program.";
  const fresh = { OSS_ACCESS_KEY_ID: "fresh-id", OSS_ACCESS_KEY_SECRET: "fresh-secret" };
  const refusals: [title: string, env: Record<string, string>, wins: string][] = [
    ["and that it may be stale", {}, ""],
    ["and what it wins over", fresh, "They win over OSS_ACCESS_KEY_ID in the environment. "],
    [
      "and a profile that it wins over, which is there by now",
      { ALICLOUD_PROFILE: "work" },
      "They win over ALICLOUD_PROFILE in the environment (profile work of ~/.aliyun/config.json). ",
    ],
    ["and nothing of what is set up by half", { OSS_ACCESS_KEY_ID: "fresh-id" }, ""],
  ];
  for (const [title, env, wins] of refusals)
    it(`says with a refusal which way was taken, ${title}`, async () => {
      emulator.removeAccessKey("some-id");
      if (env.ALICLOUD_PROFILE) {
        mkdirSync(join(home, ".aliyun"));
        writeFileSync(join(home, ".aliyun/config.json"), cli(spelled));
      }
      const said = await failure(connect(keys, { env }).client({}).getBucketEncryption("logs"));
      assert.match(said, /403 InvalidAccessKeyId: /);
      const next = `Check the credentials from alicloud:accessKey in the stack config. ${wins}${stale}`;
      assert.equal(said.slice(-next.length), next);
      assert.doesNotMatch(said, /some-id|fresh-id|secret/);
    });

  it("says so too where STS is what refuses", async () => {
    emulator.removeAccessKey("some-id");
    const said = await failure(connect(withRole, { env: fresh }).client({}).getBucketEncryption("logs"));
    assert.match(said, /answered 404 InvalidAccessKeyId\.NotFound \(request id [\w-]+\)\. They win over/);
    assert.ok(said.endsWith(`OSS_ACCESS_KEY_ID in the environment. ${stale}`), said);
  });

  it("says so of no keys but those in the stack config", async () => {
    emulator.removeAccessKey("some-id");
    const env = { OSS_ACCESS_KEY_ID: "some-id", OSS_ACCESS_KEY_SECRET: "some-secret" };
    const said = await failure(connect({}, { env }).client({}).getBucketEncryption("logs"));
    assert.match(said, /Check the credentials from OSS_ACCESS_KEY_ID in the environment\.$/);
  });
});
