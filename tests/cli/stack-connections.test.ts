import assert from "node:assert/strict";
import { StackConnections } from "../../cli/src/pulumi/stack-connections";

const urn = (name: string) => `urn:pulumi:test::project::pulumi:providers:oss-encryption::${name}`;
const stack = "urn:pulumi:test::project::pulumi:pulumi:Stack::project-test";
const secret = (more: object) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ...more,
});

describe("the connections of a stack", () => {
  const provider = (name: string, inputs: object, more: object = {}) => ({
    urn: urn(name),
    type: "pulumi:providers:oss-encryption",
    id: `${name}-1`,
    inputs,
    ...more,
  });
  const keys = { accessKey: "id", secretKey: secret({ plaintext: '"hidden"' }), region: "cn-beijing" };
  const resources = [
    provider("default", {}),
    provider("default_1_2_3", {}),
    provider("finance", keys, { parent: stack }),
    provider("default_1st", keys, { parent: stack }),
    provider("sealed", { ...keys, secretKey: secret({ ciphertext: "v1:x" }) }, { parent: stack }),
  ];
  const config = {
    "oss-encryption:region": { value: "cn-hangzhou" },
    "alicloud:region": { value: "cn-nowhere" },
  };
  const connections = new StackConnections(config, [{ version: 3, deployment: { resources } }], {
    env: { OSS_ACCESS_KEY_ID: "env-id", OSS_ACCESS_KEY_SECRET: "env-secret" },
    signal: new AbortController().signal,
  });
  const origin = (name: string) => connections.of({ provider: `${urn(name)}::${name}-1` }).origin({});

  for (const name of ["default", "default_1_2_3"]) {
    it(`are by the stack's own config for the provider ${name}`, () =>
      assert.equal(origin(name), "OSS_ACCESS_KEY_ID in the environment"));
  }

  for (const name of ["finance", "default_1st"]) {
    it(`are by what the state has of the provider ${name}, which the program makes`, () =>
      assert.equal(origin(name), `accessKey in the provider ${name}`));
  }

  it("are refused where a provider's keys can't be told, and never those of the environment instead", () => {
    assert.throws(
      () => origin("sealed"),
      /^ConfigurationError: secretKey of the provider sealed can't be decrypted\.$/,
    );
    for (const reference of [`${urn("finance")}::other-id`, `${urn("gone")}::1`]) {
      assert.throws(
        () => connections.of({ provider: reference }),
        /^ConfigurationError: The state has no provider/,
      );
    }
  });
});
