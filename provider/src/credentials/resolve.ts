// As whom are services called?

import type { ConnectionEntry } from "../settings/connection-entry";
import { ConfigurationError } from "../errors";
import { configLinks, environmentLinks, namedProfile, type ChainLink } from "./default-chain";
import { ecsSpec, oidcSpec, roleSpec, uriSpec } from "./roles";
import { configOrigin, type Lookups } from "../settings/lookups";
import type { CredentialSpec } from "./spec";

/** Where credentials are looked for, in this order: the first link that has some counts. */
const defaultChain = [...configLinks, ...environmentLinks];

/** The error that no link of the chain gave anything. */
export function noCredentials({ configNames }: Lookups): ConfigurationError {
  const places = defaultChain.map(({ name }) => name(configNames));
  return new ConfigurationError(`No credentials found. Looked for, in this order: ${places.join("; ")}.`);
}

/** The spec that counts for a connection. Throws ConfigurationError where one is set up wrongly, or none is left. */
export function resolveCredentials(
  lookups: Lookups,
  entry: ConnectionEntry = {},
  connection = "",
): CredentialSpec {
  const own = connectionSpec(lookups, entry, `connection ${connection}`);
  const base = own ?? defaultSpec(lookups);
  if (entry.assumeRole) {
    return roleSpec(entry.assumeRole, base, lookups.env, `assumeRole of connection ${connection}`);
  }
  // A connection with credentials of its own does not take on the default connection's role as well.
  const role = own ? undefined : lookups.config("alicloud:assumeRole");
  return role ? roleSpec(role, base, lookups.env, configOrigin(lookups, "alicloud:assumeRole")) : base;
}

function defaultSpec(lookups: Lookups): CredentialSpec {
  for (const { resolve } of defaultChain) {
    const spec = resolve(lookups);
    if (spec) return spec;
  }
  throw noCredentials(lookups);
}

/**
 * What else is worth knowing when credentials are refused that come from the stack config: what they win over, and
 * that refresh and destroy may see old ones, unless `isConfigCurrent`.
 */
export function staleNote(
  spec: CredentialSpec,
  lookups: Lookups,
  isConfigCurrent = false,
): string | undefined {
  const { holder } = lookups.configNames;
  if (!innermost(spec).origin.includes(`in ${holder}`)) return undefined;
  const overruled = firstSpec(environmentLinks, lookups);
  const notes = [
    overruled ? `They win over ${overruled.origin}.` : "",
    isConfigCurrent
      ? ""
      : `Refresh and destroy use ${holder} of the last up: if it has changed since, add --run-program.`,
  ];
  return notes.filter(Boolean).join(" ") || undefined;
}

/** The first spec that is set up rightly, the last resort left out. */
function firstSpec(among: readonly ChainLink[], lookups: Lookups): CredentialSpec | undefined {
  for (const { resolve } of among) {
    try {
      const spec = resolve(lookups);
      if (spec) return isLastResort(spec) ? undefined : spec;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
    }
  }
  return undefined;
}

/** The spec that a chain of roles starts from. */
export function innermost(spec: CredentialSpec): CredentialSpec {
  return spec.kind === "role" ? innermost(spec.base) : spec;
}

/** Whether the spec is tried only because there is no other. */
export const isLastResort = (spec: CredentialSpec) => spec.kind === "ecs" && spec.unasked === true;

function connectionSpec(lookups: Lookups, entry: ConnectionEntry, place: string): CredentialSpec | undefined {
  const specs = [
    namedProfile(lookups, entry.profile, entry.sharedCredentialsFile, `profile of ${place}`),
    entry.ecsRoleName ? ecsSpec(entry.ecsRoleName, lookups.env, `ecsRoleName of ${place}`) : undefined,
    uriSpec(entry.credentialsUri, `credentialsUri of ${place}`),
    oidcSpec(entry.assumeRoleWithOidc, lookups, `assumeRoleWithOidc of ${place}`),
  ].filter((spec) => spec !== undefined);
  if (specs.length > 1) {
    throw new ConfigurationError(`${specs.map(({ origin }) => origin).join(" and ")}: only one may be set.`);
  }
  return specs[0];
}
