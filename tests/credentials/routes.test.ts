import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect as connectTo, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { startEmulator, type Emulator } from "oss-emulator";
import { Connections } from "../../provider/src/connections";
import { asked, type Question } from "../support/asked";

/** Gives `use` a proxy that does with each tunnel asked for what `onConnect` says. */
async function withProxy(
  onConnect: (socket: Duplex) => void,
  use: (proxy: string) => Promise<void>,
): Promise<void> {
  const proxy = createServer().on("connect", (_, socket) => onConnect(socket));
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    await use(`127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  } finally {
    proxy.close();
  }
}

describe("routes to OSS", () => {
  let emulator: Emulator;
  let folder: string;
  let ca: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "routes-"));
    emulator = await startEmulator({
      customDomains: { "logs.example.com": "logs" },
      accounts: [
        {
          id: "1111111111111111",
          accessKeyId: "first-id",
          accessKeySecret: "first-secret",
          name: "user/first",
        },
        {
          id: "2222222222222222",
          accessKeyId: "second-id",
          accessKeySecret: "second-secret",
          name: "user/second",
        },
        {
          id: "1111111111111111",
          accessKeyId: "third-id",
          accessKeySecret: "third-secret",
          securityToken: "third-token",
          name: "user/third",
        },
      ],
    });
    emulator.createBucket("logs", { encryption: { SSEAlgorithm: "AES256" } });
    ca = join(folder, "ca.pem");
    writeFileSync(ca, await emulator.certificateAuthority());
  });
  afterEach(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true });
  });

  const credentials = { OSS_ACCESS_KEY_ID: "first-id", OSS_ACCESS_KEY_SECRET: "first-secret" };

  /** Asks three times for the rule of a bucket. */
  async function ask(env: Record<string, string>, question: Question = {}): Promise<string> {
    const settings = { HOME: folder, OSS_REGION: "cn-hangzhou", ...credentials, ...env };
    const { lines, stderr } = await asked([{ times: 3, ...question, env: settings }], env);
    assert.equal(stderr, "");
    return lines.join("\n");
  }

  const connection = (entry: object): Question => ({
    config: { "oss-encryption:connections": JSON.stringify({ own: entry }) },
    target: { connection: "own" },
  });
  const withRole: Question = {
    config: { "alicloud:assumeRole": `{"roleArn":"acs:ram::1111111111111111:role/encryption"}` },
  };

  const rule = '{"sseAlgorithm":"AES256"}';

  it("leads through HTTPS_PROXY to the own host names of OSS and STS, by one tunnel to each for all calls", async () => {
    let tunnels = 0;
    const tunnel = (socket: Duplex) => {
      tunnels++;
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      const oss = connectTo(emulator.port, "127.0.0.1");
      socket.pipe(oss).pipe(socket);
    };
    await withProxy(tunnel, async (proxy) => {
      const env = { HTTPS_PROXY: `http://${proxy}`, NODE_EXTRA_CA_CERTS: ca };
      assert.equal(await ask(env, withRole), rule);
    });
    assert.equal(tunnels, 2);
    const oss = "GetBucketEncryption logs.oss-cn-hangzhou.aliyuncs.com";
    assert.deepEqual(
      emulator.requests.map(({ operation, host }) => `${operation ?? ""} ${host}`),
      ["AssumeRole sts.cn-hangzhou.aliyuncs.com", oss, oss, oss],
    );
  });

  it("leads through HTTP_PROXY where http is written out", async () => {
    assert.equal(
      await ask({ HTTP_PROXY: emulator.url, OSS_ENDPOINT: "http://oss-cn-hangzhou.aliyuncs.com" }),
      rule,
    );
  });

  it("leads past a proxy for the hosts in NO_PROXY, STS among them", async () => {
    const proxy = { HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "127.0.0.1" };
    const env = { ...proxy, OSS_ENDPOINT: emulator.url, STS_ENDPOINT: emulator.url };
    assert.equal(await ask(env, withRole), rule);
    assert.equal(emulator.requests[0]?.operation, "AssumeRole");
  });

  it("shows no proxy the keys that a service nearby hands out", async () => {
    const keys = {
      ...{ AccessKeyId: "third-id", AccessKeySecret: "third-secret", SecurityToken: "third-token" },
      Expiration: "2100-01-01T00:00:00Z",
    };
    const service = createServer((_, response) => response.end(JSON.stringify(keys)));
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    const { port } = service.address() as AddressInfo;
    const config = { "alicloud:credentialsUri": `http://127.0.0.1:${port}/keys` };
    const env = { HTTP_PROXY: emulator.url, OSS_ENDPOINT: "http://oss-cn-hangzhou.aliyuncs.com" };
    assert.equal(await ask(env, { config }), rule);
    service.close();
    assert.deepEqual(
      emulator.requests.map(({ identity }) => identity),
      ["user/third", "user/third", "user/third"],
    );
  });

  it("stays silent where DEBUG makes libraries print what they send", async () => {
    const env = { DEBUG: "*", OSS_ENDPOINT: emulator.url, STS_ENDPOINT: emulator.url };
    assert.equal(await ask(env, withRole), rule);
  });

  it("takes an IP address with https", async () => {
    assert.equal(await ask({ OSS_ENDPOINT: emulator.httpsUrl, NODE_EXTRA_CA_CERTS: ca }), rule);
  });

  it("leads to a custom domain", async () => {
    const own = connection({ endpoint: "http://logs.example.com", cname: true });
    assert.equal(await ask({ HTTP_PROXY: emulator.url }, own), rule);
  });

  it("ends at a custom domain where the region is wrong, which only the signature shows", async () => {
    const own = connection({ endpoint: "http://logs.example.com", cname: true });
    assert.match(
      await ask({ HTTP_PROXY: emulator.url, OSS_REGION: "cn-beijing" }, own),
      /400 InvalidArgument: .*The bucket is in another region than the one set: correct region on its resource or connection\.$/,
    );
  });

  it("leads to a CloudBox, whose id the signature names", async () => {
    const signed: (string | undefined)[] = [];
    const box = createServer((request, response) => {
      signed.push(request.headers.host, request.headers.authorization);
      response.writeHead(501).end();
    });
    await new Promise<void>((resolve) => box.listen(0, "127.0.0.1", resolve));
    const { port } = box.address() as AddressInfo;
    const endpoint = "http://cb-1.cn-hangzhou.oss-cloudbox.aliyuncs.com";
    await ask({ HTTP_PROXY: `http://127.0.0.1:${port}` }, connection({ endpoint, cloudBoxId: "cb-1" }));
    box.close();
    assert.equal(signed[0], "logs.cb-1.cn-hangzhou.oss-cloudbox.aliyuncs.com");
    assert.match(signed[1] ?? "", /Credential=first-id\/\d{8}\/cb-1\/oss-cloudbox\/aliyun_v4_request,/);
  });

  it("stops at a certificate nobody vouches for, at the first try", async () => {
    const host = new URL(emulator.httpsUrl).host;
    assert.equal(
      await ask({ OSS_ENDPOINT: emulator.httpsUrl }),
      `GetBucketEncryption of bucket logs failed: no answer from ${host}: UNABLE_TO_VERIFY_LEAF_SIGNATURE. ` +
        "Set NODE_EXTRA_CA_CERTS if its certificate is signed by an authority of your own.",
    );
  });

  it("names a proxy that refuses, not its password", async () => {
    const refuse = (socket: Duplex) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    await withProxy(refuse, async (proxy) => {
      assert.equal(
        await ask({ HTTPS_PROXY: `http://me:proxy-password@${proxy}` }),
        "GetBucketEncryption of bucket logs failed: no answer from oss-cn-hangzhou.aliyuncs.com: the proxy refused to connect. " +
          "Check HTTPS_PROXY, and what the proxy allows.",
      );
    });
  });

  function connect(
    config: Record<string, string>,
    log: (line: string) => void = () => undefined,
  ): Connections {
    const all: Record<string, string> = {
      "alicloud:region": "cn-hangzhou",
      "alicloud:endpoints": JSON.stringify([{ oss: emulator.url }]),
      ...config,
    };
    return new Connections((key) => all[key], { env: credentials, log });
  }

  it("follow a bucket to its region once, and say which setting saves the detour", async () => {
    emulator.createBucket("far", { region: "cn-shanghai", encryption: { SSEAlgorithm: "SM4" } });
    const lines: string[] = [];
    const connections = connect({}, (line) => lines.push(line));
    const client = connections.client({});
    for (let calls = 1; calls <= 2; calls++)
      assert.deepEqual(await client.getBucketEncryption("far"), { sseAlgorithm: "SM4" });
    assert.deepEqual(
      emulator.requests.map(({ status }) => status),
      [403, 200, 200],
    );
    assert.deepEqual(lines, [
      `bucket far: OSS serves it in cn-shanghai, not cn-hangzhou; region: "cn-shanghai" on its resource or connection saves the detour`,
    ]);
    connections.close();
  });

  it("take no credentials to a host that an answer made up", async () => {
    emulator.fault({
      times: Infinity,
      answer: { status: 403, code: "AccessDenied", details: { Endpoint: "oss-cn-hangzhou.evil.example" } },
    });
    const connections = connect({});
    await assert.rejects(connections.client({}).getBucketEncryption("logs"), {
      message:
        /The bucket is served by oss-cn-hangzhou\.evil\.example: set the resource's or the connection's region or endpoint accordingly\.$/,
    });
    assert.equal(emulator.requests.length, 1);
    connections.close();
  });

  it("keep two accounts apart that are used at the same time", async () => {
    for (let n = 1; n <= 20; n++)
      emulator.createBucket(`second-${n}`, {
        account: "2222222222222222",
        encryption: { SSEAlgorithm: "SM4" },
      });
    writeFileSync(
      join(folder, "config.json"),
      JSON.stringify({
        profiles: [
          { name: "second", mode: "AK", access_key_id: "second-id", access_key_secret: "second-secret" },
        ],
      }),
    );
    const connections = connect({
      "oss-encryption:connections": JSON.stringify({
        second: { profile: "second", sharedCredentialsFile: join(folder, "config.json") },
      }),
    });
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        assert.deepEqual(await connections.client({}).getBucketEncryption("logs"), {
          sseAlgorithm: "AES256",
        });
        assert.deepEqual(
          await connections.client({ connection: "second" }).getBucketEncryption(`second-${n + 1}`),
          { sseAlgorithm: "SM4" },
        );
      }),
    );
    for (const { bucket, identity } of emulator.requests) {
      assert.equal(identity, bucket === "logs" ? "user/first" : "user/second");
    }
    connections.close();
  });
});
