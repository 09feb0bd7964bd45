import assert from "node:assert/strict";
import {
  inConfig,
  oidcProviderArn,
  oidcToken,
  permanentProfile,
  profileFile,
  roleArn,
  workProfile,
} from "./identities";
import { credentialsRig, type Setup } from "./rig";

/** Looked at first, whatever else the environment of whoever runs the tests has. */
const proxies = { https_proxy: "socks5://127.0.0.1:1", no_proxy: "oss-cn-hangzhou.aliyuncs.com" };
const refusal = {
  name: "ConfigurationError",
  message: /^https_proxy names a SOCKS proxy, which can't be used/,
};

describe("a proxy that can't be used, and from which OSS is excepted", () => {
  const rig = credentialsRig({ ecsRole: "web" });
  const before: Record<string, string | undefined> = {};

  beforeEach(() => {
    for (const [name, value] of Object.entries(proxies)) {
      before[name] = process.env[name];
      process.env[name] = value;
    }
  });
  afterEach(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  /** OSS and STS by their own names. */
  const connect = ({ config, ...setup }: Setup) =>
    rig.connect({ ...setup, config: { ...config, "alicloud:endpoints": [] } });
  const printing = (printed: object): Setup => ({
    files: {
      [profileFile]: workProfile({ mode: "External", process_command: "cat FILE:printed.json" }),
      "printed.json": printed,
    },
  });

  const unasked: [title: string, setup: Setup][] = [
    ["keys", { config: inConfig }],
    ["the role of the ECS instance", { config: { "alicloud:ecsRoleName": "web" } }],
    ["a credentials URI", { config: { "alicloud:credentialsUri": "URI" } }],
    ["what a program prints", printing(permanentProfile)],
  ];
  for (const [title, setup] of unasked) {
    it(`is no mistake with ${title}, for which nobody asks STS`, () => connect(setup).verify({}));
  }

  it("is one with a role, before anything is sent", () => {
    const config = { ...inConfig, "alicloud:assumeRole": { roleArn } };
    assert.throws(() => connect({ config }).verify({}), refusal);
  });

  it("is one with a role of OIDC", () => {
    const config = { "alicloud:assumeRoleWithOidc": { roleArn, oidcProviderArn, oidcToken } };
    assert.throws(() => connect({ config }).verify({}), refusal);
  });

  it("is one with a role that a program prints, as soon as it has", async () => {
    const printed = { ...permanentProfile, mode: "RamRoleArn", ram_role_arn: roleArn };
    const connections = connect(printing(printed));
    connections.verify({});
    await assert.rejects(connections.client({}).getBucketEncryption("logs"), refusal);
  });

  it("is one where STS is asked whose credentials they are", async () => {
    const connections = connect({ config: inConfig });
    await assert.rejects(async () => connections.identity({}), refusal);
  });
});
