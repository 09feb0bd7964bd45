import { ConfigurationError } from "../errors";
import { cliProfileSpec, defaultCliFile, defaultIniFile, iniProfileSpec, isCliFile } from "./profiles";
import { ecsSpec, isTrue, oidcSpec } from "./roles";
import type { Lookups } from "../settings/lookups";
import type { CredentialSpec } from "./spec";

const keyPairs = [
  ["OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN"],
  ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"],
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  ["ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"],
] as const;

export const inConfig = "in the stack config";
const inEnvironment = "in the environment";

export interface ChainLink {
  name: string;
  resolve: (lookups: Lookups) => CredentialSpec | undefined;
}

/**
 * The default chain: where credentials are looked for, in this order; docs/credentials.md shows it.
 * A link returns nothing where it isn't set up and throws where it is set up by half.
 */
export const configLinks: readonly ChainLink[] = [
  {
    name: "alicloud:accessKey + alicloud:secretKey",
    resolve: ({ config }) =>
      keysSpec(config, ["alicloud:accessKey", "alicloud:secretKey", "alicloud:securityToken"], inConfig),
  },
  {
    name: "alicloud:profile",
    resolve: (lookups) =>
      namedProfile(
        lookups,
        lookups.config("alicloud:profile"),
        lookups.config("alicloud:sharedCredentialsFile"),
        `alicloud:profile ${inConfig}`,
      ),
  },
  {
    name: "alicloud:ecsRoleName",
    resolve: ({ config, env }) =>
      namedEcsRole(config("alicloud:ecsRoleName"), env, `alicloud:ecsRoleName ${inConfig}`),
  },
  {
    name: "alicloud:credentialsUri",
    resolve: ({ config }) =>
      uriSpec(config("alicloud:credentialsUri"), `alicloud:credentialsUri ${inConfig}`),
  },
  {
    name: "alicloud:assumeRoleWithOidc",
    resolve: (lookups) =>
      oidcSpec(
        lookups.config("alicloud:assumeRoleWithOidc"),
        lookups,
        `alicloud:assumeRoleWithOidc ${inConfig}`,
      ),
  },
];

export const environmentLinks: readonly ChainLink[] = [
  ...keyPairs.map((names) => ({
    name: `${names[0]} + ${names[1]}`,
    resolve: ({ env }: Lookups) => keysSpec(env, names, inEnvironment),
  })),
  { name: "ALIBABA_CLOUD_OIDC_TOKEN_FILE", resolve: environmentOidc },
  { name: `a CLI profile (${defaultCliFile})`, resolve: environmentProfile },
  { name: `a credentials file (${defaultIniFile})`, resolve: (lookups) => iniProfileSpec(lookups) },
  {
    name: "ALIBABA_CLOUD_CREDENTIALS_URI",
    resolve: ({ env }) => {
      const name = firstSet(env, ["ALICLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_CREDENTIALS_URI"]);
      return name ? uriSpec(env(name), `${name} ${inEnvironment}`) : undefined;
    },
  },
  { name: "the RAM role of the ECS instance", resolve: ({ env }) => environmentEcs(env) },
];

type Environment = Lookups["env"];

const firstSet = (env: Environment, names: readonly string[]) => names.find((name) => env(name));

function keysSpec(
  look: Environment,
  names: readonly [string, string, string],
  place: string,
): CredentialSpec | undefined {
  // Keys that were copied and pasted come with line ends.
  const [accessKeyId, accessKeySecret, securityToken] = names.map((name) => look(name)?.trim());
  if (!accessKeyId && !accessKeySecret) return undefined;
  if (!accessKeyId || !accessKeySecret) {
    const [set, missing] = accessKeyId ? [names[0], names[1]] : [names[1], names[0]];
    throw new ConfigurationError(
      `${set} is set ${place}, but ${missing} is not: both halves must come from the same place.`,
    );
  }
  const credentials = { accessKeyId, accessKeySecret, securityToken };
  return { kind: "keys", credentials, origin: `${names[0]} ${place}` };
}

export function namedProfile(
  lookups: Lookups,
  name: string | undefined,
  file: string | undefined,
  origin: string,
): CredentialSpec | undefined {
  if (!name && file) throw new ConfigurationError(`${origin} is not set, but sharedCredentialsFile is.`);
  return name ? cliProfileSpec(lookups, { name, file: file ?? cliFile(lookups), origin }) : undefined;
}

/** Where a profile is looked for if nothing beside its name says: which machine it is decides that. */
function cliFile({ env, file }: Lookups): string {
  const own = env("ALICLOUD_SHARED_CREDENTIALS_FILE");
  const shared = env("ALIBABA_CLOUD_CREDENTIALS_FILE");
  // The SDKs read their own kind of file with the second variable.
  return own ?? (shared && isCliFile(file(shared)) ? shared : defaultCliFile);
}

function environmentProfile(lookups: Lookups): CredentialSpec | undefined {
  const { env } = lookups;
  const nameVariable = firstSet(env, ["ALICLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE"]);
  const fileVariable = firstSet(env, ["ALICLOUD_SHARED_CREDENTIALS_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE"]);
  const file = (fileVariable && env(fileVariable)) ?? defaultCliFile;
  // The SDKs read sections of their own kind of file with the same variable.
  if (nameVariable === "ALIBABA_CLOUD_PROFILE" && !isCliFile(lookups.file(file))) return undefined;
  if (!nameVariable && isTrue(env("ALIBABA_CLOUD_CLI_PROFILE_DISABLED"))) return undefined;
  const name = nameVariable && env(nameVariable);
  const origin = nameVariable ? `${nameVariable} ${inEnvironment}` : "the current profile";
  return cliProfileSpec(lookups, { name, file, origin });
}

function environmentOidc(lookups: Lookups): CredentialSpec | undefined {
  return lookups.env("ALIBABA_CLOUD_OIDC_TOKEN_FILE")
    ? oidcSpec({}, lookups, `ALIBABA_CLOUD_OIDC_TOKEN_FILE ${inEnvironment}`)
    : undefined;
}

export function namedEcsRole(
  name: string | undefined,
  env: Environment,
  origin: string,
): CredentialSpec | undefined {
  return name ? ecsSpec(name, env, origin) : undefined;
}

function environmentEcs(env: Environment): CredentialSpec | undefined {
  const name = firstSet(env, ["ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA"]);
  if (name) return ecsSpec(env(name), env, `${name} ${inEnvironment}`);
  if (isTrue(env("ALIBABA_CLOUD_ECS_METADATA_DISABLED"))) return undefined;
  return { ...ecsSpec(undefined, env, "the RAM role of the ECS instance"), unasked: true };
}

export function uriSpec(uri: string | undefined, origin: string): CredentialSpec | undefined {
  if (!uri) return undefined;
  if (!URL.canParse(uri) || !/^https?:$/.test(new URL(uri).protocol)) {
    throw new ConfigurationError(`${origin} must be an http:// or https:// URL.`);
  }
  return { kind: "uri", uri, origin };
}
