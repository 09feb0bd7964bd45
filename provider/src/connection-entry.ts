import { ConfigurationError } from "./errors";
import type { Lookup } from "./sources";

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

const kinds: Record<keyof ConnectionEntry, "string" | "boolean" | "object"> = {
  region: "string",
  endpoint: "string",
  internal: "boolean",
  cname: "boolean",
  cloudBoxId: "string",
  profile: "string",
  sharedCredentialsFile: "string",
  ecsRoleName: "string",
  credentialsUri: "string",
  assumeRole: "object",
  assumeRoleWithOidc: "object",
};

const key = "oss-encryption:connections";

/** The entry of that name; an empty one for the default connection. Throws ConfigurationError, listing the known names. */
export function connectionEntry(name: string | undefined, config: Lookup): ConnectionEntry {
  if (!name) return {};
  const connections = readConnections(config(key));
  if (!Object.hasOwn(connections, name)) {
    const known = Object.keys(connections).join(", ") || "none";
    throw new ConfigurationError(`connection must be the name of an entry of ${key}; known are: ${known}.`);
  }
  const entry = connections[name];
  if (!isObject(entry)) throw new ConfigurationError(`${key}: ${name} must be an object.`);
  for (const [field, value] of Object.entries(entry)) {
    if (!Object.hasOwn(kinds, field))
      throw new ConfigurationError(
        `${key}: ${name} has no ${field}; allowed are ${Object.keys(kinds).join(", ")}.`,
      );
    const kind = kinds[field as keyof ConnectionEntry];
    if (kind === "object" ? !isObject(value) : typeof value !== kind)
      throw new ConfigurationError(
        `${key}: ${field} of ${name} must be ${kind === "object" ? "an" : "a"} ${kind}.`,
      );
  }
  for (const field of ["cname", "cloudBoxId"])
    if (entry[field] && !entry.endpoint)
      throw new ConfigurationError(`${key}: ${field} of ${name} needs an endpoint.`);
  return entry;
}

function readConnections(text: string | undefined): Record<string, unknown> {
  let connections: unknown;
  try {
    connections = text ? JSON.parse(text) : {};
  } catch {
    // Named below: the parser's message would quote the value.
  }
  if (!isObject(connections)) throw new ConfigurationError(`${key} must map names to objects.`);
  return connections;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
