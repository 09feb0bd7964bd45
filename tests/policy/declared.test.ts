import assert from "node:assert/strict";
import { PolicyHost } from "./policy-host";
import { bucket, encryption, native, other, peer, unknown, type WireResource } from "./wire";

const AES256 = { sseAlgorithm: "AES256" };

const missing = (name: string) =>
  `declared ${name} mandatory: Declare a BucketEncryption whose bucket is Bucket "${name}": nothing in this stack gives that bucket default encryption.`;
const undecided = (name: string, others = 0) =>
  `declared ${name} advisory: The update will check this: whether Bucket "${name}" gets default encryption depends on bucket names that are not known yet${
    others > 0 ? `; the same for ${others} more` : ""
  }.`;

describe("policy oss-bucket-encryption-declared", () => {
  let host: PolicyHost;
  const judge = async (...resources: WireResource[]) =>
    (await host.judge(resources)).filter((line) => line.startsWith("declared "));

  before(async () => {
    host = await PolicyHost.start();
  });
  after(() => host[Symbol.asyncDispose]());

  describe("where names are known", () => {
    const logs = bucket("logs", { bucket: "logs-prod" });

    it("takes our resource, the peer's and an inline rule as declarations", async () => {
      const inline = bucket("data", { bucket: "data-prod", serverSideEncryptionRule: AES256 });
      assert.deepEqual(await judge(logs, encryption("a", { bucket: "logs-prod", ...AES256 }), inline), []);
      assert.deepEqual(await judge(logs, native("a", { bucket: "logs-prod", ...AES256 }), inline), []);
      assert.deepEqual(await judge(logs, peer("a", { bucket: "logs-prod", ...AES256 }), inline), []);
    });

    it("reports a bucket that nothing declares a rule for, and only that one", async () => {
      const data = bucket("data", { bucket: "data-prod" });
      assert.deepEqual(await judge(logs, data, encryption("a", { bucket: "data-prod", ...AES256 })), [
        missing("logs"),
      ]);
    });

    it("goes by the name and not by the edge that a derived name has", async () => {
      const derived = encryption("a", { bucket: "logs-prod-archive", ...AES256 }, { bucketFrom: [logs] });
      assert.deepEqual(await judge(logs, derived), [missing("logs")]);
    });

    it("takes the name that the provider made up from the outputs", async () => {
      const auto = bucket("auto", {}, { outputs: { bucket: "made-up" } });
      assert.deepEqual(await judge(auto, encryption("a", { bucket: "made-up", ...AES256 })), []);
      assert.deepEqual(await judge(auto, encryption("a", { bucket: "another", ...AES256 })), [
        missing("auto"),
      ]);
    });

    it("does not take a rule that a refresh read into the outputs for an inline declaration", async () => {
      const refreshed = { ...logs, outputs: { bucket: "logs-prod", serverSideEncryptionRule: AES256 } };
      assert.deepEqual(await judge(refreshed), [missing("logs")]);
    });

    it("does not rely on an inline rule that the bucket ignores changes of", async () => {
      const inline = bucket("logs", { bucket: "logs-prod", serverSideEncryptionRule: AES256 });
      const left = { ...inline, ignoreChanges: ["serverSideEncryptionRule"] };
      assert.deepEqual(await judge(left), [
        'declared logs advisory: Declare a BucketEncryption whose bucket is Bucket "logs", or let it no longer ignore changes of serverSideEncryptionRule: nothing keeps the rule that it once had.',
      ]);
      assert.deepEqual(await judge(left, encryption("a", { bucket: "logs-prod", ...AES256 })), []);
    });

    it("leaves out a bucket that is only read", async () => {
      const read = bucket("read", {}, { outputs: { bucket: "elsewhere" }, registered: false });
      assert.deepEqual(await judge(read), []);
      assert.deepEqual(await judge({ ...read, inputs: {}, registered: true }), []);
    });
  });

  it("takes a declaration that is only read for one that --target leaves out", async () => {
    const read = peer("a", {}, { outputs: { bucket: "logs-prod", ...AES256 }, registered: false });
    assert.deepEqual(await judge(bucket("logs", { bucket: "logs-prod" }), read), []);
  });

  describe("where names are not known yet", () => {
    const auto = bucket("auto", {});
    const enc = encryption("enc", { bucket: unknown, ...AES256 }, { bucketFrom: [auto] });
    const logs = bucket("logs", { bucket: unknown }, { outputs: {}, bucketFrom: [auto] });

    it("goes by the edge of the bucket property", async () => {
      assert.deepEqual(await judge(auto, enc), []);
      assert.deepEqual(await judge(auto, { ...enc, ...peer("enc", enc.inputs), outputs: AES256 }), []);
    });

    it("reports a bucket that no edge leads to, though another name is unknown", async () => {
      assert.deepEqual(await judge(auto, enc, bucket("bare", { bucket: "bare-prod" })), [missing("bare")]);
      assert.deepEqual(await judge(auto, enc, bucket("bare", {})), [missing("bare")]);
    });

    it("reports a bucket without arguments, though its provider has yet to be configured", async () => {
      const bare = bucket("bare", {}, { provider: { region: unknown } });
      assert.deepEqual(await judge({ ...bare, inputs: {} }), [missing("bare")]);
    });

    it("leaves out one that is only read with a provider whose secrets can't be decrypted", async () => {
      const read = bucket(
        "read",
        {},
        { outputs: { bucket: "elsewhere" }, provider: { secretKey: "[secret]" } },
      );
      assert.deepEqual(await judge({ ...read, inputs: {} }), []);
    });

    it("can't tell the buckets apart whose names come from one bucket", async () => {
      assert.deepEqual(await judge(auto, logs, enc), [undecided("auto", 1)]);
    });

    it("decides for a derived bucket by an edge of its own", async () => {
      const own = encryption("own", { bucket: unknown, ...AES256 }, { bucketFrom: [logs] });
      assert.deepEqual(await judge(auto, logs, enc, own), [undecided("auto")]);
    });

    it("can't tell which of two declarations from one bucket is that bucket's", async () => {
      assert.deepEqual(await judge(auto, enc, { ...enc, name: "second" }), [undecided("auto")]);
    });

    describe("but the bucket's is", () => {
      const prod = bucket("prod", { bucket: "prod" });
      const archive = bucket("archive", { bucket: "prod-archive" });
      const byId = encryption("by-id", { bucket: unknown, ...AES256 }, { bucketFrom: [prod] });

      it("goes by the edge, and reports a bucket whose name begins like that of the declared one", async () => {
        assert.deepEqual(await judge(prod, archive, byId), [missing("archive")]);
      });

      it("can't tell which of two declarations from one bucket is for a name derived from that bucket's", async () => {
        assert.deepEqual(await judge(prod, archive, byId, { ...byId, name: "derived" }), [
          undecided("archive", 1),
        ]);
        const data = bucket("data", { bucket: "data" });
        assert.deepEqual(await judge(prod, data, byId, { ...byId, name: "derived" }), [
          missing("data"),
          undecided("prod"),
        ]);
      });

      it("takes a second declaration of a bucket for one of a derived name, as well as it may be the first's", async () => {
        const literal = encryption("literal", { bucket: "prod", ...AES256 });
        assert.deepEqual(await judge(prod, archive, literal, byId), [undecided("archive")]);
        const inline = bucket("prod", { bucket: "prod", serverSideEncryptionRule: AES256 });
        assert.deepEqual(await judge(inline, archive, byId), [undecided("archive")]);
      });
    });

    it("follows a name through other resources, which proves nothing", async () => {
      const acl = other("acl", {}, { dependsOn: [auto] });
      assert.deepEqual(await judge(auto, acl, { ...enc, bucketFrom: [acl] }), [undecided("auto")]);
    });

    it("can't tell bucket and declaration with a name from the same source, but others are decided", async () => {
      const id = other("id", {});
      const random = bucket("random", { bucket: unknown }, { outputs: {}, bucketFrom: [id] });
      const declared = { ...enc, bucketFrom: [id] };
      const bare = bucket("bare", { bucket: "bare-prod" });
      assert.deepEqual(await judge(id, random, declared, bare), [missing("bare"), undecided("random")]);
    });

    it("does not count a declaration that --target keeps from being created", async () => {
      const skipped = { ...enc, name: "skipped", outputs: {}, registered: false };
      assert.deepEqual(await judge(auto, skipped), [missing("auto")]);
    });

    it("takes a name from nowhere for any bucket's", async () => {
      assert.deepEqual(await judge(auto, { ...enc, bucketFrom: [] }), [undecided("auto")]);
    });

    it("takes a literal name for that of a bucket with a derived name, unless a bucket has it already", async () => {
      const literal = encryption("literal", { bucket: "data-prod", ...AES256 });
      const data = bucket("data", { bucket: "data-prod" });
      assert.deepEqual(await judge(auto, logs, enc, literal), [undecided("auto", 1)]);
      assert.deepEqual(await judge(logs, literal), [undecided("logs")]);
      assert.deepEqual(await judge(logs, literal, data), [missing("logs")]);
      assert.deepEqual(await judge(auto, literal), [missing("auto")]);
    });

    it("counts an inline rule with unknown parts, and waits for a rule that is unknown as a whole", async () => {
      const parts = { sseAlgorithm: unknown, kmsMasterKeyId: unknown };
      assert.deepEqual(await judge(bucket("inline", { serverSideEncryptionRule: parts })), []);
      assert.deepEqual(await judge(bucket("inline", { serverSideEncryptionRule: unknown })), [
        undecided("inline"),
      ]);
    });
  });
});
