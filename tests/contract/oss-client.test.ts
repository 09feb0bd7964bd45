import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "oss-emulator";
import { Connections } from "../../provider/src/connections";
import { OssCallError } from "../../provider/src/errors";
import type { OssClient } from "../../provider/src/oss/client";
import { normalRule, type EncryptionRule } from "../../provider/src/rule/rule";
import { accessTo } from "../../tools/emulator-access";
import { startProvider, type ProviderProcess } from "../support/provider-process";
import { skip } from "../support/skip";
import { providerText } from "../support/verbs";
import { eventually, ruleContract, type RuleOperations } from "./rule-contract";

const bucket = "contract-bucket";

const overClient = (client: OssClient): RuleOperations => ({
  get: (bucket) => client.getBucketEncryption(bucket),
  put: (bucket, rule) => client.putBucketEncryption(bucket, rule),
  delete: (bucket) => client.deleteBucketEncryption(bucket),
});

/** Through the provider's process, whose environment can name a proxy and a certificate authority. */
const overProcess = (provider: ProviderProcess): RuleOperations => ({
  get: async (bucket) => {
    const { id, props } = await provider.read(bucket, { sseAlgorithm: "any", __provider: providerText });
    if (!id) return undefined;
    assert.deepStrictEqual([id, props.bucket], [bucket, bucket]);
    return normalRule(props as unknown as EncryptionRule);
  },
  put: async (bucket, rule) => {
    const olds = { bucket, sseAlgorithm: "unlike any" };
    await provider.update(bucket, olds, { bucket, ...rule, __provider: providerText });
  },
  // It takes back the rule that its state has, which a refresh has brought there.
  delete: async (bucket) => {
    const state = { bucket, sseAlgorithm: "any", __provider: providerText };
    const { id, props } = await provider.read(bucket, state);
    await provider.delete(bucket, id ? props : state);
  },
});

describe("OssClient, against the emulator", () => {
  let emulator: Emulator;
  let connections: Connections;
  let client: OssClient;
  before(async () => {
    emulator = await startEmulator();
    emulator.createBucket(bucket);
    connections = new Connections(() => undefined, { env: accessTo(emulator) });
    client = connections.client({});
  });
  after(async () => {
    connections.close();
    await emulator.close();
  });

  ruleContract(() => overClient(client), bucket);

  it("signs with V4", async () => {
    const authorization: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      authorization.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const OSS_ENDPOINT = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const other = new Connections(() => undefined, { env: { ...accessTo(emulator), OSS_ENDPOINT } });
    await assert.rejects(other.client({}).getBucketEncryption(bucket), OssCallError);
    assert.match(
      authorization.join(),
      /^OSS4-HMAC-SHA256 Credential=emulator-access-key-id\/\d+\/cn-hangzhou\/oss\//,
    );
    other.close();
    server.close();
  });

  for (const kmsMasterKeyId of [`<&>"'`, "]]>", "&amp;", "é中文😀", "alias/a_b", "a".repeat(1000)]) {
    it(`brings back the key id ${kmsMasterKeyId.slice(0, 20)} unharmed`, async () => {
      const rule = { sseAlgorithm: "KMS", kmsMasterKeyId };
      await client.putBucketEncryption(bucket, rule);
      assert.deepStrictEqual(await client.getBucketEncryption(bucket), rule);
      assert.equal(emulator.encryption(bucket)?.KMSMasterKeyID, kmsMasterKeyId);
    });
  }

  it("says of a bucket that isn't there that it isn't there, for each operation", async () => {
    for (const call of [
      () => client.getBucketEncryption("contract-none"),
      () => client.putBucketEncryption("contract-none", { sseAlgorithm: "AES256" }),
      () => client.deleteBucketEncryption("contract-none"),
    ]) {
      await assert.rejects(call(), (error: OssCallError) => {
        const { operation, ...failure } = error.failure;
        assert.match(operation, /BucketEncryption$/);
        const { requestId, ...rest } = failure;
        assert.match(requestId ?? "", /^[0-9A-F]{24}$/);
        const expected = { bucket: "contract-none", attempts: 1, status: 404, code: "NoSuchBucket" };
        assert.deepStrictEqual(rest, { ...expected, ec: "0015-00000101" });
        return true;
      });
    }
  });
});

const hosts = "oss-cn-hangzhou.aliyuncs.com";
const ways: [title: string, environment: (emulator: Emulator) => Record<string, string>][] = [
  ["an https endpoint with an IP address", ({ httpsUrl }) => ({ OSS_ENDPOINT: httpsUrl })],
  ["OSS's own host names, http", ({ url }) => ({ OSS_ENDPOINT: `http://${hosts}`, HTTP_PROXY: url })],
  ["OSS's own host names, https", ({ url }) => ({ OSS_ENDPOINT: hosts, HTTPS_PROXY: url })],
];
for (const [title, environment] of ways) {
  describe(`the provider's process, by ${title}`, () => {
    let emulator: Emulator;
    let provider: ProviderProcess;
    let folder: string;
    before(async () => {
      emulator = await startEmulator();
      emulator.createBucket(bucket);
      folder = await mkdtemp(join(tmpdir(), "contract-"));
      const trusted = join(folder, "ca.pem");
      await writeFile(trusted, await emulator.certificateAuthority());
      const env = { ...accessTo(emulator), NODE_EXTRA_CA_CERTS: trusted, ...environment(emulator) };
      provider = await startProvider({ env });
    });
    after(async () => {
      await provider.stop();
      await emulator.close();
      await rm(folder, { recursive: true });
    });

    ruleContract(() => overProcess(provider), bucket);
  });
}

describe("OssClient, against real OSS", () => {
  const real = process.env.OSS_CONTRACT_BUCKET ?? "";
  const connections = new Connections(() => undefined);
  let earlier: { rule: EncryptionRule | undefined } | undefined;
  before(async function () {
    if (!real) skip(this, "set OSS_CONTRACT_BUCKET, and credentials and region as for the provider");
    earlier = { rule: await connections.client({}).getBucketEncryption(real) };
  });
  after(async () => {
    if (!earlier) return;
    const { rule } = earlier;
    const client = connections.client({});
    await (rule ? client.putBucketEncryption(real, rule) : client.deleteBucketEncryption(real));
    connections.close();
  });

  ruleContract(() => overClient(connections.client({})), real, eventually);
});
