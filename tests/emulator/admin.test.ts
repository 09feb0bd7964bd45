import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "oss-emulator";
import { aliOss } from "../support/ali-oss";
import { send } from "./http";

describe("the admin endpoint", () => {
  let emulator: Emulator;

  beforeEach(async () => {
    emulator = await startEmulator({ buckets: [{ name: "start" }] });
  });
  afterEach(() => emulator.close());

  async function ask(method: string, path: string, content?: unknown) {
    const body = content === undefined ? "" : JSON.stringify(content);
    const { status, body: answer } = await send(emulator.url, { method, path: `/_emulator/${path}`, body });
    return status === 204 ? undefined : (JSON.parse(answer) as unknown);
  }

  it("seeds, reads, changes and removes buckets", async () => {
    await ask("PUT", "buckets/logs", { encryption: { SSEAlgorithm: "AES256" }, region: "eu-west-1" });
    await ask("PUT", "buckets/start/encryption", { SSEAlgorithm: "KMS" });
    assert.deepStrictEqual(await ask("GET", "buckets"), {
      logs: { SSEAlgorithm: "AES256" },
      start: { SSEAlgorithm: "KMS" },
    });
    await ask("DELETE", "buckets/start/encryption");
    await ask("DELETE", "buckets/logs");
    assert.deepStrictEqual(await ask("GET", "buckets"), { start: null });
  });

  it("scripts faults, counts operations and shows the log, without itself in it", async () => {
    await ask("POST", "faults", { times: "always", answer: { code: "InternalError" } });
    await assert.rejects(aliOss(emulator).getBucketEncryption("start"), { status: 500 });
    await ask("DELETE", "faults");
    assert.deepStrictEqual(await ask("GET", "counts"), { GetBucketEncryption: 1 });
    const [entry] = (await ask("GET", "requests")) as { code: string; fault: boolean }[];
    assert.deepStrictEqual([entry?.code, entry?.fault], ["InternalError", true]);
  });

  it("goes back to the start", async () => {
    await ask("PUT", "buckets/logs");
    await ask("PUT", "keys/k1", { state: "Disabled" });
    await ask("POST", "reset");
    assert.deepStrictEqual(await ask("GET", "buckets"), { start: null });
  });

  it("goes back to the accounts of the start, too", async () => {
    const { accessKeyId, accessKeySecret } = emulator.credentials;
    const added = { id: "999", accessKeyId: "added", accessKeySecret };
    emulator.addAccount(added);
    emulator.removeAccessKey(accessKeyId);
    await ask("POST", "reset");
    await aliOss(emulator).listBuckets({});
    await assert.rejects(aliOss(emulator, added).listBuckets({}), { code: "InvalidAccessKeyId" });
  });

  it("removes a rule on DELETE only", async () => {
    const rule = { SSEAlgorithm: "KMS" } as const;
    emulator.setEncryption("start", rule);
    for (const body of ["", "null"]) {
      const answer = await send(emulator.url, {
        method: "PUT",
        path: "/_emulator/buckets/start/encryption",
        body,
      });
      assert.deepStrictEqual(
        [answer.status, answer.body],
        [400, '{"error":"A rule takes an object with SSEAlgorithm, KMSMasterKeyID, KMSDataEncryption."}'],
      );
    }
    assert.throws(() => emulator.setEncryption("start", null as never), { name: "TypeError" });
    assert.deepStrictEqual(emulator.encryption("start"), rule);
  });

  it("names what it knows, and what is wrong", async () => {
    assert.match(JSON.stringify(await ask("GET", "nothing")), /Known are: POST \/_emulator\/reset,/);
    assert.deepStrictEqual(await ask("PUT", "buckets/-"), { error: '"-" is not a bucket name.' });
    assert.deepStrictEqual(await ask("POST", "faults", { operation: "Nothing" }), {
      error: 'There is no operation "Nothing".',
    });
    assert.deepStrictEqual(await ask("PUT", "keys/k1", { state: "Lost" }), {
      error: "The state of a key is one of Enabled, Disabled, PendingDeletion.",
    });
    for (const [wrong, error] of [
      ["KMS", "A rule takes an object with SSEAlgorithm, KMSMasterKeyID, KMSDataEncryption."],
      [{}, "SSEAlgorithm is required: it is one of AES256, KMS, SM4."],
      [{ SSEAlgorithm: "DES" }, "SSEAlgorithm is one of AES256, KMS, SM4."],
      [
        { SSEAlgorithm: "AES256", KMSMasterKeyID: "k" },
        "A rule takes KMSMasterKeyID and KMSDataEncryption only with SSEAlgorithm KMS.",
      ],
      [
        { SSEAlgorithm: "SM4", KMSDataEncryption: "SM4" },
        "A rule takes KMSMasterKeyID and KMSDataEncryption only with SSEAlgorithm KMS.",
      ],
      [{ SSEAlgorithm: "KMS", KMSDataEncryption: "AES256" }, "KMSDataEncryption is one of SM4."],
      [{ SSEAlgorithm: "KMS", KMSMasterKeyID: 1 }, "KMSMasterKeyID takes a text."],
      [
        { SSEAlgorithm: "KMS", kmsMasterKeyId: "k" },
        'A rule has no "kmsMasterKeyId"; there are SSEAlgorithm, KMSMasterKeyID, KMSDataEncryption.',
      ],
    ] as const) {
      assert.deepStrictEqual(await ask("PUT", "buckets/start/encryption", wrong), { error });
    }
    assert.deepStrictEqual(await ask("PUT", "buckets/logs", { acl: "mine" }), {
      error: "acl is one of private, public-read, public-read-write.",
    });
    assert.deepStrictEqual(await ask("PUT", "buckets/logs", { rule: {} }), {
      error: 'A bucket has no "rule"; there are region, account, encryption, acl.',
    });
    assert.deepStrictEqual(await ask("GET", "buckets"), { start: null });
  });

  it("answers only under its own address, also where it is a proxy", async () => {
    for (const host of [
      "evil.example.com",
      "logs.localhost",
      "127.0.0.1.evil.example.com",
      "localhost.evil.example.com",
    ]) {
      for (const request of [
        { path: "/_emulator/buckets", headers: { host } },
        { path: `http://${host}/_emulator/buckets`, headers: { host: "127.0.0.1" } },
      ]) {
        assert.match(
          (await send(emulator.url, request)).body,
          /<Code>(NonStandardHostForbidden|NoSuchBucket)</,
        );
      }
    }
  });

  it("refuses what a web page makes a browser send", async () => {
    for (const name of ["origin", "sec-fetch-site"]) {
      const request = { method: "POST", path: "/_emulator/reset", headers: { [name]: "http://example.com" } };
      const { status, body } = await send(emulator.url, request);
      assert.deepStrictEqual([status, body], [403, '{"error":"The admin endpoint is not for browsers."}']);
    }
  });
});
