import { ConfigurationError } from "../errors";
import type { Lookups } from "./lookups";
import { asObject, readFields } from "./read-fields";

/** An entry of `oss-encryption:connections`: a way to buckets that isn't the stack's own. Every field may be left out. */
export interface ConnectionEntry {
  /** Region of its buckets, where the resource names none. */
  region?: string;
  /** Host or URL instead of the region's public endpoint. */
  endpoint?: string;
  /** Use the region's endpoint inside the VPC. */
  internal?: boolean;
  /** `endpoint` is a custom domain bound to the one bucket reached this way. */
  cname?: boolean;
  /** Id of a CloudBox, which its signatures name in place of the region; `endpoint` is then the box's. */
  cloudBoxId?: string;
  /** `v1` for an OSS that is too old for the other: Apsara Stack, gateways. Default `v4`. */
  signVersion?: SignVersion;
  /** The bucket's name stands in the path, not before the host: for an endpoint without a name for each bucket. */
  pathStyle?: boolean;
  /** Profile of the aliyun command line. */
  profile?: string;
  /** File with that profile; default `~/.aliyun/config.json`. */
  sharedCredentialsFile?: string;
  /** RAM role of the ECS instance. */
  ecsRoleName?: string;
  /** URL of a service that hands out credentials. */
  credentialsUri?: string;
  /** As `alicloud:assumeRole`; on top of the connection's own credentials, or else of the default connection's. */
  assumeRole?: Record<string, unknown>;
  /** As `alicloud:assumeRoleWithOidc`. */
  assumeRoleWithOidc?: Record<string, unknown>;
}

/** How requests to OSS are signed. */
export type SignVersion = "v1" | "v4";

/** Kinds of an entry's fields. */
export const connectionKinds = {
  region: "string",
  endpoint: "string",
  internal: "boolean",
  cname: "boolean",
  cloudBoxId: "string",
  signVersion: "string",
  pathStyle: "boolean",
  profile: "string",
  sharedCredentialsFile: "string",
  ecsRoleName: "string",
  credentialsUri: "string",
  assumeRole: "object",
  assumeRoleWithOidc: "object",
} as const satisfies Record<keyof ConnectionEntry, string>;

const configKey = "oss-encryption:connections";

/** The entry of that name; `own` for the default connection. Throws ConfigurationError, listing the known names. */
export function connectionEntry(
  name: string | undefined,
  { config, configNames }: Pick<Lookups, "config" | "configNames">,
  own: ConnectionEntry = {},
): ConnectionEntry {
  if (!name) return own;
  const key = configNames.nameOf(configKey);
  const connections = asObject(config(configKey) ?? {});
  if (!connections) throw new ConfigurationError(`${key} must map names to objects.`);
  if (!Object.hasOwn(connections, name)) {
    const known = Object.keys(connections).join(", ") || "none";
    throw new ConfigurationError(`connection must be the name of an entry of ${key}; known are: ${known}.`);
  }
  const entry = readFields(connections[name], `${key}: ${name}`, connectionKinds) as ConnectionEntry;
  const mistake = entryMistake(entry, (field) => `${field} of ${name}`);
  if (mistake) throw new ConfigurationError(`${key}: ${mistake}`);
  return entry;
}

/** What of an entry contradicts itself, as a sentence. */
export function entryMistake(entry: ConnectionEntry, nameOf: (field: string) => string): string | undefined {
  if (entry.cname && entry.pathStyle) return `only one of cname and ${nameOf("pathStyle")} may be set.`;
  if (entry.signVersion && !isSignVersion(entry.signVersion)) {
    return `${nameOf("signVersion")} must be v1 or v4.`;
  }
  const field = (["cname", "cloudBoxId", "pathStyle"] as const).find((name) => entry[name]);
  return field && !entry.endpoint ? `${nameOf(field)} needs an endpoint.` : undefined;
}

/** Whether it is one of the two spellings that the alicloud provider takes. */
export const isSignVersion = (value: unknown): value is SignVersion => value === "v1" || value === "v4";
