import assert from "node:assert/strict";
import { account, inConfig, inEnvironment, roleArn } from "./identities";
import { credentialsRig } from "./rig";

describe("whose credentials a target is reached with", () => {
  const rig = credentialsRig();

  it("is what STS says of a user's keys, and where they come from", async () => {
    assert.deepEqual(await rig.connect({ env: inEnvironment }).identity({}), {
      account,
      arn: `acs:ram::${account}:user/permanent`,
      type: "RAMUser",
      origin: "OSS_ACCESS_KEY_ID in the environment",
    });
  });

  it("is the role that a connection takes on", async () => {
    const finance = { assumeRole: { roleArn, sessionName: "finance" } };
    const config = { ...inConfig, "oss-encryption:connections": { finance } };
    assert.deepEqual(await rig.connect({ config }).identity({ connection: "finance" }), {
      account,
      arn: `acs:ram::${account}:assumed-role/encryption/finance`,
      type: "AssumedRoleUser",
      origin: "assumeRole of connection finance, on top of alicloud:accessKey in the stack config",
    });
  });

  it("is refused by code and request id only, with the place to check", async () => {
    const config = { ...inConfig, "alicloud:secretKey": "wrong-secret" };
    const host = new URL(rig.emulator.url).host;
    await assert.rejects(rig.connect({ config }).identity({}), (error: Error) => {
      assert.match(
        error.message,
        new RegExp(
          `^GetCallerIdentity of STS failed: ${host} answered 400 SignatureDoesNotMatch \\(request id [\\w-]+\\)\\. ` +
            "Check the credentials from alicloud:accessKey in the stack config\\.$",
        ),
      );
      return true;
    });
  });

  it("is not taken from an answer that is no identity", async () => {
    const body = JSON.stringify({
      AccountId: account,
      Arn: "permanent-secret\n<script>",
      IdentityType: "RAMUser",
    });
    rig.emulator.fault({ operation: "GetCallerIdentity", answer: { status: 200, body } });
    const host = new URL(rig.emulator.url).host;
    await assert.rejects(rig.connect({ config: inConfig }).identity({}), {
      name: "StsCallError",
      message: `GetCallerIdentity of STS failed: the answer of ${host} names no identity.`,
    });
  });

  it("is unknown where STS can't be reached", async () => {
    const config = {
      ...inConfig,
      "alicloud:endpoints": [{ oss: rig.emulator.url, sts: "http://127.0.0.1:1" }],
    };
    await assert.rejects(rig.connect({ config }).identity({}), {
      message: "GetCallerIdentity of STS failed: no answer from 127.0.0.1:1: ECONNREFUSED.",
    });
  });
});
