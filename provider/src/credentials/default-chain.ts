import { ConfigurationError } from "../errors";
import { defaultIniFile, iniProfileSpec } from "./ini-profile";
import { keysSpec } from "./keys";
import { cliProfileSpec, defaultCliFile, isCliFile } from "./profiles";
import { ecsSpec, oidcSpec, uriSpec } from "./roles";
import { firstVariable, isTrue, keyVariables, variable, variables } from "../settings/variables";
import { configOrigin, type ConfigNames, type Lookups } from "../settings/lookups";
import type { CredentialSpec } from "./spec";

const inEnvironment = "in the environment";

export interface ChainLink {
  /** What is looked at, for the one who set it or didn't. */
  name: (names: ConfigNames) => string;
  resolve: (lookups: Lookups) => CredentialSpec | undefined;
}

const keysInConfig = ["alicloud:accessKey", "alicloud:secretKey", "alicloud:securityToken"] as const;

/**
 * The default chain: where credentials are looked for, in this order; docs/credentials.md shows it.
 * A link returns nothing where it isn't set up and throws where it is set up by half.
 */
export const configLinks: readonly ChainLink[] = [
  {
    name: ({ nameOf }) => keysInConfig.slice(0, 2).map(nameOf).join(" + "),
    resolve: ({ config, configNames: { nameOf, holder } }) =>
      pairSpec(config, keysInConfig, `in ${holder}`, nameOf),
  },
  {
    name: ({ nameOf }) => nameOf("alicloud:profile"),
    resolve: (lookups) =>
      namedProfile(
        lookups,
        lookups.config("alicloud:profile"),
        lookups.config("alicloud:sharedCredentialsFile"),
        configOrigin(lookups, "alicloud:profile"),
      ),
  },
  {
    name: ({ nameOf }) => nameOf("alicloud:ecsRoleName"),
    resolve: (lookups) => {
      const name = lookups.config("alicloud:ecsRoleName");
      return name ? ecsSpec(name, lookups.env, configOrigin(lookups, "alicloud:ecsRoleName")) : undefined;
    },
  },
  {
    name: ({ nameOf }) => nameOf("alicloud:credentialsUri"),
    resolve: (lookups) =>
      uriSpec(lookups.config("alicloud:credentialsUri"), configOrigin(lookups, "alicloud:credentialsUri")),
  },
  {
    name: ({ nameOf }) => nameOf("alicloud:assumeRoleWithOidc"),
    resolve: (lookups) =>
      oidcSpec(
        lookups.config("alicloud:assumeRoleWithOidc"),
        lookups,
        configOrigin(lookups, "alicloud:assumeRoleWithOidc"),
      ),
  },
];

export const environmentLinks: readonly ChainLink[] = [
  ...keyVariables.map((names) => ({
    name: () => `${names[0]} + ${names[1]}`,
    resolve: ({ env }: Lookups) => pairSpec(env, names, inEnvironment),
  })),
  { name: () => "ALIBABA_CLOUD_OIDC_TOKEN_FILE", resolve: environmentOidc },
  { name: () => `a CLI profile (${defaultCliFile})`, resolve: environmentProfile },
  { name: () => `a credentials file (${defaultIniFile})`, resolve: (lookups) => iniProfileSpec(lookups) },
  {
    name: () => "ALIBABA_CLOUD_CREDENTIALS_URI",
    resolve: ({ env }) => {
      const found = firstVariable(variables.credentialsUri, env);
      return found && uriSpec(found.value, `${found.name} ${inEnvironment}`);
    },
  },
  { name: () => "the RAM role of the ECS instance", resolve: ({ env }) => environmentEcs(env) },
];

type Environment = Lookups["env"];

function pairSpec(
  look: Environment,
  keys: readonly [string, string, string],
  place: string,
  nameOf = (key: string) => key,
): CredentialSpec | undefined {
  // Keys that were copied and pasted come with line ends.
  const [accessKeyId, accessKeySecret, securityToken] = keys.map((key) => look(key)?.trim());
  const [idName, secretName, tokenName] = keys.map(nameOf) as [string, string, string];
  if (!accessKeyId && !accessKeySecret) return undefined;
  if (!accessKeyId || !accessKeySecret) {
    const [set, missing] = accessKeyId ? [idName, secretName] : [secretName, idName];
    throw new ConfigurationError(
      `${set} is set ${place}, but ${missing} is not: both halves must come from the same place.`,
    );
  }
  const origin = `${idName} ${place}`;
  return keysSpec({ accessKeyId, accessKeySecret, securityToken }, origin, {
    idPlace: origin,
    tokenName,
  });
}

export function namedProfile(
  lookups: Lookups,
  name: string | undefined,
  file: string | undefined,
  origin: string,
): CredentialSpec | undefined {
  if (!name && file) throw new ConfigurationError(`${origin} is not set, but sharedCredentialsFile is.`);
  return name ? cliProfileSpec(lookups, { name, file: file || cliFile(lookups), origin }) : undefined;
}

/**
 * Where a profile is looked for if nothing beside its name says: which machine it is decides that. The SDKs read their own
 * kind of file with the last of the variables, so it counts for one of the command line's alone.
 */
function cliFile({ env, file }: Lookups): string {
  const found = firstVariable(variables.profileFile, env);
  if (found?.name === sharedFileVariable && !isCliFile(file(found.value))) return defaultCliFile;
  return found?.value ?? defaultCliFile;
}

const sharedFileVariable = "ALIBABA_CLOUD_CREDENTIALS_FILE";

function environmentProfile(lookups: Lookups): CredentialSpec | undefined {
  const { env } = lookups;
  const named = firstVariable(variables.profile, env);
  const file = variable(variables.profileFile, env) ?? defaultCliFile;
  // The SDKs read sections of their own kind of file with the same variable.
  if (named?.name === "ALIBABA_CLOUD_PROFILE" && !isCliFile(lookups.file(file))) return undefined;
  if (!named && variables.profileDisabled.some((name) => isTrue(env(name)))) return undefined;
  const origin = named ? `${named.name} ${inEnvironment}` : "the current profile";
  return cliProfileSpec(lookups, { name: named?.value, file, origin });
}

function environmentOidc(lookups: Lookups): CredentialSpec | undefined {
  const found = firstVariable(variables.oidcTokenFile, lookups.env);
  return found && oidcSpec({}, lookups, `${found.name} ${inEnvironment}`);
}

function environmentEcs(env: Environment): CredentialSpec | undefined {
  const found = firstVariable(variables.ecsRoleName, env);
  if (found) return ecsSpec(found.value, env, `${found.name} ${inEnvironment}`);
  if (isTrue(variable(variables.ecsDisabled, env))) return undefined;
  return { ...ecsSpec(undefined, env, "the RAM role of the ECS instance"), unasked: true };
}
