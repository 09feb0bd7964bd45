/**
 * The environment variables of each setting, first one first. The names are those of the aliyun command line
 * (config/profile.go), the SDKs (credentials-go and credentials-nodejs), the alicloud provider (alicloud/provider.go) and
 * OSS's own SDKs; docs/credentials.md shows the same table. Left out are the command line's names without a family, such
 * as ACCESS_KEY_ID and REGION: they don't say whose they are.
 */
export const variables = {
  profile: ["ALIBABACLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"],
  profileFile: [
    "ALICLOUD_SHARED_CREDENTIALS_FILE",
    "ALIBABA_CLOUD_CONFIG_FILE",
    "ALIBABA_CLOUD_CREDENTIALS_FILE",
  ],
  /** `true` leaves out the command line's current profile. */
  profileDisabled: [
    "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
    "ALIBABA_CLOUD_IGNORE_PROFILE",
    "ALIBABACLOUD_IGNORE_PROFILE",
  ],
  /** `1` or `true` forbids what a profile would run or fetch outside. */
  externalDisabled: ["ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS"],
  region: [
    "OSS_REGION",
    "ALICLOUD_REGION",
    "ALIBABA_CLOUD_REGION",
    "ALIBABA_CLOUD_REGION_ID",
    "ALIBABACLOUD_REGION_ID",
    "ALICLOUD_REGION_ID",
  ],
  roleArn: ["ALICLOUD_ASSUME_ROLE_ARN", "ALIBABACLOUD_ROLE_ARN", "ALIBABA_CLOUD_ROLE_ARN"],
  /** Of OIDC and of profiles, to which the alicloud provider's variables for assumeRole mean nothing. */
  oidcRoleArn: ["ALIBABACLOUD_ROLE_ARN", "ALIBABA_CLOUD_ROLE_ARN"],
  sessionName: ["ALICLOUD_ASSUME_ROLE_SESSION_NAME", "ALIBABA_CLOUD_ROLE_SESSION_NAME"],
  oidcSessionName: ["ALIBABA_CLOUD_ROLE_SESSION_NAME"],
  sessionExpiration: ["ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION"],
  externalId: ["ALIBABACLOUD_EXTERNAL_ID", "ALIBABA_CLOUD_EXTERNAL_ID"],
  oidcProviderArn: ["ALIBABACLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"],
  oidcTokenFile: ["ALIBABACLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"],
  oidcToken: ["ALIBABA_CLOUD_OIDC_TOKEN"],
  credentialsUri: ["ALICLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_CREDENTIALS_URI"],
  ecsRoleName: ["ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA"],
  ecsDisabled: ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"],
  ecsV1Disabled: ["ALIBABA_CLOUD_IMDSV1_DISABLED"],
  ossEndpoint: ["OSS_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_OSS"],
  stsEndpoint: ["STS_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_STS", "ALIBABA_CLOUD_STS_ENDPOINT"],
  stsRegion: ["ALIBABA_CLOUD_STS_REGION"],
  /** `true`: STS inside the VPC. */
  stsInVpc: ["ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"],
  kmsEndpoint: ["KMS_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_KMS"],
} as const satisfies Record<string, readonly string[]>;

/** Key id, secret and token; both halves of a pair must come from the same row. */
export const keyVariables = [
  ["OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN"],
  ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"],
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  ["ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"],
  ["ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECURITY_TOKEN"],
] as const;

/** The first variable of a setting that is set, and its value. */
export function firstVariable(
  names: readonly string[],
  env: (name: string) => string | undefined,
): { name: string; value: string } | undefined {
  for (const name of names) {
    const value = env(name);
    if (value) return { name, value };
  }
  return undefined;
}

/** The value of the first variable of a setting that is set. */
export const variable = (names: readonly string[], env: (name: string) => string | undefined) =>
  firstVariable(names, env)?.value;

/** Whether a switch is on, as the SDKs read theirs. */
export const isTrue = (value: string | undefined) => value?.trim().toLowerCase() === "true";
