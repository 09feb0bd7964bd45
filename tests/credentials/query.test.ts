import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { getBucketEncryption } from "../../provider/src/program/get-bucket-encryption";
import { engineConfig } from "../support/engine-config";
import { inConfig, roleArn } from "./identities";
import { credentialsRig } from "./rig";

describe("getBucketEncryption in a program", () => {
  const rig = credentialsRig();

  beforeEach(() => {
    const { emulator } = rig;
    emulator.createBucket("payroll", { region: "cn-shanghai", encryption: { SSEAlgorithm: "SM4" } });
    pulumi.runtime.setAllConfig(
      engineConfig({
        ...inConfig,
        "alicloud:region": "cn-hangzhou",
        "alicloud:endpoints": [{ oss: emulator.url, sts: emulator.url }],
        "oss-encryption:connections": { finance: { region: "cn-shanghai", assumeRole: { roleArn } } },
      }),
    );
  });
  after(() => pulumi.runtime.setAllConfig({}));

  it("asks with the stack's own credentials, and with a connection's where one is named", async () => {
    assert.deepEqual(await getBucketEncryption({ bucket: "logs" }), { sseAlgorithm: "AES256" });
    assert.deepEqual(await getBucketEncryption({ bucket: "payroll", connection: "finance" }), {
      sseAlgorithm: "SM4",
    });
    assert.deepEqual(
      rig.emulator.requests.map(({ operation, identity }) => [operation, identity]),
      [
        ["GetBucketEncryption", "user/permanent"],
        ["AssumeRole", "user/permanent"],
        ["GetBucketEncryption", "assumed-role/encryption/pulumi-oss-encryption"],
      ],
    );
  });

  it("gives the rule that can be declared elsewhere, without what this version does not know", async () => {
    const body =
      "<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>KMS</SSEAlgorithm>" +
      "<KeyRotation>Monthly</KeyRotation></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>";
    rig.emulator.fault({ operation: "GetBucketEncryption", answer: { body } });
    const copied = { bucket: "copy", ...(await getBucketEncryption({ bucket: "logs" })) };
    assert.deepEqual(copied, { bucket: "copy", sseAlgorithm: "KMS" });
  });

  it("is undefined where there is no rule", async () => {
    rig.emulator.createBucket("bare");
    assert.equal(await getBucketEncryption({ bucket: "bare" }), undefined);
  });

  it("names the connections there are where another is asked for", async () => {
    await assert.rejects(getBucketEncryption({ bucket: "logs", connection: "legal" }), {
      name: "ConfigurationError",
      message: "connection must be the name of an entry of oss-encryption:connections; known are: finance.",
    });
  });
});
