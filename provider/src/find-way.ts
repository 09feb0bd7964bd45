import { ConfigurationError } from "./errors";
import type { ConnectionEntry } from "./connection-entry";
import { cliProfileWay, defaultCliFile, defaultIniFile, iniProfileWay, isCliFile } from "./profiles";
import { oidcWay, roleWay } from "./roles";
import type { Sources } from "./sources";
import type { Way } from "./way";

const keyPairs = [
  ["OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN"],
  ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"],
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  ["ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"],
] as const;

const inConfig = "in the stack config";
const inEnvironment = "in the environment";

/**
 * The ways of the default connection in the order in which they are looked for; docs/credentials.md shows it.
 * Each finder returns nothing where its way isn't set up and throws where it is set up by half.
 */
const finders: readonly { name: string; find: (sources: Sources) => Way | undefined }[] = [
  {
    name: "alicloud:accessKey + alicloud:secretKey",
    find: ({ config }) =>
      keysWay(config, ["alicloud:accessKey", "alicloud:secretKey", "alicloud:securityToken"], inConfig),
  },
  {
    name: "alicloud:profile",
    find: (sources) =>
      namedProfile(
        sources,
        sources.config("alicloud:profile"),
        sources.config("alicloud:sharedCredentialsFile"),
        `alicloud:profile ${inConfig}`,
      ),
  },
  {
    name: "alicloud:ecsRoleName",
    find: ({ config, env }) =>
      ecsWay(config("alicloud:ecsRoleName"), env, `alicloud:ecsRoleName ${inConfig}`),
  },
  {
    name: "alicloud:credentialsUri",
    find: ({ config }) => uriWay(config("alicloud:credentialsUri"), `alicloud:credentialsUri ${inConfig}`),
  },
  {
    name: "alicloud:assumeRoleWithOidc",
    find: (sources) =>
      oidcWay(
        sources.config("alicloud:assumeRoleWithOidc"),
        sources.env,
        `alicloud:assumeRoleWithOidc ${inConfig}`,
      ),
  },
  ...keyPairs.map((names) => ({
    name: `${names[0]} + ${names[1]}`,
    find: ({ env }: Sources) => keysWay(env, names, inEnvironment),
  })),
  { name: "ALIBABA_CLOUD_OIDC_TOKEN_FILE", find: ({ env }) => environmentOidc(env) },
  { name: `a CLI profile (${defaultCliFile})`, find: environmentProfile },
  { name: `a credentials file (${defaultIniFile})`, find: (sources) => iniProfileWay(sources) },
  {
    name: "ALIBABA_CLOUD_CREDENTIALS_URI",
    find: ({ env }) => {
      const name = firstSet(env, ["ALICLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_CREDENTIALS_URI"]);
      return name ? uriWay(env(name), `${name} ${inEnvironment}`) : undefined;
    },
  },
  { name: "the RAM role of the ECS instance", find: ({ env }) => environmentEcs(env) },
];

/** The error that no way gave anything. */
export const noCredentials = () =>
  new ConfigurationError(
    `No credentials found. Looked for, in this order: ${finders.map(({ name }) => name).join("; ")}.`,
  );

/** The way that counts for a connection. Throws ConfigurationError where one is set up wrongly, or none is left. */
export function findWay(sources: Sources, entry: ConnectionEntry = {}, connection = ""): Way {
  const own = ownWay(sources, entry, `connection ${connection}`);
  const base = own ?? defaultWay(sources);
  if (entry.assumeRole !== undefined)
    return roleWay(entry.assumeRole, base, sources.env, `assumeRole of connection ${connection}`);
  // A connection with credentials of its own does not take on the default connection's role as well.
  const role = own ? undefined : sources.config("alicloud:assumeRole");
  return role ? roleWay(role, base, sources.env, `alicloud:assumeRole ${inConfig}`) : base;
}

function defaultWay(sources: Sources): Way {
  for (const { find } of finders) {
    const way = find(sources);
    if (way) return way;
  }
  throw noCredentials();
}

/** Keys in the environment that lose to the stack config: after a rotation they may be the fresh ones. */
export function overruledKeys(sources: Sources): string | undefined {
  return firstSet(
    sources.env,
    keyPairs.map(([id]) => id),
  );
}

