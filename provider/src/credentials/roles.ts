import { ConfigurationError } from "../errors";
import { readFields, type Fields } from "../settings/read-fields";
import type { Lookup, Lookups } from "../settings/lookups";
import type { Role, CredentialSpec } from "./spec";

const roleKinds = {
  roleArn: "string",
  sessionName: "string or number",
  sessionExpiration: "string or number",
  policy: "string",
  externalId: "string or number",
} as const;

const oidcKinds = {
  roleArn: "string",
  roleSessionName: "string or number",
  sessionExpiration: "string or number",
  policy: "string",
  oidcProviderArn: "string",
  oidcToken: "string",
  oidcTokenFile: "string",
} as const;

/** From the value of `assumeRole`; keys and environment variables are those of the alicloud provider. */
export function roleSpec(value: unknown, base: CredentialSpec, env: Lookup, origin: string): CredentialSpec {
  const fields = readFields(value, origin, roleKinds);
  const role = readRole(fields, origin, {
    roleArn: env("ALICLOUD_ASSUME_ROLE_ARN") ?? env("ALIBABA_CLOUD_ROLE_ARN"),
    sessionName: env("ALICLOUD_ASSUME_ROLE_SESSION_NAME") ?? env("ALIBABA_CLOUD_ROLE_SESSION_NAME"),
    sessionExpiration: env("ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION"),
  });
  return {
    kind: "role",
    base,
    role,
    origin: `${origin}, on top of ${base.origin}`,
    region: base.region,
  };
}

/** From the value of `assumeRoleWithOidc`; what it leaves out comes from the environment, where ACK puts it. */
export function oidcSpec(value: unknown, lookups: Lookups, origin: string): CredentialSpec | undefined {
  if (!value) return undefined;
  const { env } = lookups;
  const { roleSessionName, ...fields } = readFields(value, origin, oidcKinds);
  const role = readRole({ ...fields, sessionName: roleSessionName }, origin, {
    roleArn: env("ALIBABA_CLOUD_ROLE_ARN"),
    sessionName: env("ALIBABA_CLOUD_ROLE_SESSION_NAME"),
  });
  const oidcProviderArn = text(fields, "oidcProviderArn") ?? env("ALIBABA_CLOUD_OIDC_PROVIDER_ARN");
  if (!oidcProviderArn || !/^acs:ram::\d+:oidc-provider\/.+$/.test(oidcProviderArn)) {
    throw new ConfigurationError(
      `${origin}: oidcProviderArn must be of the form acs:ram::<account>:oidc-provider/<name>.`,
    );
  }
  const token = text(fields, "oidcToken");
  const tokenFile = token
    ? undefined
    : (text(fields, "oidcTokenFile") ?? env("ALIBABA_CLOUD_OIDC_TOKEN_FILE"));
  const inline =
    token ?? (tokenFile ? readToken(lookups, tokenFile, origin) : env("ALIBABA_CLOUD_OIDC_TOKEN"));
  if (!inline) throw new ConfigurationError(`${origin}: oidcTokenFile or oidcToken must be set.`);
  return { kind: "oidc", role, oidcProviderArn, token: inline, origin };
}

/** The token that is in a file now; whoever put it there replaces it before it expires. */
export function readToken({ file }: Lookups, path: string, origin: string): string {
  const token = file(path)?.trim();
  if (token === undefined) throw new ConfigurationError(`${origin}: there is no file ${path}.`);
  if (!token) throw new ConfigurationError(`${origin}: the file ${path} is empty.`);
  return token;
}

/** The RAM role of the ECS instance; without a name the one it has. */
export function ecsSpec(
  roleName: string | undefined,
  env: Lookup,
  origin: string,
): Extract<CredentialSpec, { kind: "ecs" }> {
  if (isTrue(env("ALIBABA_CLOUD_ECS_METADATA_DISABLED"))) {
    throw new ConfigurationError(`${origin} can't be used: ALIBABA_CLOUD_ECS_METADATA_DISABLED is true.`);
  }
  const v2Only = isTrue(env("ALIBABA_CLOUD_IMDSV1_DISABLED"));
  return { kind: "ecs", v2Only, origin, roleName };
}

export const isTrue = (value: string | undefined) => value?.toLowerCase() === "true";

/** A role from fields named as in stack config; `otherwise` has what counts where a field is absent. */
export function readRole(
  fields: Fields,
  origin: string,
  otherwise: Record<string, string | undefined> = {},
): Role {
  const field = (name: string) => text(fields, name) ?? otherwise[name];
  const roleArn = field("roleArn");
  if (!roleArn || !/^acs:ram::\d+:role\/\S+$/.test(roleArn)) {
    throw new ConfigurationError(`${origin}: roleArn must be of the form acs:ram::<account>:role/<name>.`);
  }
  const durationSeconds = Number(field("sessionExpiration") ?? 3600);
  if (!Number.isInteger(durationSeconds) || durationSeconds < 900 || durationSeconds > 43_200) {
    throw new ConfigurationError(`${origin}: sessionExpiration must be 900 to 43200 seconds.`);
  }
  return {
    roleArn,
    sessionName: field("sessionName") ?? "pulumi-oss-encryption",
    durationSeconds,
    policy: field("policy"),
    externalId: field("externalId"),
  };
}

/** A field that readFields let pass; `""` is as good as none. */
function text(fields: Fields, name: string): string | undefined {
  const value = fields[name] as string | number | null | undefined;
  return value === undefined || value === null || value === "" ? undefined : String(value);
}
