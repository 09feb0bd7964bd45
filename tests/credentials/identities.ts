/** Whom the emulator of these suites knows, and how config, environment and profiles spell their keys. */
export const account = "1234567890123456";
export const roleArn = `acs:ram::${account}:role/encryption`;
export const oidcProviderArn = `acs:ram::${account}:oidc-provider/ci`;
export const oidcToken = "oidc-secret";

export const permanent = { accessKeyId: "permanent-id", accessKeySecret: "permanent-secret" };
export const temporary = {
  accessKeyId: "temporary-id",
  accessKeySecret: "temporary-secret",
  securityToken: "temporary-token",
};

export const inConfig = {
  "alicloud:accessKey": permanent.accessKeyId,
  "alicloud:secretKey": permanent.accessKeySecret,
};
export const inEnvironment = {
  OSS_ACCESS_KEY_ID: permanent.accessKeyId,
  OSS_ACCESS_KEY_SECRET: permanent.accessKeySecret,
};

/** The configuration file of the aliyun command line, in the home folder. */
export const profileFile = ".aliyun/config.json";
export const permanentProfile = {
  mode: "AK",
  access_key_id: permanent.accessKeyId,
  access_key_secret: permanent.accessKeySecret,
};
export const temporaryProfile = {
  mode: "StsToken",
  access_key_id: temporary.accessKeyId,
  access_key_secret: temporary.accessKeySecret,
  sts_token: temporary.securityToken,
};
/** Its content: `work` is the current profile. */
export const profiles = (...some: object[]) => ({
  current: "work",
  profiles: some.map((one) => ({ region_id: "cn-hangzhou", ...one })),
});
export const workProfile = (profile: object) => profiles({ name: "work", ...profile });
