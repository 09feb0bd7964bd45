import type { ConnectionEntry } from "./connection-entry";
import { ConfigurationError } from "./errors";
import {
  configFinders,
  environmentFinders,
  inConfig,
  namedEcsRole,
  namedProfile,
  uriWay,
  type Finder,
} from "./finders";
import { oidcWay, roleWay } from "./roles";
import type { Sources } from "./sources";
import type { Way } from "./way";

const finders = [...configFinders, ...environmentFinders];

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

/**
 * What else is worth knowing when credentials are refused that come from the stack config: what they win over, and
 * that refresh and destroy may see old ones.
 */
export function staleNote(way: Way, sources: Sources): string | undefined {
  if (!innermost(way).origin.includes(inConfig)) return undefined;
  const overruled = firstWay(environmentFinders, sources);
  const wins = overruled ? `They win over ${overruled.origin}. ` : "";
  return `${wins}Refresh and destroy use the stack config of the last up: if it has changed since, add --run-program.`;
}

/** The first way that is set up rightly, the last resort left out. */
function firstWay(among: readonly Finder[], sources: Sources): Way | undefined {
  for (const { find } of among) {
    try {
      const way = find(sources);
      if (way) return isLastResort(way) ? undefined : way;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
    }
  }
  return undefined;
}

/** The way that a chain of roles starts from. */
export function innermost(way: Way): Way {
  return way.kind === "role" ? innermost(way.base) : way;
}

/** Whether the way is tried only because there is no other. */
export const isLastResort = (way: Way) => way.kind === "ecs" && way.unasked === true;

function ownWay(sources: Sources, entry: ConnectionEntry, place: string): Way | undefined {
  const ways = [
    namedProfile(sources, entry.profile, entry.sharedCredentialsFile, `profile of ${place}`),
    namedEcsRole(entry.ecsRoleName, sources.env, `ecsRoleName of ${place}`),
    uriWay(entry.credentialsUri, `credentialsUri of ${place}`),
    oidcWay(entry.assumeRoleWithOidc, sources, `assumeRoleWithOidc of ${place}`),
  ].filter((way) => way !== undefined);
  if (ways.length > 1)
    throw new ConfigurationError(`${ways.map(({ origin }) => origin).join(" and ")}: only one may be set.`);
  return ways[0];
}
