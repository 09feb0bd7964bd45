import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { startEmulator } from "oss-emulator";
import { Connections } from "../../provider/src/connections";
import type { Target } from "../../provider/src/settings/settings";
import { engineConfig } from "../support/engine-config";
import { account, inConfig, permanent, roleArn } from "./identities";
import { credentialsRig } from "./rig";

const hour = 3_600_000;

describe("a clock that is off", () => {
  let serverTime = Date.now;
  const rig = credentialsRig({ clock: () => serverTime(), ecsRole: "web" });
  beforeEach(() => (serverTime = Date.now));

  const codes = () => rig.emulator.requests.map(({ code = "" }) => code);

  it("is put right by what OSS answers, and again whenever it changes", async () => {
    let machineAheadMs = 3 * hour;
    const time = () => Date.now() + machineAheadMs;
    const client = rig.connect({ config: inConfig }, { time }).client({});
    for (let calls = 1; calls <= 2; calls++) await client.getBucketEncryption("logs");
    assert.deepEqual(codes(), ["RequestTimeTooSkewed", "", ""]);

    rig.emulator.clearRequests();
    machineAheadMs = -2 * hour;
    for (let calls = 1; calls <= 2; calls++) await client.getBucketEncryption("logs");
    assert.deepEqual(codes(), ["RequestTimeTooSkewed", "", ""]);
  });

  it("is put right once for calls at the same time", async () => {
    const client = rig.connect({ config: inConfig }, { time: () => Date.now() - 3 * hour }).client({});
    await client.getBucketEncryption("logs");
    serverTime = () => Date.now() + hour;
    await Promise.all(Array.from({ length: 10 }, () => client.getBucketEncryption("logs")));
    assert.ok(
      codes()
        .filter(Boolean)
        .every((code) => code === "RequestTimeTooSkewed"),
    );
    assert.equal(codes().filter((code) => code === "").length, 11);
  });

  it("is put right for each cloud: one that is an hour off doesn't disturb another", async () => {
    const far = await startEmulator({
      clock: () => Date.now() + hour,
      accounts: [{ id: account, ...permanent }],
    });
    try {
      far.createBucket("logs");
      const own = { endpoint: far.url };
      const connections = rig.connect({ config: { ...inConfig, "oss-encryption:connections": { own } } });
      for (let calls = 1; calls <= 2; calls++) {
        await connections.client({}).getBucketEncryption("logs");
        await connections.client({ connection: "own" }).getBucketEncryption("logs");
      }
      assert.deepEqual(codes(), ["", ""]);
      assert.deepEqual(
        far.requests.map(({ code = "" }) => code),
        ["RequestTimeTooSkewed", "NoSuchServerSideEncryptionRule", "NoSuchServerSideEncryptionRule"],
      );
    } finally {
      await far.close();
    }
  });

  it("is one for all regions and networks of a cloud, and another for a host of one's own", () => {
    class Opened extends Connections {
      clockOf(target: Target) {
        return this.accessTo(target).serverClock;
      }
    }
    const config = engineConfig({
      ...inConfig,
      "alicloud:region": "cn-hangzhou",
      "oss-encryption:connections": {
        inside: { internal: true },
        stack: { endpoint: "https://oss.corp.example" },
        bound: { endpoint: "https://logs.example.com", cname: true },
        other: { endpoint: "https://archive.example.com", cname: true },
      },
    });
    const connections = new Opened((key) => config[key], { env: {} });
    const own = connections.clockOf({});
    assert.equal(connections.clockOf({ region: "cn-beijing" }), own);
    assert.equal(connections.clockOf({ connection: "inside" }), own);
    const others = ["stack", "bound", "other"].map((connection) => connections.clockOf({ connection }));
    assert.equal(new Set([own, ...others]).size, 4);
  });

  it("follows the time in OSS's error, not the Date header of something between", async () => {
    const signedAt: string[] = [];
    const noon = Date.parse("2030-01-01T12:00:00Z");
    const server = createServer((request, response) => {
      signedAt.push(String(request.headers["x-oss-date"]));
      const times = `<ServerTime>${new Date(noon).toISOString()}</ServerTime>`;
      response.writeHead(403, { date: new Date(noon + 9 * hour).toUTCString() });
      response.end(`<Error><Code>RequestTimeTooSkewed</Code>${signedAt.length === 1 ? times : ""}</Error>`);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const oss = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = { ...inConfig, "alicloud:endpoints": [{ oss }] };
    const call = rig.connect({ config }).client({}).getBucketEncryption("logs");
    await assert.rejects(
      call,
      /403 RequestTimeTooSkewed .*Set this machine's clock: OSS allows 15 minutes\.$/,
    );
    server.close();
    // The second error has no time of its own, so its header counts; with the third nothing is new.
    assert.deepEqual(
      signedAt.slice(1).map((time) => time.slice(0, 11)),
      ["20300101T12", "20300101T21"],
    );
  });

  it("is put right where OSS says no more than that the signature is of another day", async () => {
    const signedAt: string[] = [];
    const server = createServer((request, response) => {
      signedAt.push(String(request.headers["x-oss-date"]).slice(0, 8));
      response.writeHead(400, { date: "Tue, 01 Jan 2030 12:00:00 GMT" });
      response.end("<Error><Code>InvalidArgument</Code><EC>0002-00000212</EC></Error>");
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const oss = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = { ...inConfig, "alicloud:endpoints": [{ oss }] };
    const time = () => Date.parse("2030-01-02T12:00:00Z");
    const call = rig.connect({ config }, { time }).client({}).getBucketEncryption("logs");
    try {
      await assert.rejects(call, /400 InvalidArgument .*Set this machine's clock: OSS allows 15 minutes\.$/);
    } finally {
      server.close();
    }
    assert.deepEqual(signedAt, ["20300102", "20300101"]);
  });

  for (const [title, machineAheadMs] of [
    ["ahead", 3 * hour],
    ["behind", -3 * hour],
  ] as const) {
    it(`that is hours ${title} is put right by STS, and the credentials are fetched once`, async () => {
      const config = { ...inConfig, "alicloud:assumeRole": { roleArn } };
      const time = () => Date.now() + machineAheadMs;
      const client = rig.connect({ config }, { time }).client({});
      for (let calls = 1; calls <= 3; calls++) await client.getBucketEncryption("logs");
      assert.deepEqual(codes(), ["InvalidTimeStamp.Expired", "", "", "", ""]);
      assert.equal(rig.emulator.counts.AssumeRole, 2);
    });
  }

  for (const [operation, config] of [
    ["GetEcsRoleCredentials", { "alicloud:ecsRoleName": "web" }],
    ["GetCredentialsUri", { "alicloud:credentialsUri": "URI" }],
  ] as const) {
    it(`does not fetch anew for each call what ${operation} gave and it takes for ended`, async () => {
      await rig.start({ tokenLifetime: 30 * 60_000 });
      const client = rig.connect({ config }, { time: () => Date.now() + 2 * hour }).client({});
      for (let calls = 1; calls <= 3; calls++) await client.getBucketEncryption("logs");
      assert.equal(rig.emulator.counts[operation], 1);
    });
  }

  it("is put right by STS and KMS for what only looks, too", async () => {
    const connections = () =>
      rig.connect(
        {
          config: {
            ...inConfig,
            "alicloud:endpoints": [{ oss: rig.emulator.url, sts: rig.emulator.url, kms: rig.emulator.url }],
          },
        },
        { time: () => Date.now() + 3 * hour },
      );
    rig.emulator.setKey("some-key", "Enabled");
    assert.equal((await connections().identity({})).arn, "acs:ram::1234567890123456:user/permanent");
    assert.equal(await connections().kms({}).keyState("some-key"), "Enabled");
    assert.deepEqual(codes(), ["InvalidTimeStamp.Expired", "", "InvalidTimeStamp.Expired", ""]);
  });
});
