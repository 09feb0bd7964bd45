import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { startEmulator, type Emulator } from "oss-emulator";
import { getBucketEncryption } from "../../provider/src/program/get-bucket-encryption";

describe("getBucketEncryption in a program", () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await startEmulator({
      accounts: [{ id: "1", accessKeyId: "some-id", accessKeySecret: "some-secret", name: "user/some" }],
    });
    emulator.createBucket("logs", { encryption: { SSEAlgorithm: "AES256" } });
    emulator.createBucket("payroll", { region: "cn-shanghai", encryption: { SSEAlgorithm: "SM4" } });
    const finance = { region: "cn-shanghai", assumeRole: { roleArn: "acs:ram::1:role/finance" } };
    pulumi.runtime.setAllConfig({
      ...{
        "alicloud:region": "cn-hangzhou",
        "alicloud:accessKey": "some-id",
        "alicloud:secretKey": "some-secret",
      },
      "alicloud:endpoints": JSON.stringify([{ oss: emulator.url, sts: emulator.url }]),
      "oss-encryption:connections": JSON.stringify({ finance }),
    });
  });
  after(async () => {
    pulumi.runtime.setAllConfig({});
    await emulator.close();
  });

  it("goes by the stack's own way, and by a connection where one is named", async () => {
    assert.deepEqual(await getBucketEncryption({ bucket: "logs" }), { sseAlgorithm: "AES256" });
    assert.deepEqual(await getBucketEncryption({ bucket: "payroll", connection: "finance" }), {
      sseAlgorithm: "SM4",
    });
    assert.deepEqual(
      emulator.requests.map(({ operation, identity }) => [operation, identity]),
      [
        ["GetBucketEncryption", "user/some"],
        ["AssumeRole", "user/some"],
        ["GetBucketEncryption", "assumed-role/finance/pulumi-oss-encryption"],
      ],
    );
  });

  it("names the connections there are where another is asked for", async () => {
    await assert.rejects(getBucketEncryption({ bucket: "logs", connection: "legal" }), {
      name: "ConfigurationError",
      message: "connection must be the name of an entry of oss-encryption:connections; known are: finance.",
    });
  });
});
