import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as send, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { aliOss } from "../support/ali-oss";
import { inConfig } from "./identities";
import { credentialsRig } from "./rig";

const refusal =
  "<Error><Code>InvalidArgument</Code><Message>Authorization header is invalid.</Message></Error>";

describe("an OSS of one's own that knows V1 and paths only", () => {
  const rig = credentialsRig();
  let gateway: Server;
  let endpoint: string;
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    gateway = createServer((request, response) => {
      const { method, url, headers } = request;
      asked.push(`${method ?? ""} ${headers.host ?? ""}${url ?? ""}`);
      if (headers.authorization?.startsWith("OSS4-")) return response.writeHead(400).end(refusal);
      const options = { host: "127.0.0.1", port: rig.emulator.port, method, path: url, headers };
      return request.pipe(
        send(options, (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        }),
      );
    });
    await once(gateway.listen(0, "127.0.0.1"), "listening");
    endpoint = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    gateway.closeAllConnections();
    gateway.close();
  });

  const own = (entry: object, config: object = {}) =>
    rig.connect({
      config: { ...inConfig, ...config, "oss-encryption:connections": { own: { endpoint, ...entry } } },
    });
  const target = { connection: "own" };

  it("is served with signVersion and pathStyle of the connection: rules, buckets and objects", async () => {
    const oss = aliOss(rig.emulator, { bucket: "logs" });
    for (const key of ["a b", "c&d"]) await oss.put(key, Buffer.from("x"));
    const connections = own({ signVersion: "v1", pathStyle: true });
    const client = connections.client(target);
    await client.putBucketEncryption("logs", { sseAlgorithm: "KMS", kmsDataEncryption: "SM4" });
    assert.deepEqual(await client.getBucketEncryption("logs"), {
      sseAlgorithm: "KMS",
      kmsDataEncryption: "SM4",
    });
    await client.deleteBucketEncryption("logs");
    assert.equal(await client.getBucketEncryption("logs"), undefined);
    const inventory = connections.inventory(target);
    const buckets = [];
    for await (const page of inventory.listBuckets()) buckets.push(...page.map(({ bucket }) => bucket));
    assert.deepEqual(buckets, ["logs"]);
    const keys = [];
    for await (const page of inventory.listKeys("logs", 1)) keys.push(...page);
    assert.deepEqual(keys, ["a b", "c&d"]);
    assert.deepEqual(await inventory.headObject("logs", "a b"), { sseAlgorithm: "AES256" });
    const { host } = new URL(endpoint);
    assert.deepEqual(asked.slice(0, 2), [`PUT ${host}/logs/?encryption=`, `GET ${host}/logs/?encryption=`]);
    assert.equal(asked.at(-1), `HEAD ${host}/logs/a%20b`);
    assert.ok(rig.emulator.requests.slice(-10).every(({ identity }) => identity === "user/permanent"));
  });

  it("is served with the alicloud provider's key for the version, which a connection can overrule", async () => {
    const config = { "alicloud:signVersion": { oss: "v1", sls: "v4" } };
    const read = (entry: object) =>
      own({ pathStyle: true, ...entry }, config)
        .client(target)
        .getBucketEncryption("logs");
    assert.deepEqual(await read({}), { sseAlgorithm: "AES256" });
    await assert.rejects(read({ signVersion: "v4" }), /Authorization header is invalid/);
  });

  it("says which setting helps where it refuses the newer signature", async () => {
    await assert.rejects(own({ pathStyle: true }).client(target).getBucketEncryption("logs"), {
      message:
        "GetBucketEncryption of bucket logs failed: 400 InvalidArgument: Authorization header is invalid. " +
        "This OSS may know signatures of version 1 only: set signVersion: v1 on the connection, or v1 for OSS in alicloud:signVersion.",
    });
  });

  it("takes paths with the newer signature, too, where it knows that", async () => {
    const entry = { endpoint: rig.emulator.url, pathStyle: true };
    const client = own(entry).client(target);
    assert.deepEqual(await client.getBucketEncryption("logs"), { sseAlgorithm: "AES256" });
    const { hostname } = new URL(rig.emulator.url);
    assert.deepEqual(rig.emulator.requests.at(-1)?.host, hostname);
  });
});
