import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keyVariables, variables } from "../../provider/src/settings/variables";
import { askInProcess, type Question } from "../support/ask-in-process";
import { repository } from "../support/repository";
import {
  account,
  inConfig,
  inEnvironment,
  oidcProviderArn,
  oidcToken,
  permanentProfile,
  profileFile,
  profiles,
  roleArn,
  temporary,
  temporaryProfile,
  workProfile,
} from "./identities";
import { credentialsRig, type Setup } from "./rig";

/** What is set besides one variable, the variable's value, and what OSS or STS then sees. */
interface Spelling extends Setup {
  value: string;
  identity?: string;
  /** Instead of a value that works: the error that this one leads to, which names the variable's effect. */
  error?: RegExp;
}

const oidc = {
  ALIBABA_CLOUD_ROLE_ARN: roleArn,
  ALIBABA_CLOUD_OIDC_PROVIDER_ARN: oidcProviderArn,
  ALIBABA_CLOUD_OIDC_TOKEN: oidcToken,
};
const withRole = { ...inConfig, "alicloud:assumeRole": {} };
const twoProfiles = {
  [profileFile]: profiles({ name: "work", ...permanentProfile }, { name: "other", ...temporaryProfile }),
};
/** STS and KMS at an endpoint that is refused by name: it was read, and nothing is sent. */
const refused = { value: "ftp://somewhere", error: /must begin with https:\/\/ or http:\/\// };
const noEndpoints = { "alicloud:endpoints": [] };

/** How the metadata service and STS are asked, which whom OSS sees does not show: unit/roles, and the hosts of STS below. */
type Unseen = "ecsV1Disabled" | "stsInVpc";

const spellings: Record<Exclude<keyof typeof variables, Unseen>, Spelling> = {
  profile: { files: twoProfiles, value: "other", identity: "user/temporary" },
  profileFile: {
    files: { ...twoProfiles, "mine.json": workProfile(temporaryProfile) },
    value: "FILE:mine.json",
    identity: "user/temporary",
  },
  profileDisabled: { files: twoProfiles, value: "true", identity: "assumed-role/web/i-emulator" },
  externalDisabled: {
    files: { [profileFile]: workProfile({ mode: "External", process_command: "echo" }) },
    value: "true",
    error: /forbids to run its process_command/,
  },
  region: {
    env: inEnvironment,
    config: { "alicloud:region": "" },
    value: "cn-hangzhou",
    identity: "user/permanent",
  },
  roleArn: { config: withRole, value: roleArn, identity: "assumed-role/encryption/pulumi-oss-encryption" },
  oidcRoleArn: {
    config: { "alicloud:assumeRoleWithOidc": { oidcProviderArn, oidcToken } },
    value: roleArn,
    identity: "assumed-role/encryption/pulumi-oss-encryption",
  },
  sessionName: {
    config: { ...inConfig, "alicloud:assumeRole": { roleArn } },
    value: "named",
    identity: "assumed-role/encryption/named",
  },
  oidcSessionName: {
    config: { "alicloud:assumeRoleWithOidc": { oidcProviderArn, oidcToken, roleArn } },
    value: "named",
    identity: "assumed-role/encryption/named",
  },
  sessionExpiration: {
    config: { ...inConfig, "alicloud:assumeRole": { roleArn } },
    value: "1",
    error: /sessionExpiration must be 900 to 43200 seconds/,
  },
  externalId: {
    config: { ...inConfig, "alicloud:assumeRole": { roleArn: `acs:ram::${account}:role/partner` } },
    value: "partner-id",
    identity: "assumed-role/partner/pulumi-oss-encryption",
  },
  oidcProviderArn: {
    config: { "alicloud:assumeRoleWithOidc": { roleArn, oidcToken } },
    value: oidcProviderArn,
    identity: "assumed-role/encryption/pulumi-oss-encryption",
  },
  oidcTokenFile: {
    env: { ...oidc, ALIBABA_CLOUD_OIDC_TOKEN: "" },
    files: { token: oidcToken },
    value: "FILE:token",
    identity: "assumed-role/encryption/pulumi-oss-encryption",
  },
  oidcToken: {
    config: { "alicloud:assumeRoleWithOidc": { roleArn, oidcProviderArn } },
    value: oidcToken,
    identity: "assumed-role/encryption/pulumi-oss-encryption",
  },
  credentialsUri: { value: "URI", identity: "assumed-role/credentials-uri/i-emulator" },
  ecsRoleName: { value: "other", error: /answered 404/ },
  ecsDisabled: { value: "true", error: /No credentials found/ },
  ossEndpoint: { env: inEnvironment, config: noEndpoints, ...refused },
  stsEndpoint: { env: inEnvironment, config: noEndpoints, ...refused },
  stsRegion: {
    env: inEnvironment,
    config: noEndpoints,
    value: "not a region",
    error: /_STS_REGION is not a region id such as cn-hangzhou/,
  },
  kmsEndpoint: { env: inEnvironment, config: noEndpoints, ...refused },
};

describe("variables of the environment", () => {
  const partner = { arn: `acs:ram::${account}:role/partner`, externalId: "partner-id" };
  const rig = credentialsRig({ ecsRole: "web", roles: [{ arn: roleArn }, partner] });

  for (const [setting, { value, identity, error, ...setup }] of Object.entries(spellings)) {
    for (const name of variables[setting as keyof typeof variables]) {
      it(`count as ${setting}: ${name}`, async () => {
        const call = async () => {
          const connections = rig.connect({ ...setup, env: { ...setup.env, [name]: value } });
          await connections.client({}).getBucketEncryption("logs");
        };
        if (error) return assert.rejects(call(), error);
        await call();
        assert.equal(rig.emulator.requests.at(-1)?.identity, identity);
      });
    }
  }

  for (const [id, secret, token] of keyVariables) {
    it(`count as keys with their token: ${id}, ${secret}, ${token}`, async () => {
      const env = {
        [id]: temporary.accessKeyId,
        [secret]: temporary.accessKeySecret,
        [token]: temporary.securityToken,
      };
      await rig.connect({ env }).client({}).getBucketEncryption("logs");
      assert.equal(rig.emulator.requests.at(-1)?.identity, "user/temporary");
    });
  }

  it("name a profile in the order of the aliyun command line", async () => {
    const names = ["ALIBABACLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"];
    const named = names.map((name) => ({ name, ...temporaryProfile, access_key_id: `${name}-id` }));
    const files = { [profileFile]: profiles(...named) };
    for (; names.length > 0; names.shift()) {
      const env = Object.fromEntries(names.map((name) => [name, name]));
      const call = rig.connect({ files, env }).client({}).getBucketEncryption("logs");
      await assert.rejects(
        call,
        new RegExp(`from ${names[0] ?? ""} in the environment \\(profile ${names[0] ?? ""} of`),
      );
    }
  });

  it("are all in docs/credentials.md, and those of the page are all there are", () => {
    const page = readFileSync(join(repository, "docs/credentials.md"), "utf8");
    const known = [...Object.values(variables).flat(), ...keyVariables.flat()];
    const shown = page.match(/\b(?:OSS|ALICLOUD|ALIBABA_CLOUD|ALIBABACLOUD|STS|KMS)_[A-Z0-9_]+/g) ?? [];
    assert.deepEqual([...new Set(shown)].sort(), [...new Set(known)].sort());
  });

  const inBeijing = { ALIBABA_CLOUD_STS_REGION: "cn-beijing" };
  const inVpc = { ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED: "true" };
  const own = { ALIBABA_CLOUD_STS_ENDPOINT: "sts.own.example" };
  const inStack = { "alicloud:endpoints": [{ sts: "sts.stack.example" }] };
  const stsHosts: [title: string, profile: object, question: Question, host: string][] = [
    ["nothing: the bucket's region counts", {}, {}, "sts.cn-hangzhou.aliyuncs.com"],
    ["a region in the environment", {}, { env: inBeijing }, "sts.cn-beijing.aliyuncs.com"],
    ["the VPC in the environment", {}, { env: inVpc }, "sts-vpc.cn-hangzhou.aliyuncs.com"],
    ["the VPC in the profile", { enable_vpc: true }, {}, "sts-vpc.cn-hangzhou.aliyuncs.com"],
    [
      "a region in both: the profile's",
      { sts_region: "cn-shanghai" },
      { env: inBeijing },
      "sts.cn-shanghai.aliyuncs.com",
    ],
    [
      "a region in the profile, an endpoint in the environment: the endpoint",
      { sts_region: "cn-shanghai" },
      { env: own },
      "sts.own.example",
    ],
    [
      "an endpoint in both: the profile's",
      { sts_endpoint: "https://sts.work.example/" },
      { env: own },
      "sts.work.example",
    ],
    [
      "an endpoint in the stack config, too: the stack's",
      { sts_endpoint: "sts.work.example" },
      { env: own, config: inStack },
      "sts.stack.example",
    ],
  ];

  it("and profiles say where STS is asked", async () => {
    await rig.start({ domains: ["own.example", "work.example", "stack.example"] });
    rig.write({ "ca.pem": await rig.emulator.certificateAuthority() });
    const role = { ...permanentProfile, mode: "RamRoleArn", ram_role_arn: roleArn };
    const questions = stsHosts.map(([, profile, { env, config }], row) => {
      rig.write({ [`${row}.json`]: workProfile({ ...role, ...profile }) });
      const file = { ALIBABA_CLOUD_CONFIG_FILE: rig.fill(`FILE:${row}.json`) };
      return {
        config: { "alicloud:region": "cn-hangzhou", ...config },
        env: { HOME: rig.home, ...file, ...env },
      };
    });
    const trust = { HTTPS_PROXY: rig.emulator.url, NODE_EXTRA_CA_CERTS: rig.fill("FILE:ca.pem") };
    await askInProcess(questions, trust);
    const hosts = rig.emulator.requests.filter(({ operation }) => operation === "AssumeRole");
    assert.deepEqual(
      hosts.map(({ host }, row) => [stsHosts[row]?.[0], host]),
      stsHosts.map(([title, , , host]) => [title, host]),
    );
  });
});
