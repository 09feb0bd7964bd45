import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startEmulator, type Emulator } from "oss-emulator";
import { Connections } from "../../provider/src/connection";

const account = "1234567890123456";
const roleArn = `acs:ram::${account}:role/encryption`;
const provider = `acs:ram::${account}:oidc-provider/ci`;
const oidc = { roleArn, roleSessionName: "ci", oidcProviderArn: provider };
const permanent = { accessKeyId: "permanent-id", accessKeySecret: "permanent-secret" };
const temporary = {
  accessKeyId: "temporary-id",
  accessKeySecret: "temporary-secret",
  securityToken: "temporary-token",
};
const chained = `assumed-role/encryption/pulumi-oss-encryption`;

interface Row {
  title: string;
  config?: Record<string, unknown>;
  env?: Record<string, string>;
  files?: Record<string, unknown>;
  connection?: string;
  /** What OSS takes the caller for. */
  identity: string;
}

/** Keys as an INI file or a CLI profile spells them. */
const spelled = { access_key_id: permanent.accessKeyId, access_key_secret: permanent.accessKeySecret };
const cli = (...profiles: object[]) => ({
  current: "work",
  profiles: profiles.map((one) => ({ region_id: "cn-hangzhou", ...one })),
});
const work = (profile: object) => cli({ name: "work", ...profile });
const token = {
  ...spelled,
  access_key_id: "temporary-id",
  access_key_secret: "temporary-secret",
  sts_token: "temporary-token",
};
const keys = (prefix: string, id = "ACCESS_KEY_ID", secret = "ACCESS_KEY_SECRET") => ({
  [`${prefix}_${id}`]: permanent.accessKeyId,
  [`${prefix}_${secret}`]: permanent.accessKeySecret,
});
const aliyun = ".aliyun/config.json";
const inConfig = {
  "alicloud:accessKey": permanent.accessKeyId,
  "alicloud:secretKey": permanent.accessKeySecret,
};

/** `FILE:x` in a value stands for the path of that file, `URI` for the emulator's credentials URI. */
const rows: Row[] = [
  { title: "stack config", config: inConfig, identity: "user/permanent" },
  {
    title: "stack config, with a token",
    config: {
      "alicloud:accessKey": "temporary-id",
      "alicloud:secretKey": "temporary-secret",
      "alicloud:securityToken": "temporary-token",
    },
    identity: "user/temporary",
  },
  {
    title: "stack config, with a role",
    config: { ...inConfig, "alicloud:assumeRole": { roleArn } },
    identity: chained,
  },
  {
    title: "a profile in stack config",
    config: { "alicloud:profile": "work" },
    files: { [aliyun]: work({ mode: "AK", ...spelled }) },
    identity: "user/permanent",
  },
  {
    title: "a profile in a file of one's own",
    config: { "alicloud:profile": "work", "alicloud:sharedCredentialsFile": "FILE:mine.json" },
    files: { "mine.json": work({ mode: "StsToken", ...token }) },
    identity: "user/temporary",
  },
  {
    title: "an ECS role in stack config",
    config: { "alicloud:ecsRoleName": "web" },
    identity: "assumed-role/web/i-emulator",
  },
  {
    title: "a credentials URI in stack config",
    config: { "alicloud:credentialsUri": "URI" },
    identity: "assumed-role/credentials-uri/i-emulator",
  },
  {
    title: "OIDC in stack config, token in a file",
    config: { "alicloud:assumeRoleWithOidc": { ...oidc, oidcTokenFile: "FILE:token" } },
    files: { token: "good" },
    identity: "assumed-role/encryption/ci",
  },
  {
    title: "OIDC in stack config, token given",
    config: { "alicloud:assumeRoleWithOidc": { ...oidc, oidcToken: "good" } },
    identity: "assumed-role/encryption/ci",
  },
  { title: "OSS_* variables", env: keys("OSS"), identity: "user/permanent" },
  {
    title: "OSS_* variables, with a token",
    env: {
      OSS_ACCESS_KEY_ID: "temporary-id\n",
      OSS_ACCESS_KEY_SECRET: " temporary-secret",
      OSS_SESSION_TOKEN: "temporary-token\n",
    },
    identity: "user/temporary",
  },
  {
    title: "ALICLOUD_* variables",
    env: keys("ALICLOUD", "ACCESS_KEY", "SECRET_KEY"),
    identity: "user/permanent",
  },
  { title: "ALIBABA_CLOUD_* variables", env: keys("ALIBABA_CLOUD"), identity: "user/permanent" },
  { title: "ALIBABACLOUD_* variables", env: keys("ALIBABACLOUD"), identity: "user/permanent" },
  {
    title: "OIDC as ACK sets it up",
    env: {
      ALIBABA_CLOUD_ROLE_ARN: roleArn,
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: provider,
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: "FILE:token",
      ALIBABA_CLOUD_ROLE_SESSION_NAME: "pod",
    },
    files: { token: "good" },
    identity: "assumed-role/encryption/pod",
  },
  {
    title: "the profile a variable names",
    env: { ALICLOUD_PROFILE: "other" },
    files: { [aliyun]: cli({ name: "work" }, { name: "other", mode: "AK", ...spelled }) },
    identity: "user/permanent",
  },
  {
    title: "the CLI's current profile",
    files: { [aliyun]: work({ mode: "AK", ...spelled }) },
    identity: "user/permanent",
  },
  {
    title: "a profile with a role",
    files: {
      [aliyun]: work({
        mode: "RamRoleArn",
        ...spelled,
        ram_role_arn: roleArn,
        ram_session_name: "cli",
        expired_seconds: 900,
      }),
    },
    identity: "assumed-role/encryption/cli",
  },
  {
    title: "a profile with a role on top of another profile",
    files: {
      [aliyun]: cli(
        {
          name: "work",
          mode: "ChainableRamRoleArn",
          source_profile: "base",
          ram_role_arn: roleArn,
          ram_session_name: "cli",
        },
        { name: "base", mode: "AK", ...spelled },
      ),
    },
    identity: "assumed-role/encryption/cli",
  },
  {
    title: "a profile with an ECS role",
    files: { [aliyun]: work({ mode: "EcsRamRole", ram_role_name: "web" }) },
    identity: "assumed-role/web/i-emulator",
  },
  {
    title: "a profile with OIDC",
    files: {
      [aliyun]: work({
        mode: "OIDC",
        oidc_provider_arn: provider,
        oidc_token_file: "FILE:token",
        ram_role_arn: roleArn,
        ram_session_name: "cli",
      }),
      token: "good",
    },
    identity: "assumed-role/encryption/cli",
  },
  {
    title: "what signing in with CloudSSO left in the profile",
    files: {
      [aliyun]: work({ mode: "CloudSSO", ...token, sts_expiration: Math.floor(Date.now() / 1000) + 600 }),
    },
    identity: "user/temporary",
  },
  {
    title: "the SDKs' credentials file",
    files: {
      ".alibabacloud/credentials":
        "[default]\ntype = access_key\naccess_key_id = permanent-id\naccess_key_secret = permanent-secret\n",
    },
    identity: "user/permanent",
  },
  {
    title: "a role in the SDKs' credentials file",
    env: { ALIBABA_CLOUD_CREDENTIALS_FILE: "FILE:mine.ini" },
    files: {
      "mine.ini": `[default]\ntype=ram_role_arn\naccess_key_id=permanent-id\naccess_key_secret=permanent-secret\nrole_arn=${roleArn}\nrole_session_name=ini\n`,
    },
    identity: "assumed-role/encryption/ini",
  },
  {
    title: "a named section of the SDKs' credentials file",
    env: { ALIBABA_CLOUD_PROFILE: "prod" },
    files: {
      ".alibabacloud/credentials":
        "[prod]\ntype = access_key\naccess_key_id = permanent-id\naccess_key_secret = permanent-secret\n",
    },
    identity: "user/permanent",
  },
  {
    title: "a credentials URI in the environment",
    env: { ALIBABA_CLOUD_CREDENTIALS_URI: "URI" },
    identity: "assumed-role/credentials-uri/i-emulator",
  },
  { title: "the role of the ECS instance, unasked", identity: "assumed-role/web/i-emulator" },
  {
    title: "a connection with a profile, which leaves the stack's role alone",
    config: {
      ...inConfig,
      "alicloud:assumeRole": { roleArn },
      "oss-encryption:connections": { finance: { profile: "work" } },
    },
    files: { [aliyun]: work({ mode: "StsToken", ...token }) },
    connection: "finance",
    identity: "user/temporary",
  },
  {
    title: "a connection with a role on the stack's credentials",
    config: {
      ...inConfig,
      "oss-encryption:connections": { finance: { assumeRole: { roleArn, sessionName: "finance" } } },
    },
    connection: "finance",
    identity: "assumed-role/encryption/finance",
  },
  {
    title: "a connection that only names a region, with the stack's credentials",
    config: { ...inConfig, "oss-encryption:connections": { south: { region: "cn-hangzhou" } } },
    connection: "south",
    identity: "user/permanent",
  },
];

