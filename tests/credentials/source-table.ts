import { connectionKinds } from "../../provider/src/settings/connection-entry";
import {
  inConfig,
  inEnvironment,
  oidcProviderArn,
  oidcToken,
  permanent,
  permanentProfile,
  profileFile,
  profiles,
  roleArn,
  temporaryProfile,
  workProfile,
} from "./identities";
import type { Setup } from "./rig";

export interface Source extends Setup {
  title: string;
  connection?: string;
  /** What OSS takes the caller for. */
  identity: string;
  /** Where a refusal says that the credentials came from. */
  origin: string;
}

const oidc = { roleArn, roleSessionName: "ci", oidcProviderArn };
const chained = "assumed-role/encryption/pulumi-oss-encryption";
const inTheYear2100 = 4_102_444_800;
const keys = (prefix: string, id = "ACCESS_KEY_ID", secret = "ACCESS_KEY_SECRET") => ({
  [`${prefix}_${id}`]: permanent.accessKeyId,
  [`${prefix}_${secret}`]: permanent.accessKeySecret,
});

/** A row for each source that credentials can come from. */
export const sources: Source[] = [
  {
    title: "stack config",
    config: inConfig,
    identity: "user/permanent",
    origin: "alicloud:accessKey in the stack config",
  },
  {
    title: "stack config, with a token",
    config: {
      "alicloud:accessKey": "temporary-id",
      "alicloud:secretKey": "temporary-secret",
      "alicloud:securityToken": "temporary-token",
    },
    identity: "user/temporary",
    origin: "alicloud:accessKey in the stack config",
  },
  {
    title: "stack config, with a role",
    config: { ...inConfig, "alicloud:assumeRole": { roleArn } },
    identity: chained,
    origin: "alicloud:assumeRole in the stack config, on top of alicloud:accessKey in the stack config",
  },
  {
    title: "a profile in stack config",
    config: { "alicloud:profile": "work" },
    files: { [profileFile]: workProfile({ ...permanentProfile }) },
    identity: "user/permanent",
    origin: "alicloud:profile in the stack config (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a profile in a file of one's own",
    config: { "alicloud:profile": "work", "alicloud:sharedCredentialsFile": "FILE:mine.json" },
    files: { "mine.json": workProfile({ ...temporaryProfile }) },
    identity: "user/temporary",
    origin: "alicloud:profile in the stack config (profile work of FILE:mine.json)",
  },
  {
    title: "an ECS role in stack config",
    config: { "alicloud:ecsRoleName": "web" },
    identity: "assumed-role/web/i-emulator",
    origin: "alicloud:ecsRoleName in the stack config",
  },
  {
    title: "a credentials URI in stack config",
    config: { "alicloud:credentialsUri": "URI" },
    identity: "assumed-role/credentials-uri/i-emulator",
    origin: "alicloud:credentialsUri in the stack config",
  },
  {
    title: "OIDC in stack config, token in a file",
    config: { "alicloud:assumeRoleWithOidc": { ...oidc, oidcTokenFile: "FILE:token" } },
    files: { token: oidcToken },
    identity: "assumed-role/encryption/ci",
    origin: "alicloud:assumeRoleWithOidc in the stack config",
  },
  {
    title: "OIDC in stack config, token given",
    config: { "alicloud:assumeRoleWithOidc": { ...oidc, oidcToken } },
    identity: "assumed-role/encryption/ci",
    origin: "alicloud:assumeRoleWithOidc in the stack config",
  },
  {
    title: "OSS_* variables",
    env: inEnvironment,
    identity: "user/permanent",
    origin: "OSS_ACCESS_KEY_ID in the environment",
  },
  {
    title: "OSS_* variables, with a token",
    env: {
      OSS_ACCESS_KEY_ID: "temporary-id\n",
      OSS_ACCESS_KEY_SECRET: " temporary-secret",
      OSS_SESSION_TOKEN: "temporary-token\n",
    },
    identity: "user/temporary",
    origin: "OSS_ACCESS_KEY_ID in the environment",
  },
  {
    title: "ALICLOUD_* variables",
    env: keys("ALICLOUD", "ACCESS_KEY", "SECRET_KEY"),
    identity: "user/permanent",
    origin: "ALICLOUD_ACCESS_KEY in the environment",
  },
  {
    title: "ALIBABA_CLOUD_* variables",
    env: keys("ALIBABA_CLOUD"),
    identity: "user/permanent",
    origin: "ALIBABA_CLOUD_ACCESS_KEY_ID in the environment",
  },
  {
    title: "ALIBABACLOUD_* variables",
    env: keys("ALIBABACLOUD"),
    identity: "user/permanent",
    origin: "ALIBABACLOUD_ACCESS_KEY_ID in the environment",
  },
  {
    title: "OIDC as ACK sets it up",
    env: {
      ALIBABA_CLOUD_ROLE_ARN: roleArn,
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: oidcProviderArn,
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: "FILE:token",
      ALIBABA_CLOUD_ROLE_SESSION_NAME: "pod",
    },
    files: { token: oidcToken },
    identity: "assumed-role/encryption/pod",
    origin: "ALIBABA_CLOUD_OIDC_TOKEN_FILE in the environment",
  },
  {
    title: "the profile a variable names",
    env: { ALICLOUD_PROFILE: "other" },
    files: { [profileFile]: profiles({ name: "work" }, { name: "other", ...permanentProfile }) },
    identity: "user/permanent",
    origin: "ALICLOUD_PROFILE in the environment (profile other of ~/.aliyun/config.json)",
  },
  {
    title: "the CLI's current profile",
    files: { [profileFile]: workProfile({ ...permanentProfile }) },
    identity: "user/permanent",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a profile with a role",
    files: {
      [profileFile]: workProfile({
        ...permanentProfile,
        mode: "RamRoleArn",
        ram_role_arn: roleArn,
        ram_session_name: "cli",
        expired_seconds: 900,
      }),
    },
    identity: "assumed-role/encryption/cli",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a profile with a role on top of another profile",
    files: {
      [profileFile]: profiles(
        {
          name: "work",
          mode: "ChainableRamRoleArn",
          source_profile: "base",
          ram_role_arn: roleArn,
          ram_session_name: "cli",
        },
        { name: "base", ...permanentProfile },
      ),
    },
    identity: "assumed-role/encryption/cli",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a profile with an ECS role",
    files: { [profileFile]: workProfile({ mode: "EcsRamRole", ram_role_name: "web" }) },
    identity: "assumed-role/web/i-emulator",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a profile with OIDC",
    files: {
      [profileFile]: workProfile({
        mode: "OIDC",
        oidc_provider_arn: oidcProviderArn,
        oidc_token_file: "FILE:token",
        ram_role_arn: roleArn,
        ram_session_name: "cli",
      }),
      token: oidcToken,
    },
    identity: "assumed-role/encryption/cli",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "what signing in with CloudSSO left in the profile",
    files: {
      [profileFile]: workProfile({ ...temporaryProfile, mode: "CloudSSO", sts_expiration: inTheYear2100 }),
    },
    identity: "user/temporary",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "ALICLOUD_* variables as the command line spells them",
    env: keys("ALICLOUD"),
    identity: "user/permanent",
    origin: "ALICLOUD_ACCESS_KEY_ID in the environment",
  },
  {
    title: "the profile that the command line's first variable names",
    env: { ALIBABACLOUD_PROFILE: "other", ALICLOUD_PROFILE: "work" },
    files: {
      [profileFile]: profiles({ name: "work", ...temporaryProfile }, { name: "other", ...permanentProfile }),
    },
    identity: "user/permanent",
    origin: "ALIBABACLOUD_PROFILE in the environment (profile other of ~/.aliyun/config.json)",
  },
  {
    title: "a profile with a role on the role of the ECS instance",
    files: {
      [profileFile]: workProfile({
        mode: "RamRoleArnWithRoleName",
        ram_role_name: "web",
        ram_role_arn: roleArn,
        ram_session_name: "cli",
      }),
    },
    identity: "assumed-role/encryption/cli",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a profile with a credentials URI",
    files: { [profileFile]: workProfile({ mode: "CredentialsURI", credentials_uri: "URI" }) },
    identity: "assumed-role/credentials-uri/i-emulator",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a profile without a mode, which its fields tell",
    files: { [profileFile]: workProfile({ ...temporaryProfile, mode: "" }) },
    identity: "user/temporary",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a profile whose program prints permanent keys",
    files: {
      [profileFile]: workProfile({
        mode: "External",
        process_command: "cat 'FILE:printed.json'",
        // What an SDK puts there from an earlier output.
        access_key_id: "left",
        access_key_secret: "left",
        sts_token: "left",
        sts_expiration: 1,
      }),
      "printed.json": { ...permanentProfile, mode: undefined },
    },
    identity: "user/permanent",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a profile whose program prints temporary keys, in the form of the SDKs",
    files: {
      [profileFile]: workProfile({
        mode: "External",
        process_command: "cat FILE:printed.json",
      }),
      "printed.json": { ...temporaryProfile, expiration: "2100-01-01T00:00:00Z" },
    },
    identity: "user/temporary",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a profile whose program prints keys and a role to take on",
    files: {
      [profileFile]: workProfile({ mode: "External", process_command: "cat FILE:printed.json" }),
      "printed.json": {
        ...permanentProfile,
        mode: "RamRoleArn",
        ram_role_arn: roleArn,
        ram_session_name: "printed",
      },
    },
    identity: "assumed-role/encryption/printed",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a profile with a role on a profile whose program prints keys",
    files: {
      [profileFile]: profiles(
        {
          name: "work",
          mode: "ChainableRamRoleArn",
          source_profile: "base",
          ram_role_arn: roleArn,
          ram_session_name: "cli",
        },
        { name: "base", mode: "External", process_command: "cat FILE:printed.json" },
      ),
      "printed.json": permanentProfile,
    },
    identity: "assumed-role/encryption/cli",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a configuration file that an editor on Windows saved",
    files: {
      [profileFile]: `\uFEFF${JSON.stringify(workProfile(permanentProfile), undefined, 2).replaceAll("\n", "\r\n")}\r\n`,
    },
    identity: "user/permanent",
    origin: "the current profile (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a section with a dot in its name, in a file that an editor on Windows saved",
    env: { ALIBABA_CLOUD_PROFILE: "prod.eu" },
    files: {
      ".alibabacloud/credentials":
        "\uFEFF[prod]\r\ntype = ecs_ram_role\r\n[prod.eu]\r\ntype = access_key\r\naccess_key_id = permanent-id\r\naccess_key_secret = permanent-secret\r\n",
    },
    identity: "user/permanent",
    origin: "section prod.eu of ~/.alibabacloud/credentials",
  },
  {
    title: "the SDKs' credentials file",
    files: {
      ".alibabacloud/credentials":
        "[default]\ntype = access_key\naccess_key_id = permanent-id\naccess_key_secret = permanent-secret\n",
    },
    identity: "user/permanent",
    origin: "section default of ~/.alibabacloud/credentials",
  },
  {
    title: "a role in the SDKs' credentials file",
    env: { ALIBABA_CLOUD_CREDENTIALS_FILE: "FILE:mine.ini" },
    files: {
      "mine.ini": `[default]\ntype=ram_role_arn\naccess_key_id=permanent-id\naccess_key_secret=permanent-secret\nrole_arn=${roleArn}\nrole_session_name=ini\n`,
    },
    identity: "assumed-role/encryption/ini",
    origin: "section default of FILE:mine.ini",
  },
  {
    title: "a named section of the SDKs' credentials file",
    env: { ALIBABA_CLOUD_PROFILE: "prod" },
    files: {
      ".alibabacloud/credentials":
        "[prod]\ntype = access_key\naccess_key_id = permanent-id\naccess_key_secret = permanent-secret\n",
    },
    identity: "user/permanent",
    origin: "section prod of ~/.alibabacloud/credentials",
  },
  {
    title: "a credentials URI in the environment",
    env: { ALIBABA_CLOUD_CREDENTIALS_URI: "URI" },
    identity: "assumed-role/credentials-uri/i-emulator",
    origin: "ALIBABA_CLOUD_CREDENTIALS_URI in the environment",
  },
  {
    title: "the role of the ECS instance, unasked",
    identity: "assumed-role/web/i-emulator",
    origin: "the RAM role of the ECS instance",
  },
  {
    title: "a connection with a profile, which leaves the stack's role alone",
    config: {
      ...inConfig,
      "alicloud:assumeRole": { roleArn },
      "oss-encryption:connections": { finance: { profile: "work" } },
    },
    files: { [profileFile]: workProfile({ ...temporaryProfile }) },
    connection: "finance",
    identity: "user/temporary",
    origin: "profile of connection finance (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a connection with a role on the stack's credentials",
    config: {
      ...inConfig,
      "oss-encryption:connections": { finance: { assumeRole: { roleArn, sessionName: "finance" } } },
    },
    connection: "finance",
    identity: "assumed-role/encryption/finance",
    origin: "assumeRole of connection finance, on top of alicloud:accessKey in the stack config",
  },
  {
    title: "a connection that only names a region, with the stack's credentials",
    config: { ...inConfig, "oss-encryption:connections": { south: { region: "cn-hangzhou" } } },
    connection: "south",
    identity: "user/permanent",
    origin: "alicloud:accessKey in the stack config",
  },
  ...["", null].map((empty) => ({
    title: `a connection whose fields are ${JSON.stringify(empty)}, with the stack's role`,
    config: {
      ...inConfig,
      "alicloud:assumeRole": { roleArn },
      "oss-encryption:connections": {
        south: Object.fromEntries(Object.keys(connectionKinds).map((name) => [name, empty])),
      },
    },
    connection: "south",
    identity: chained,
    origin: "alicloud:assumeRole in the stack config, on top of alicloud:accessKey in the stack config",
  })),
  {
    title: "a connection with a profile and an empty file for it",
    config: { "oss-encryption:connections": { finance: { profile: "work", sharedCredentialsFile: "" } } },
    files: { [profileFile]: workProfile({ ...permanentProfile }) },
    connection: "finance",
    identity: "user/permanent",
    origin: "profile of connection finance (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a profile in stack config, of the file that the environment names",
    config: { "alicloud:profile": "work" },
    env: { ALICLOUD_SHARED_CREDENTIALS_FILE: "FILE:mine.json" },
    files: { "mine.json": workProfile({ ...permanentProfile }) },
    identity: "user/permanent",
    origin: "alicloud:profile in the stack config (profile work of FILE:mine.json)",
  },
  {
    title: "the current profile of the file that a variable names",
    env: { ALIBABA_CLOUD_CREDENTIALS_FILE: "FILE:mine.json" },
    files: { "mine.json": workProfile({ ...temporaryProfile }) },
    identity: "user/temporary",
    origin: "the current profile (profile work of FILE:mine.json)",
  },
  {
    title: "an ECS role in the SDKs' credentials file",
    files: { ".alibabacloud/credentials": "[default]\ntype = ecs_ram_role\nrole_name = web\n" },
    identity: "assumed-role/web/i-emulator",
    origin: "section default of ~/.alibabacloud/credentials",
  },
  {
    title: "an ECS role in the environment",
    env: { ALICLOUD_ECS_ROLE_NAME: "web" },
    identity: "assumed-role/web/i-emulator",
    origin: "ALICLOUD_ECS_ROLE_NAME in the environment",
  },
  {
    title: "a role on keys in the environment, its name there too",
    config: { "alicloud:assumeRole": { sessionExpiration: 900 } },
    env: { ...inEnvironment, ALICLOUD_ASSUME_ROLE_ARN: roleArn, ALICLOUD_ASSUME_ROLE_SESSION_NAME: "env" },
    identity: "assumed-role/encryption/env",
    origin: "alicloud:assumeRole in the stack config, on top of OSS_ACCESS_KEY_ID in the environment",
  },
  {
    title: "a role on the role of the ECS instance",
    config: { "alicloud:assumeRole": { roleArn } },
    identity: chained,
    origin: "alicloud:assumeRole in the stack config, on top of the RAM role of the ECS instance",
  },
  {
    title: "a role on OIDC",
    config: {
      "alicloud:assumeRoleWithOidc": { ...oidc, oidcToken },
      "alicloud:assumeRole": { roleArn },
    },
    identity: chained,
    origin:
      "alicloud:assumeRole in the stack config, on top of alicloud:assumeRoleWithOidc in the stack config",
  },
  {
    title: "a role on a profile with a role",
    config: { "alicloud:profile": "work", "alicloud:assumeRole": { roleArn } },
    files: {
      [profileFile]: workProfile({
        ...permanentProfile,
        mode: "RamRoleArn",
        ram_role_arn: roleArn,
        ram_session_name: "base",
      }),
    },
    identity: chained,
    origin:
      "alicloud:assumeRole in the stack config, on top of alicloud:profile in the stack config (profile work of ~/.aliyun/config.json)",
  },
  {
    title: "a connection with an ECS role",
    config: { ...inConfig, "oss-encryption:connections": { finance: { ecsRoleName: "web" } } },
    connection: "finance",
    identity: "assumed-role/web/i-emulator",
    origin: "ecsRoleName of connection finance",
  },
  {
    title: "a connection with a credentials URI",
    config: { ...inConfig, "oss-encryption:connections": { finance: { credentialsUri: "URI" } } },
    connection: "finance",
    identity: "assumed-role/credentials-uri/i-emulator",
    origin: "credentialsUri of connection finance",
  },
  {
    title: "a connection with OIDC and a role on top of it",
    config: {
      ...inConfig,
      "oss-encryption:connections": {
        finance: {
          assumeRoleWithOidc: { ...oidc, oidcTokenFile: "FILE:token" },
          assumeRole: { roleArn, sessionName: "finance" },
        },
      },
    },
    files: { token: `${oidcToken}\n` },
    connection: "finance",
    identity: "assumed-role/encryption/finance",
    origin: "assumeRole of connection finance, on top of assumeRoleWithOidc of connection finance",
  },
  {
    title: "a connection with a profile in a file of its own",
    config: {
      ...inConfig,
      "oss-encryption:connections": {
        finance: { profile: "work", sharedCredentialsFile: "FILE:mine.json" },
      },
    },
    files: { "mine.json": workProfile({ ...temporaryProfile }) },
    connection: "finance",
    identity: "user/temporary",
    origin: "profile of connection finance (profile work of FILE:mine.json)",
  },
];
