import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "oss-emulator";
import { describeWithEngine, skipWithoutAlicloud } from "../support/with-engine";
import { exampleProject } from "../support/example";

describeWithEngine("an example with the alicloud provider", (engine) => {
  before(function () {
    skipWithoutAlicloud(this);
  });

  it("makes a bucket and a key, encrypts the one under the other, and keeps it so", async () => {
    await using emulator = await startEmulator();
    await using project = await exampleProject("with-alicloud-bucket", {
      engine: engine(),
      emulator,
      ...throughProxy(emulator, { "with-alicloud-bucket:bucket": "payroll" }),
    });
    const up = await project.up();
    assert.equal(up.code, 0, up.stdout + up.stderr);
    const { resources } = await project.exportStack();
    const key = resources.find(({ type }) => type === "alicloud:kms/key:Key")?.id ?? "";
    const rule = { SSEAlgorithm: "KMS", KMSMasterKeyID: key };
    assert.deepEqual(emulator.encryption("payroll"), rule);
    assert.deepEqual(writes(emulator), ["PutBucket payroll"]);
    // Without ignoreChanges the bucket would remove the rule now.
    const again = await project.up(["--refresh", "--expect-no-changes"]);
    assert.equal(again.code, 0, again.stdout + again.stderr);
    assert.deepEqual(emulator.encryption("payroll"), rule);
    const destroy = await project.destroy();
    assert.equal(destroy.code, 0, destroy.stdout + destroy.stderr);
    assert.deepEqual(emulator.buckets, []);
  });

  it("gives each bucket of a component the rule that its data needs", async () => {
    await using emulator = await startEmulator();
    await using project = await exampleProject("encrypted-bucket-component", {
      engine: engine(),
      emulator,
      ...throughProxy(emulator, { "encrypted-bucket-component:prefix": "team" }),
    });
    const up = await project.up();
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.deepEqual(emulator.encryption("team-downloads"), { SSEAlgorithm: "AES256" });
    assert.deepEqual(emulator.encryption("team-reports"), { SSEAlgorithm: "KMS" });
    assert.deepEqual(writes(emulator), ["PutBucket team-downloads", "PutBucket team-reports"]);
  });
});

/** The requests that create buckets or set rules: without one of the latter, a bucket had its rule when it was created. */
const writes = ({ requests }: Emulator) =>
  requests
    .filter(({ operation }) => operation === "PutBucket" || operation === "PutBucketEncryption")
    .map(({ operation, bucket }) => `${operation} ${bucket}`)
    .sort();

/** The alicloud provider insists on OSS's own host names, so the emulator is its proxy. */
function throughProxy({ url, credentials }: Emulator, config: Record<string, string>) {
  return {
    env: { HTTP_PROXY: url },
    config: {
      ...config,
      "alicloud:accessKey": credentials.accessKeyId,
      "alicloud:secretKey": credentials.accessKeySecret,
      "alicloud:region": "cn-hangzhou",
      "alicloud:protocol": "HTTP",
      "alicloud:endpoints": [
        { oss: "http://oss-cn-hangzhou.aliyuncs.com", kms: "kms.cn-hangzhou.aliyuncs.com" },
      ],
      // Otherwise it asks other services who the keys belong to.
      "alicloud:accountId": "1234567890123456",
      "alicloud:accountType": "Domestic",
      "alicloud:skipRegionValidation": "true",
    },
  };
}
