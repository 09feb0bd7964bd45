import assert from "node:assert/strict";
import {
  inConfig,
  oidcProviderArn,
  permanentProfile,
  profileFile,
  roleArn,
  temporaryProfile,
  workProfile,
} from "./identities";
import { credentialsRig, type Setup } from "./rig";

interface Mistake extends Omit<Setup, "files"> {
  title: string;
  /** The configuration file of the aliyun command line. */
  file?: unknown;
  connection?: string;
  message: string;
}

const profile = { "alicloud:profile": "work" };
const broken = `{ "profiles": [{ "name": "work", "access_key_secret": "some-secret" `;

const mistakes: Mistake[] = [
  {
    title: "half a pair in the stack config",
    config: { "alicloud:accessKey": "some-id" },
    env: { OSS_ACCESS_KEY_ID: "other-id", OSS_ACCESS_KEY_SECRET: "other-secret" },
    message:
      "alicloud:accessKey is set in the stack config, but alicloud:secretKey is not: both halves must come from the same place.",
  },
  {
    title: "half a pair in the environment",
    env: { OSS_ACCESS_KEY_SECRET: "some-secret" },
    message:
      "OSS_ACCESS_KEY_SECRET is set in the environment, but OSS_ACCESS_KEY_ID is not: both halves must come from the same place.",
  },
  {
    title: "a role that isn't one",
    config: { ...inConfig, "alicloud:assumeRole": { roleArn: "some-secret" } },
    message:
      "alicloud:assumeRole in the stack config: roleArn must be of the form acs:ram::<account>:role/<name>.",
  },
  {
    title: "a session that is too short",
    config: { ...inConfig, "alicloud:assumeRole": { roleArn, sessionExpiration: 60 } },
    message: "alicloud:assumeRole in the stack config: sessionExpiration must be 900 to 43200 seconds.",
  },
  {
    title: "a role with a misspelt key",
    config: { ...inConfig, "alicloud:assumeRole": { role_arn: roleArn } },
    message:
      "alicloud:assumeRole in the stack config has no role_arn; allowed are roleArn, sessionName, sessionExpiration, policy, externalId.",
  },
  {
    title: "a profile without a file",
    config: profile,
    message: "alicloud:profile in the stack config: there is no file ~/.aliyun/config.json.",
  },
  {
    title: "a profile that isn't there",
    config: { "alicloud:profile": "play" },
    file: workProfile(permanentProfile),
    message: "alicloud:profile in the stack config: ~/.aliyun/config.json has no such profile; it has work.",
  },
  {
    title: "a broken profile file",
    config: profile,
    file: broken,
    message: "~/.aliyun/config.json is not a configuration file of the aliyun command line.",
  },
  {
    title: "a profile that leads back to itself",
    config: profile,
    file: workProfile({ mode: "ChainableRamRoleArn", source_profile: "work", ram_role_arn: roleArn }),
    message:
      "alicloud:profile in the stack config (profile work of ~/.aliyun/config.json): its source_profile leads back to itself.",
  },
  {
    title: "a profile whose sign-in ended",
    config: profile,
    file: workProfile({ ...temporaryProfile, mode: "CloudSSO", sts_expiration: 1_000_000_000 }),
    message:
      "alicloud:profile in the stack config (profile work of ~/.aliyun/config.json): the keys of its CloudSSO sign-in have ended: run aliyun sts GetCallerIdentity --profile work, which puts new ones into the profile, or aliyun configure --profile work where that asks to sign in.",
  },
  {
    title: "a profile of a mode nobody knows",
    config: profile,
    file: workProfile({ mode: "some-secret" }),
    message:
      "alicloud:profile in the stack config (profile work of ~/.aliyun/config.json): its mode can't be used; modes that can are AK, StsToken, RamRoleArn, ChainableRamRoleArn, RamRoleArnWithRoleName, EcsRamRole, OIDC, CredentialsURI, External, CloudSSO, OAuth. For another one put keys into OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_SESSION_TOKEN.",
  },
  {
    title: "a profile of a mode that only the command line has",
    config: profile,
    file: workProfile({ mode: "RsaKeyPair", private_key: "some-secret", key_pair_name: "some-id" }),
    message:
      "alicloud:profile in the stack config (profile work of ~/.aliyun/config.json): its mode RsaKeyPair can't be used: run aliyun sts AssumeRole --profile work with --RoleArn and --RoleSessionName, and put the keys that it prints into OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_SESSION_TOKEN.",
  },
  {
    title: "a profile of a mode without keys",
    config: profile,
    file: workProfile({ mode: "BearerToken", bearer_token: "some-secret" }),
    message:
      "alicloud:profile in the stack config (profile work of ~/.aliyun/config.json): its mode BearerToken has no keys to sign with: run aliyun configure --profile work --mode AK, or name another profile.",
  },
  {
    title: "a program with a quote that is not closed",
    config: profile,
    file: workProfile({ mode: "External", process_command: `print 'some-secret` }),
    message:
      "alicloud:profile in the stack config (profile work of ~/.aliyun/config.json): process_command is missing, or has a quote that is not closed.",
  },
  {
    title: "a program where the environment forbids it",
    config: profile,
    env: { ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS: "1" },
    file: workProfile({ mode: "External", process_command: "print some-secret" }),
    message:
      "alicloud:profile in the stack config (profile work of ~/.aliyun/config.json): ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS in the environment forbids to run its process_command.",
  },
  {
    title: "a credentials URI of a profile where the environment forbids it",
    config: profile,
    env: { ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS: "TRUE" },
    file: workProfile({ mode: "CredentialsURI", credentials_uri: "http://127.0.0.1/" }),
    message:
      "alicloud:profile in the stack config (profile work of ~/.aliyun/config.json): ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS in the environment forbids to ask a credentials_uri.",
  },
  {
    title: "a profile with a credentials URI that isn't there",
    config: profile,
    file: workProfile({ mode: "CredentialsURI" }),
    message:
      "alicloud:profile in the stack config (profile work of ~/.aliyun/config.json): credentials_uri is missing.",
  },
  {
    title: "temporary keys in the environment without their token",
    env: { OSS_ACCESS_KEY_ID: "STS.some-id", OSS_ACCESS_KEY_SECRET: "some-secret" },
    message:
      "OSS_ACCESS_KEY_ID in the environment begins with STS., so it is temporary and needs its token: set OSS_SESSION_TOKEN too.",
  },
  {
    title: "temporary keys in the stack config without their token",
    config: { "alicloud:accessKey": "STS.some-id", "alicloud:secretKey": "some-secret" },
    message:
      "alicloud:accessKey in the stack config begins with STS., so it is temporary and needs its token: set alicloud:securityToken too.",
  },
  {
    title: "temporary keys in a profile for permanent ones",
    config: profile,
    file: workProfile({ ...temporaryProfile, mode: "AK", access_key_id: "STS.some-id" }),
    message:
      "alicloud:profile in the stack config (profile work of ~/.aliyun/config.json): access_key_id begins with STS., so it is temporary and needs its token: set sts_token and mode StsToken too.",
  },
  {
    title: "a file without a profile",
    config: {
      ...inConfig,
      "oss-encryption:connections": { legal: { sharedCredentialsFile: "/etc/aliyun.json" } },
    },
    connection: "legal",
    message: "profile of connection legal is not set, but sharedCredentialsFile is.",
  },
  {
    title: "a section that isn't in the SDKs' credentials file",
    env: { ALIBABA_CLOUD_PROFILE: "prod" },
    message:
      "ALIBABA_CLOUD_PROFILE in the environment: there is no section prod of ~/.alibabacloud/credentials.",
  },
  {
    title: "OIDC of the environment by half",
    env: { ALIBABA_CLOUD_OIDC_TOKEN_FILE: "/token", ALIBABA_CLOUD_ROLE_ARN: roleArn },
    message:
      "ALIBABA_CLOUD_OIDC_TOKEN_FILE in the environment: oidcProviderArn must be of the form acs:ram::<account>:oidc-provider/<name>.",
  },
  {
    title: "an ECS role where the metadata service is switched off",
    config: { "alicloud:ecsRoleName": "web" },
    env: { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" },
    message:
      "alicloud:ecsRoleName in the stack config can't be used: ALIBABA_CLOUD_ECS_METADATA_DISABLED is true.",
  },
  {
    title: "a profile with an ECS role where the metadata service is switched off",
    config: profile,
    env: { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" },
    file: workProfile({ mode: "EcsRamRole" }),
    message:
      "alicloud:profile in the stack config (profile work of ~/.aliyun/config.json) can't be used: ALIBABA_CLOUD_ECS_METADATA_DISABLED is true.",
  },
  {
    title: "a token file that isn't there",
    config: {
      "alicloud:assumeRoleWithOidc": JSON.stringify({
        roleArn,
        oidcProviderArn,
        oidcTokenFile: "~/token",
      }),
    },
    message: "alicloud:assumeRoleWithOidc in the stack config: there is no file ~/token.",
  },
  {
    title: "an empty token file",
    env: {
      ALIBABA_CLOUD_ROLE_ARN: roleArn,
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: oidcProviderArn,
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: "/dev/null",
    },
    message: "ALIBABA_CLOUD_OIDC_TOKEN_FILE in the environment: the file /dev/null is empty.",
  },
  {
    title: "a credentials URI that isn't one",
    config: { "alicloud:credentialsUri": "some-secret" },
    message: "alicloud:credentialsUri in the stack config must be an http:// or https:// URL.",
  },
  {
    title: "OIDC without a token",
    config: {
      "alicloud:assumeRoleWithOidc": JSON.stringify({
        roleArn,
        oidcProviderArn,
      }),
    },
    message: "alicloud:assumeRoleWithOidc in the stack config: oidcTokenFile or oidcToken must be set.",
  },
  {
    title: "a connection nobody declared",
    config: { ...inConfig, "oss-encryption:connections": { finance: {}, legal: {} } },
    connection: "some-secret",
    message:
      "connection must be the name of an entry of oss-encryption:connections; known are: finance, legal.",
  },
  {
    title: "a connection with two ways at once",
    config: {
      "oss-encryption:connections": { finance: { ecsRoleName: "web", credentialsUri: "http://127.0.0.1/" } },
    },
    connection: "finance",
    message:
      "ecsRoleName of connection finance and credentialsUri of connection finance: only one may be set.",
  },
  {
    title: "a connection with a role without a name",
    config: { ...inConfig, "oss-encryption:connections": { finance: { assumeRole: {} } } },
    connection: "finance",
    message: "assumeRole of connection finance: roleArn must be of the form acs:ram::<account>:role/<name>.",
  },
  {
    title: "a connection that names its one bucket in two places",
    config: {
      "oss-encryption:connections": { own: { endpoint: "logs.example.com", cname: true, pathStyle: true } },
    },
    connection: "own",
    message: "oss-encryption:connections: only one of cname and pathStyle of own may be set.",
  },
  {
    title: "a connection with a version of signatures that isn't one",
    config: { "oss-encryption:connections": { own: { signVersion: "V1" } } },
    connection: "own",
    message: "oss-encryption:connections: signVersion of own must be v1 or v4.",
  },
  {
    title: "a connection with a path and no endpoint for it",
    config: { "oss-encryption:connections": { own: { pathStyle: true } } },
    connection: "own",
    message: "oss-encryption:connections: pathStyle of own needs an endpoint.",
  },
  {
    title: "a connection with a misspelt key",
    config: { "oss-encryption:connections": { finance: { Region: "cn-shanghai" } } },
    connection: "finance",
    message:
      "oss-encryption:connections: finance has no Region; allowed are region, endpoint, internal, cname, cloudBoxId, signVersion, pathStyle, profile, " +
      "sharedCredentialsFile, ecsRoleName, credentialsUri, assumeRole, assumeRoleWithOidc.",
  },
];

describe("mistakes in how credentials are set up", () => {
  const rig = credentialsRig();

  for (const { title, file, connection, message, ...setup } of mistakes) {
    it(`reports ${title}, and shows nothing secret`, () => {
      const connections = rig.connect({ ...setup, files: file === undefined ? {} : { [profileFile]: file } });
      assert.throws(() => connections.verify(connection ? { connection } : {}), {
        name: "ConfigurationError",
        message,
      });
      assert.doesNotMatch(message, /(some|permanent|temporary)-(secret|id|token)/);
    });
  }
});
