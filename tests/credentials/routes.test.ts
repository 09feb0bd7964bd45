import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { connect as connectTo, type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createAuthority } from "../../emulator/src/server/certificates";
import { askInProcess, type Question } from "../support/ask-in-process";
import { lead } from "../support/lead";
import { inEnvironment, profileFile, profiles, roleArn, temporary } from "./identities";
import { credentialsRig } from "./rig";

/** Starts a server and gives back its address. */
async function listening(server: Server | TlsServer): Promise<string> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Gives `use` a proxy that does with each tunnel asked for what `onConnect` says. */
async function withProxy(
  onConnect: (socket: Duplex) => void,
  use: (proxy: string) => Promise<void>,
): Promise<void> {
  const proxy = createServer().on("connect", (_, socket) => onConnect(socket));
  const address = await listening(proxy);
  try {
    await use(address);
  } finally {
    proxy.close();
  }
}

describe("routes to OSS", () => {
  const rig = credentialsRig({ customDomains: { "logs.example.com": "logs" } });
  let trust: { NODE_EXTRA_CA_CERTS: string };

  beforeEach(async () => {
    rig.write({ "ca.pem": await rig.emulator.certificateAuthority() });
    trust = { NODE_EXTRA_CA_CERTS: rig.fill("FILE:ca.pem") };
  });

  /** Asks three times for the rule of a bucket. */
  async function ask(env: Record<string, string>, question: Question = {}): Promise<string> {
    const settings = { HOME: rig.home, OSS_REGION: "cn-hangzhou", ...inEnvironment, ...env };
    const { lines, stderr } = await askInProcess([{ times: 3, ...question, env: settings }], env);
    assert.equal(stderr, "");
    return lines.join("\n");
  }

  const connection = (own: object): Question => ({
    config: { "oss-encryption:connections": { own } },
    target: { connection: "own" },
  });
  const withRole: Question = { config: { "alicloud:assumeRole": { roleArn } } };

  const rule = '{"sseAlgorithm":"AES256"}';

  it("leads through HTTPS_PROXY to the own host names of OSS and STS, by one tunnel to each for all calls", async () => {
    let tunnels = 0;
    const tunnel = (socket: Duplex) => {
      tunnels++;
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      lead(socket, connectTo(rig.emulator.port, "127.0.0.1"));
    };
    await withProxy(tunnel, async (proxy) => {
      const env = { HTTPS_PROXY: `http://${proxy}`, ...trust };
      assert.equal(await ask(env, withRole), rule);
    });
    assert.equal(tunnels, 2);
    const oss = "GetBucketEncryption logs.oss-cn-hangzhou.aliyuncs.com";
    assert.deepEqual(
      rig.emulator.requests.map(({ operation, host }) => `${operation ?? ""} ${host}`),
      ["AssumeRole sts.cn-hangzhou.aliyuncs.com", oss, oss, oss],
    );
  });

  it("leads past every proxy to this machine's own addresses, STS among them", async () => {
    const env = {
      HTTP_PROXY: "http://127.0.0.1:1",
      OSS_ENDPOINT: rig.emulator.url,
      STS_ENDPOINT: rig.emulator.url,
    };
    assert.equal(await ask(env, withRole), rule);
    assert.deepEqual(rig.emulator.counts, { AssumeRole: 1, GetBucketEncryption: 3 });
  });

  it("shows no proxy the keys that a service nearby hands out", async () => {
    const {
      accessKeyId: AccessKeyId,
      accessKeySecret: AccessKeySecret,
      securityToken: SecurityToken,
    } = temporary;
    const keys = { AccessKeyId, AccessKeySecret, SecurityToken, Expiration: "2100-01-01T00:00:00Z" };
    const service = createServer((_, response) => response.end(JSON.stringify(keys)));
    const config = { "alicloud:credentialsUri": `http://${await listening(service)}/keys` };
    const env = { HTTP_PROXY: rig.emulator.url, OSS_ENDPOINT: "http://oss-cn-hangzhou.aliyuncs.com" };
    assert.equal(await ask(env, { config }), rule);
    service.close();
    assert.deepEqual(
      rig.emulator.requests.map(({ identity }) => identity),
      ["user/temporary", "user/temporary", "user/temporary"],
    );
  });

  it("stays silent where DEBUG makes libraries print what they send", async () => {
    const env = { DEBUG: "*", OSS_ENDPOINT: rig.emulator.url, STS_ENDPOINT: rig.emulator.url };
    assert.equal(await ask(env, withRole), rule);
  });

  it("takes an IP address with https", async () => {
    assert.equal(await ask({ OSS_ENDPOINT: rig.emulator.httpsUrl, ...trust }), rule);
  });

  it("leads to a custom domain", async () => {
    const own = connection({ endpoint: "http://logs.example.com", cname: true });
    assert.equal(await ask({ HTTP_PROXY: rig.emulator.url }, own), rule);
  });

  it("ends at a custom domain where the region is wrong, which only the signature shows", async () => {
    const own = connection({ endpoint: "http://logs.example.com", cname: true });
    assert.match(
      await ask({ HTTP_PROXY: rig.emulator.url, OSS_REGION: "cn-beijing" }, own),
      /400 InvalidArgument: .*The bucket is in another region than the one set: correct region on its resource or connection\.$/,
    );
  });

  it("leads to a CloudBox, whose id the signature names", async () => {
    const signed: (string | undefined)[] = [];
    const box = createServer((request, response) => {
      signed.push(request.headers.host, request.headers.authorization);
      response.writeHead(501).end();
    });
    const endpoint = "http://cb-1.cn-hangzhou.oss-cloudbox.aliyuncs.com";
    await ask({ HTTP_PROXY: `http://${await listening(box)}` }, connection({ endpoint, cloudBoxId: "cb-1" }));
    box.close();
    assert.equal(signed[0], "logs.cb-1.cn-hangzhou.oss-cloudbox.aliyuncs.com");
    assert.match(signed[1] ?? "", /Credential=permanent-id\/\d{8}\/cb-1\/oss-cloudbox\/aliyun_v4_request,/);
  });

  it("stops at a certificate nobody vouches for, at the first try", async () => {
    const host = new URL(rig.emulator.httpsUrl).host;
    assert.equal(
      await ask({ OSS_ENDPOINT: rig.emulator.httpsUrl }),
      `GetBucketEncryption of bucket logs failed: no answer from ${host}: UNABLE_TO_VERIFY_LEAF_SIGNATURE. ` +
        "Set NODE_EXTRA_CA_CERTS if its certificate is signed by an authority of your own.",
    );
  });

  it("stops at a certificate for another host, and says so", async () => {
    const { certificate, pairFor } = await createAuthority();
    rig.write({ "other.pem": certificate });
    const server = createTlsServer(await pairFor("other.example"));
    const host = await listening(server);
    const env = { NODE_EXTRA_CA_CERTS: rig.fill("FILE:other.pem"), OSS_ENDPOINT: `https://${host}` };
    assert.equal(
      await ask(env),
      `GetBucketEncryption of bucket logs failed: no answer from ${host}: ERR_TLS_CERT_ALTNAME_INVALID. ` +
        "The certificate is for another host: check the endpoint, and that nothing answers in its place.",
    );
    server.close();
  });

  it("follows a bucket to its region once, and says which setting saves the detour", async () => {
    rig.emulator.createBucket("far", { region: "cn-shanghai", encryption: { SSEAlgorithm: "SM4" } });
    const lines: string[] = [];
    const client = rig.connect({ env: inEnvironment }, { log: (line) => lines.push(line) }).client({});
    for (let calls = 1; calls <= 2; calls++) {
      assert.deepEqual(await client.getBucketEncryption("far"), { sseAlgorithm: "SM4" });
    }
    assert.deepEqual(
      rig.emulator.requests.map(({ status }) => status),
      [403, 200, 200],
    );
    assert.deepEqual(lines, [
      `bucket far: OSS serves it in cn-shanghai, not cn-hangzhou; region: "cn-shanghai" on its resource or connection saves the detour`,
    ]);
  });

  it("takes no credentials to a host that an answer made up", async () => {
    rig.emulator.fault({
      times: Infinity,
      answer: { status: 403, code: "AccessDenied", details: { Endpoint: "oss-cn-hangzhou.evil.example" } },
    });
    const client = rig.connect({ env: inEnvironment }).client({});
    await assert.rejects(client.getBucketEncryption("logs"), {
      message:
        /The bucket is served by oss-cn-hangzhou\.evil\.example: set the resource's or the connection's region or endpoint accordingly\.$/,
    });
    assert.equal(rig.emulator.requests.length, 1);
  });

  it("keeps two accounts apart that are used at the same time", async () => {
    const other = { accessKeyId: "other-id", accessKeySecret: "other-secret" };
    rig.emulator.addAccount({ id: "2222222222222222", ...other, name: "user/other" });
    const buckets = Array.from({ length: 20 }, (_, n) => `other-${n}`);
    for (const bucket of buckets) {
      rig.emulator.createBucket(bucket, {
        account: "2222222222222222",
        encryption: { SSEAlgorithm: "SM4" },
      });
    }
    const profile = { access_key_id: other.accessKeyId, access_key_secret: other.accessKeySecret };
    const connections = rig.connect({
      env: inEnvironment,
      config: { "oss-encryption:connections": { other: { profile: "other" } } },
      files: { [profileFile]: profiles({ name: "other", mode: "AK", ...profile }) },
    });
    await Promise.all(
      buckets.map(async (bucket) => {
        const [own, others] = [connections.client({}), connections.client({ connection: "other" })];
        assert.deepEqual(await own.getBucketEncryption("logs"), { sseAlgorithm: "AES256" });
        assert.deepEqual(await others.getBucketEncryption(bucket), { sseAlgorithm: "SM4" });
      }),
    );
    for (const { bucket, identity } of rig.emulator.requests) {
      assert.equal(identity, bucket === "logs" ? "user/permanent" : "user/other");
    }
  });
});
