import assert from "node:assert/strict";
import { PolicyHost } from "./policy-host";
import { bucket, encryption, native, peer, unknown, type WireResource } from "./wire";

const AES256 = { sseAlgorithm: "AES256" };

const clash = (name: string, pair: string) =>
  `declared-once ${name} mandatory: Keep only one of ${pair}: they declare the default encryption of the same bucket, and each undoes the other's.`;
const undecided = (name: string, pair: string) =>
  `declared-once ${name} advisory: The update will check this: whether ${pair} declare the rule of the same bucket depends on names that are not known yet.`;

describe("policy oss-bucket-encryption-declared-once", () => {
  let host: PolicyHost;
  const judge = async (...resources: WireResource[]) =>
    (await host.judge(resources)).filter((line) => line.startsWith("declared-once "));

  before(async () => {
    host = await PolicyHost.start();
  });
  after(() => host[Symbol.asyncDispose]());

  const one = encryption("one", { bucket: "logs-prod", ...AES256 });
  const inline = bucket("logs", { bucket: "logs-prod", serverSideEncryptionRule: AES256 });

  it("accepts one declaration for each bucket", async () => {
    const two = peer("two", { bucket: "data-prod", ...AES256 });
    assert.deepEqual(await judge(one, two, bucket("logs", { bucket: "logs-prod" })), []);
  });

  it("reports two resources for one bucket, in the stack or not", async () => {
    const two = peer("two", { bucket: "logs-prod", ...AES256 });
    const expected = clash("one", 'BucketEncryption "one" and BucketServerSideEncryption "two"');
    assert.deepEqual(await judge(one, two), [expected]);
    assert.deepEqual(await judge(one, two, bucket("logs", { bucket: "logs-prod" })), [expected]);
  });

  it("reports our resource beside the same one behind the plugin", async () => {
    const two = native("two", { bucket: "logs-prod", ...AES256 });
    const expected = clash("one", 'BucketEncryption "one" and BucketEncryption "two"');
    assert.deepEqual(await judge(one, two), [expected]);
  });

  it("reports an inline rule beside a resource, unless the bucket ignores changes of it", async () => {
    const expected = clash("one", 'BucketEncryption "one" and serverSideEncryptionRule of Bucket "logs"');
    assert.deepEqual(await judge(inline, one), [expected]);
    assert.deepEqual(await judge({ ...inline, ignoreChanges: ["serverSideEncryptionRule"] }, one), []);
    for (const path of [
      "tags",
      "*",
      '["serverSideEncryptionRule"]',
      "serverSideEncryptionRule.sseAlgorithm",
    ]) {
      assert.deepEqual(await judge({ ...inline, ignoreChanges: [path] }, one), [expected]);
    }
  });

  it("waits where a name that comes from a declared bucket may be derived from that bucket's", async () => {
    const auto = bucket("auto", { serverSideEncryptionRule: AES256 });
    const enc = encryption("enc", { bucket: unknown, ...AES256 }, { bucketFrom: [auto] });
    assert.deepEqual(await judge(auto, enc), [
      undecided("enc", 'BucketEncryption "enc" and serverSideEncryptionRule of Bucket "auto"'),
    ]);
    const logs = bucket("logs", { bucket: "logs-prod" });
    assert.deepEqual(await judge(logs, one, { ...enc, bucketFrom: [logs] }), [
      undecided("enc", 'BucketEncryption "enc" and BucketEncryption "one"'),
    ]);
  });

  it("waits where names that come from one bucket may be the same or not", async () => {
    const auto = bucket("auto", {});
    const first = encryption("first", { bucket: unknown, ...AES256 }, { bucketFrom: [auto] });
    assert.deepEqual(await judge(auto, first, { ...first, name: "second" }), [
      undecided("second", 'BucketEncryption "second" and BucketEncryption "first"'),
    ]);
  });

  it("says once, of the unknown name, that it may be one of many known ones", async () => {
    const open = encryption("open", { bucket: unknown, ...AES256 });
    const two = encryption("two", { bucket: "data-prod", ...AES256 });
    assert.deepEqual(await judge(open, one, two), [
      undecided("open", 'BucketEncryption "open" and BucketEncryption "one"'),
    ]);
  });

  it("sees no clash between names that come from different buckets", async () => {
    const [a, b] = [bucket("a", {}), bucket("b", {})];
    const first = encryption("first", { bucket: unknown, ...AES256 }, { bucketFrom: [a] });
    const second = encryption("second", { bucket: unknown, ...AES256 }, { bucketFrom: [b] });
    assert.deepEqual(await judge(a, b, first, second, one), []);
  });

  it("does not count a declaration that is only read", async () => {
    const read = encryption("read", {}, { outputs: { bucket: "logs-prod", ...AES256 }, registered: false });
    assert.deepEqual(await judge(one, read), []);
  });
});