describe("ways to credentials", () => {
  let emulator: Emulator;
  let home: string;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "ways-"));
    emulator = await startEmulator({
      accounts: [
        { id: account, ...permanent, name: "user/permanent" },
        { id: account, ...temporary, name: "user/temporary" },
      ],
      ecsRole: "web",
      oidcTokens: ["good"],
    });
    emulator.createBucket("logs", { encryption: { SSEAlgorithm: "AES256" } });
  });
  afterEach(async () => {
    await emulator.close();
    rmSync(home, { recursive: true });
  });

  function connect({
    config = {},
    env = {},
    files = {},
  }: Pick<Row, "config" | "env" | "files">): Connections {
    const fill = (text: string) =>
      text
        .replace(/FILE:([\w.]+)/g, (_, name: string) => join(home, name))
        .replace(/^URI$|(?<=")URI(?=")/, emulator.credentialsUri);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), fill(typeof content === "string" ? content : JSON.stringify(content)));
    }
    const endpoints = JSON.stringify([{ oss: emulator.url, sts: emulator.url }]);
    const all: Record<string, unknown> = {
      "alicloud:region": "cn-hangzhou",
      "alicloud:endpoints": endpoints,
      ...config,
    };
    const look = (key: string) => {
      const value = all[key];
      return value === undefined
        ? undefined
        : fill(typeof value === "string" ? value : JSON.stringify(value));
    };
    const filled = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]));
    return new Connections(look, { env: { HOME: home, ...filled }, metadataEndpoint: emulator.url });
  }

  for (const { title, connection, identity, ...set } of rows) {
    it(`leads over ${title}`, async () => {
      const connections = connect(set);
      const client = connections.client(connection ? { connection } : {});
      assert.deepEqual(await client.getBucketEncryption("logs"), { sseAlgorithm: "AES256" });
      assert.equal(emulator.requests.at(-1)?.identity, identity);
      assert.doesNotMatch(JSON.stringify([emulator.requests, client]), /permanent-|temporary-/);
      connections.close();
    });
  }
});
