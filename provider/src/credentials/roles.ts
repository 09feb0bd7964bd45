import { ConfigurationError } from "../errors";
import { readFields, type Fields } from "../settings/read-fields";
import { isTrue, variable, variables } from "../settings/variables";
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
    roleArn: variable(variables.roleArn, env),
    sessionName: variable(variables.sessionName, env),
    sessionExpiration: variable(variables.sessionExpiration, env),
    externalId: variable(variables.externalId, env),
  });
  return {
    kind: "role",
    base,
    role,
    origin: `${origin}, on top of ${base.origin}`,
    region: base.region,
    sts: base.sts,
  };
}

/** From the value of `assumeRoleWithOidc`; what it leaves out comes from the environment, where ACK puts it. */
export function oidcSpec(value: unknown, lookups: Lookups, origin: string): CredentialSpec | undefined {
  if (!value) return undefined;
  const { env } = lookups;
  const { roleSessionName, ...fields } = readFields(value, origin, oidcKinds);
  const role = readRole({ ...fields, sessionName: roleSessionName }, origin, {
    roleArn: variable(variables.oidcRoleArn, env),
    sessionName: variable(variables.oidcSessionName, env),
  });
  const oidcProviderArn = text(fields, "oidcProviderArn") ?? variable(variables.oidcProviderArn, env);
  if (!oidcProviderArn || !/^acs:ram::\d+:oidc-provider\/.+$/.test(oidcProviderArn)) {
    throw new ConfigurationError(
      `${origin}: oidcProviderArn must be of the form acs:ram::<account>:oidc-provider/<name>.`,
    );
  }
  const token = text(fields, "oidcToken");
  const tokenFile = token
    ? undefined
    : (text(fields, "oidcTokenFile") ?? variable(variables.oidcTokenFile, env));
  const inline =
    token ?? (tokenFile ? readToken(lookups, tokenFile, origin) : variable(variables.oidcToken, env));
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
  if (isTrue(variable(variables.ecsDisabled, env))) {
    throw new ConfigurationError(`${origin} can't be used: ALIBABA_CLOUD_ECS_METADATA_DISABLED is true.`);
  }
  const v2Only = isTrue(variable(variables.ecsV1Disabled, env));
  return { kind: "ecs", v2Only, origin, roleName };
}

/** A service that hands out credentials over HTTP. */
export function uriSpec(
  uri: string | undefined,
  origin: string,
): Extract<CredentialSpec, { kind: "uri" }> | undefined {
  if (!uri) return undefined;
  if (!URL.canParse(uri) || !/^https?:$/.test(new URL(uri).protocol)) {
    throw new ConfigurationError(`${origin} must be an http:// or https:// URL.`);
  }
  return { kind: "uri", uri, origin };
}

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
