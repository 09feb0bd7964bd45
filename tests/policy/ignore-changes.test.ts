import assert from "node:assert/strict";
import { PolicyHost } from "./policy-host";
import { bucket, encryption, peer, unknown, type WireResource } from "./wire";

const AES256 = { sseAlgorithm: "AES256" };

describe("policy oss-bucket-encryption-ignore-changes", () => {
  let host: PolicyHost;
  const judge = async (...resources: WireResource[]) =>
    (await host.judge(resources)).filter((line) => line.startsWith("ignore-changes "));

  before(async () => {
    host = await PolicyHost.start();
  });
  after(() => host[Symbol.asyncDispose]());

  const logs = bucket("logs", { bucket: "logs-prod" });
  const ignoring = { ...logs, ignoreChanges: ["serverSideEncryptionRule"] };
  const removes = (declaration: string) =>
    `ignore-changes logs advisory: Add serverSideEncryptionRule to ignoreChanges of Bucket "logs": the first update after a refresh would remove the rule that ${declaration} declares.`;

  it("asks a Bucket whose rule is declared elsewhere to ignore changes of it", async () => {
    const ours = encryption("enc", { bucket: "logs-prod", ...AES256 });
    const theirs = peer("enc", { bucket: "logs-prod", ...AES256 });
    assert.deepEqual(await judge(logs, ours), [removes('BucketEncryption "enc"')]);
    assert.deepEqual(await judge(logs, theirs), [removes('BucketServerSideEncryption "enc"')]);
    assert.deepEqual(await judge(ignoring, ours), []);
  });

  it("takes no other spelling, since the alicloud provider takes none", async () => {
    const ours = encryption("enc", { bucket: "logs-prod", ...AES256 });
    for (const path of ["*", '["serverSideEncryptionRule"]', "serverSideEncryptionRule.sseAlgorithm"]) {
      assert.deepEqual(await judge({ ...logs, ignoreChanges: [path] }, ours), [
        removes('BucketEncryption "enc"'),
      ]);
    }
  });

  it("goes by the edge while names are unknown", async () => {
    const auto = bucket("logs", {});
    const enc = encryption("enc", { bucket: unknown, ...AES256 }, { bucketFrom: [auto] });
    assert.deepEqual(await judge(auto, enc), [removes('BucketEncryption "enc"')]);
  });

  it("asks nothing of a Bucket that declares its rule inline, or has none", async () => {
    assert.deepEqual(
      await judge(bucket("logs", { bucket: "logs-prod", serverSideEncryptionRule: AES256 })),
      [],
    );
    assert.deepEqual(await judge(logs), []);
  });
});
