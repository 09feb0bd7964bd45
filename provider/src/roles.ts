import { ConfigurationError } from "./errors";
import type { Lookup, Sources } from "./sources";
import type { Role, Way } from "./way";

type Fields = Record<string, unknown>;

/** From the value of `assumeRole`; keys and environment variables are those of the alicloud provider. */
export function roleWay(value: unknown, base: Way, env: Lookup, origin: string): Way {
  const fields = readObject(value, origin, [
    "roleArn",
    "sessionName",
    "sessionExpiration",
    "policy",
    "externalId",
  ]);
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
    ...(base.region ? { region: base.region } : {}),
  };
}

/** From the value of `assumeRoleWithOidc`; what it leaves out comes from the environment, where ACK puts it. */
export function oidcWay(value: unknown, sources: Sources, origin: string): Way | undefined {
  if (!value) return undefined;
  const { env } = sources;
  const known = [
    "roleArn",
    "roleSessionName",
    "sessionExpiration",
    "policy",
    "oidcProviderArn",
    "oidcToken",
    "oidcTokenFile",
  ];
  const { roleSessionName, ...fields } = readObject(value, origin, known);
  const role = readRole({ ...fields, sessionName: roleSessionName }, origin, {
    roleArn: env("ALIBABA_CLOUD_ROLE_ARN"),
    sessionName: env("ALIBABA_CLOUD_ROLE_SESSION_NAME"),
  });
  const oidcProviderArn = text(fields, "oidcProviderArn", origin) ?? env("ALIBABA_CLOUD_OIDC_PROVIDER_ARN");
  if (!oidcProviderArn || !/^acs:ram::\d+:oidc-provider\/.+$/.test(oidcProviderArn))
    throw new ConfigurationError(
      `${origin}: oidcProviderArn must be of the form acs:ram::<account>:oidc-provider/<name>.`,
    );
  const token = text(fields, "oidcToken", origin);
  const tokenFile = token
    ? undefined
    : (text(fields, "oidcTokenFile", origin) ?? env("ALIBABA_CLOUD_OIDC_TOKEN_FILE"));
  const inline =
    token ?? (tokenFile ? readToken(sources, tokenFile, origin) : env("ALIBABA_CLOUD_OIDC_TOKEN"));
  if (!inline) throw new ConfigurationError(`${origin}: oidcTokenFile or oidcToken must be set.`);
  return { kind: "oidc", role, oidcProviderArn, token: inline, origin };
}

/** The token that is in a file now; whoever put it there replaces it before it expires. */
export function readToken({ file }: Sources, path: string, origin: string): string {
  const token = file(path)?.trim();
  if (token === undefined) throw new ConfigurationError(`${origin}: there is no file ${path}.`);
  if (!token) throw new ConfigurationError(`${origin}: the file ${path} is empty.`);
  return token;
}

/** The RAM role of the ECS instance; without a name the one it has. */
export function ecsWay(
  roleName: string | undefined,
  env: Lookup,
  origin: string,
): Extract<Way, { kind: "ecs" }> {
  if (isTrue(env("ALIBABA_CLOUD_ECS_METADATA_DISABLED")))
    throw new ConfigurationError(`${origin} can't be used: ALIBABA_CLOUD_ECS_METADATA_DISABLED is true.`);
  const v2Only = isTrue(env("ALIBABA_CLOUD_IMDSV1_DISABLED"));
  return { kind: "ecs", v2Only, origin, ...(roleName ? { roleName } : {}) };
}

export const isTrue = (value: string | undefined) => value?.toLowerCase() === "true";

/** A role from fields named as in stack config; `otherwise` has what counts where a field is absent. */
export function readRole(
  fields: Fields,
  origin: string,
  otherwise: Record<string, string | undefined> = {},
): Role {
  const field = (name: string) => text(fields, name, origin) ?? otherwise[name];
  const roleArn = field("roleArn");
  if (!roleArn || !/^acs:ram::\d+:role\/\S+$/.test(roleArn))
    throw new ConfigurationError(`${origin}: roleArn must be of the form acs:ram::<account>:role/<name>.`);
  const durationSeconds = Number(field("sessionExpiration") ?? 3600);
  if (!Number.isInteger(durationSeconds) || durationSeconds < 900 || durationSeconds > 43_200)
    throw new ConfigurationError(`${origin}: sessionExpiration must be 900 to 43200 seconds.`);
  const [policy, externalId] = [field("policy"), field("externalId")];
  return {
    roleArn,
    sessionName: field("sessionName") ?? "pulumi-oss-encryption",
    durationSeconds,
    ...(policy ? { policy } : {}),
    ...(externalId ? { externalId } : {}),
  };
}

function readObject(value: unknown, origin: string, known: string[]): Fields {
  let object = value;
  if (typeof value === "string") {
    try {
      object = JSON.parse(value);
    } catch {
      // Named below together with other values that aren't objects.
    }
  }
  if (typeof object !== "object" || object === null || Array.isArray(object))
    throw new ConfigurationError(`${origin} must be an object with ${known.join(", ")}.`);
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new ConfigurationError(`${origin} has no ${unknown}: allowed are ${known.join(", ")}.`);
  return object as Fields;
}

function text(fields: Fields, name: string, origin: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string" && typeof value !== "number")
    throw new ConfigurationError(`${origin}: ${name} must be a string.`);
  return String(value);
}