function ownWay(sources: Sources, entry: ConnectionEntry, place: string): Way | undefined {
  const ways = [
    namedProfile(sources, entry.profile, entry.sharedCredentialsFile, `profile of ${place}`),
    ecsWay(entry.ecsRoleName, sources.env, `ecsRoleName of ${place}`),
    uriWay(entry.credentialsUri, `credentialsUri of ${place}`),
    oidcWay(entry.assumeRoleWithOidc, sources.env, `assumeRoleWithOidc of ${place}`),
  ].filter((way) => way !== undefined);
  if (ways.length > 1)
    throw new ConfigurationError(`${ways.map(({ origin }) => origin).join(" and ")}: only one may be set.`);
  return ways[0];
}

type Environment = Sources["env"];

const isTrue = (value: string | undefined) => value?.toLowerCase() === "true";

const firstSet = (env: Environment, names: readonly string[]) => names.find((name) => env(name));

function keysWay(
  look: Environment,
  names: readonly [string, string, string],
  place: string,
): Way | undefined {
  // Keys that were copied and pasted come with line ends.
  const [accessKeyId, accessKeySecret, securityToken] = names.map((name) => look(name)?.trim());
  if (!accessKeyId && !accessKeySecret) return undefined;
  if (!accessKeyId || !accessKeySecret) {
    const [set, missing] = accessKeyId ? [names[0], names[1]] : [names[1], names[0]];
    throw new ConfigurationError(
      `${set} is set ${place}, but ${missing} is not: both halves must come from the same place.`,
    );
  }
  const credentials = { accessKeyId, accessKeySecret, ...(securityToken ? { securityToken } : {}) };
  return { kind: "keys", credentials, origin: `${names[0]} ${place}` };
}

function namedProfile(
  sources: Sources,
  name: string | undefined,
  file: string | undefined,
  origin: string,
): Way | undefined {
  if (!name && file) throw new ConfigurationError(`${origin} is not set, but sharedCredentialsFile is.`);
  return name ? cliProfileWay(sources, { name, file: file ?? defaultCliFile, origin }) : undefined;
}

function environmentProfile(sources: Sources): Way | undefined {
  const { env } = sources;
  const nameVariable = firstSet(env, ["ALICLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE"]);
  const fileVariable = firstSet(env, ["ALICLOUD_SHARED_CREDENTIALS_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE"]);
  const file = (fileVariable && env(fileVariable)) ?? defaultCliFile;
  // The SDKs read sections of their own kind of file with the same variable.
  if (nameVariable === "ALIBABA_CLOUD_PROFILE" && !isCliFile(sources.file(file))) return undefined;
  if (!nameVariable && isTrue(env("ALIBABA_CLOUD_CLI_PROFILE_DISABLED"))) return undefined;
  const name = nameVariable && env(nameVariable);
  const origin = nameVariable ? `${nameVariable} ${inEnvironment}` : `the current profile of ${file}`;
  return cliProfileWay(sources, { ...(name ? { name } : {}), file, origin });
}

function environmentOidc(env: Environment): Way | undefined {
  return env("ALIBABA_CLOUD_OIDC_TOKEN_FILE")
    ? oidcWay({}, env, `ALIBABA_CLOUD_OIDC_TOKEN_FILE ${inEnvironment}`)
    : undefined;
}

function ecsWay(roleName: string | undefined, env: Environment, origin: string): Way | undefined {
  if (!roleName) return undefined;
  if (isTrue(env("ALIBABA_CLOUD_ECS_METADATA_DISABLED")))
    throw new ConfigurationError(`${origin} can't be used: ALIBABA_CLOUD_ECS_METADATA_DISABLED is true.`);
  return { kind: "ecs", roleName, v2Only: isTrue(env("ALIBABA_CLOUD_IMDSV1_DISABLED")), origin };
}

function environmentEcs(env: Environment): Way | undefined {
  const name = firstSet(env, ["ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA"]);
  if (name) return ecsWay(env(name), env, `${name} ${inEnvironment}`);
  if (isTrue(env("ALIBABA_CLOUD_ECS_METADATA_DISABLED"))) return undefined;
  const v2Only = isTrue(env("ALIBABA_CLOUD_IMDSV1_DISABLED"));
  return { kind: "ecs", v2Only, unasked: true, origin: "the RAM role of the ECS instance" };
}

function uriWay(uri: string | undefined, origin: string): Way | undefined {
  if (!uri) return undefined;
  if (!URL.canParse(uri) || !/^https?:$/.test(new URL(uri).protocol))
    throw new ConfigurationError(`${origin} must be an http:// or https:// URL.`);
  return { kind: "uri", uri, origin };
}
