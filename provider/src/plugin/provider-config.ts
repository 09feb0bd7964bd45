import { ConfigurationError } from "../errors";
import { unknownValue } from "../rule/rule";
import { connectionKinds, entryMistake, type ConnectionEntry } from "../settings/connection-entry";
import type { ConfigNames, Lookup } from "../settings/lookups";
import { readFields, type Fields } from "../settings/read-fields";

/** What the provider can be configured with: an entry of `connections` for its own connection, and what the stack has once. */
const kinds = {
  ...connectionKinds,
  accessKey: "string",
  secretKey: "string",
  securityToken: "string",
  clientConnectTimeout: "string or number",
  clientReadTimeout: "string or number",
  maxRetryTimeout: "string or number",
  connections: "object",
} as const;

const secretNames = ["accessKey", "secretKey", "securityToken"];

/** Of an entry, what the alicloud provider has no key for; the rest is looked up as its keys are. */
const ownEntryNames = ["endpoint", "internal", "cname", "cloudBoxId", "signVersion", "pathStyle"];

/** The stack's config has these under the same namespace, for programs that declare their rules in it. */
const ofPrograms = ["rules"];

/** Config as the provider takes it: what is given as JSON text, as SDKs and stack config do, is read. */
export interface ProviderConfig {
  config: Lookup;
  ownEntry: ConnectionEntry;
  configNames: ConfigNames;
}

/** Which provider resource is configured: the default one has its config from the stack. */
export type ProviderName =
  | "default"
  | {
      /** Name that the program gives it. */
      explicit: string;
    };

/** Whether the engine may have made the provider of this name: it calls it `default`, with a version where it has one. */
export const isDefaultProviderName = (name: string) => /^default(_\d|$)/.test(name);

/** Everything wrong with a provider's config, as a sentence that names the key and no value. */
export function configMistake(values: Fields, name: ProviderName): string | undefined {
  try {
    readProviderConfig(values, name);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}

/** Names of the values that are credentials. */
export const isSecretName = (name: string) => secretNames.includes(name);

/** Throws ConfigurationError, naming the key and no value. */
export function readProviderConfig(values: Fields, name: ProviderName): ProviderConfig {
  const configNames = namesOf(name);
  const given = Object.entries(values)
    .filter(([key]) => !ofPrograms.includes(key) && !isOfEngine(key))
    .filter(([, value]) => value !== unknownValue)
    .map(([key, value]) => [key, decode(key, value)] as const);
  const place = name === "default" ? "oss-encryption in the stack config" : `The provider ${name.explicit}`;
  const fields = readFields(Object.fromEntries(given), place, kinds);
  const ownEntry: ConnectionEntry = Object.fromEntries(
    Object.entries(fields).filter(([key]) => ownEntryNames.includes(key)),
  );
  // An endpoint that is not known yet is one all the same, for what needs one.
  const judged = values.endpoint === unknownValue ? { ...ownEntry, endpoint: unknownValue } : ownEntry;
  const mistake = entryMistake(judged, (field) => configNames.nameOf(`alicloud:${field}`));
  if (mistake) throw new ConfigurationError(`${place}: ${mistake}`);
  return { config: lookUp(fields), ownEntry, configNames };
}

/** Keys of the engine's own, which every provider resource may have. */
const isOfEngine = (key: string) => key.startsWith("__") || ["version", "pluginDownloadURL"].includes(key);

/** A key without its namespace. */
const bare = (key: string) => key.replace(/^[^:]*:/, "");

function namesOf(name: ProviderName): ConfigNames {
  if (name === "default") {
    return { nameOf: (key) => `oss-encryption:${bare(key)}`, holder: "the stack config" };
  }
  return { nameOf: bare, holder: `the provider ${name.explicit}` };
}

/** SDKs hand over what isn't text as JSON, and stack config knows text alone. */
function decode(key: string, value: unknown): unknown {
  const kind: string | undefined = Object.hasOwn(kinds, key) ? kinds[key as keyof typeof kinds] : undefined;
  if (typeof value !== "string" || (kind !== "object" && kind !== "boolean")) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    // What it is instead is told by its kind; the parser's message would quote it.
    return value;
  }
}

/** Looks keys up by the names that they have in a stack's config. */
function lookUp(fields: Fields): Lookup {
  return (key) => {
    const name = bare(key);
    if (ownEntryNames.includes(name) || !Object.hasOwn(fields, name)) return undefined;
    const value = fields[name];
    if (value === undefined || value === null) return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  };
}
