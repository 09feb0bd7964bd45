import { ConfigurationError } from "./errors";
import { cliProfileWay, defaultCliFile, defaultIniFile, iniProfileWay, isCliFile } from "./profiles";
import { ecsWay, isTrue, oidcWay } from "./roles";
import type { Sources } from "./sources";
import type { Way } from "./way";

const keyPairs = [
  ["OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN"],
  ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"],
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  ["ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"],
] as const;

export const inConfig = "in the stack config";
const inEnvironment = "in the environment";

export interface Finder {
  name: string;
  find: (sources: Sources) => Way | undefined;
}

/**
 * The ways of the default connection in the order in which they are looked for; docs/credentials.md shows it.
 * Each finder returns nothing where its way isn't set up and throws where it is set up by half.
 */
export const configFinders: readonly Finder[] = [
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
      namedEcsRole(config("alicloud:ecsRoleName"), env, `alicloud:ecsRoleName ${inConfig}`),
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
        sources,
        `alicloud:assumeRoleWithOidc ${inConfig}`,
      ),
  },
];

export const environmentFinders: readonly Finder[] = [
  ...keyPairs.map((names) => ({
    name: `${names[0]} + ${names[1]}`,
    find: ({ env }: Sources) => keysWay(env, names, inEnvironment),
  })),
  { name: "ALIBABA_CLOUD_OIDC_TOKEN_FILE", find: environmentOidc },
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

type Environment = Sources["env"];

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

export function namedProfile(
  sources: Sources,
  name: string | undefined,
  file: string | undefined,
  origin: string,
): Way | undefined {
  if (!name && file) throw new ConfigurationError(`${origin} is not set, but sharedCredentialsFile is.`);
  return name ? cliProfileWay(sources, { name, file: file ?? cliFile(sources), origin }) : undefined;
}

/** Where a profile is looked for if nothing beside its name says: which machine it is decides that. */
function cliFile({ env, file }: Sources): string {
  const own = env("ALICLOUD_SHARED_CREDENTIALS_FILE");
  const shared = env("ALIBABA_CLOUD_CREDENTIALS_FILE");
  // The SDKs read their own kind of file with the second variable.
  return own ?? (shared && isCliFile(file(shared)) ? shared : defaultCliFile);
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
  const origin = nameVariable ? `${nameVariable} ${inEnvironment}` : "the current profile";
  return cliProfileWay(sources, { ...(name ? { name } : {}), file, origin });
}

function environmentOidc(sources: Sources): Way | undefined {
  return sources.env("ALIBABA_CLOUD_OIDC_TOKEN_FILE")
    ? oidcWay({}, sources, `ALIBABA_CLOUD_OIDC_TOKEN_FILE ${inEnvironment}`)
    : undefined;
}

export function namedEcsRole(name: string | undefined, env: Environment, origin: string): Way | undefined {
  return name ? ecsWay(name, env, origin) : undefined;
}

function environmentEcs(env: Environment): Way | undefined {
  const name = firstSet(env, ["ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA"]);
  if (name) return ecsWay(env(name), env, `${name} ${inEnvironment}`);
  if (isTrue(env("ALIBABA_CLOUD_ECS_METADATA_DISABLED"))) return undefined;
  return { ...ecsWay(undefined, env, "the RAM role of the ECS instance"), unasked: true };
}

export function uriWay(uri: string | undefined, origin: string): Way | undefined {
  if (!uri) return undefined;
  if (!URL.canParse(uri) || !/^https?:$/.test(new URL(uri).protocol))
    throw new ConfigurationError(`${origin} must be an http:// or https:// URL.`);
  return { kind: "uri", uri, origin };
}
