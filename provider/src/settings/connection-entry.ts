import { ConfigurationError } from "../errors";
import type { Lookup } from "./lookups";
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

const kinds = {
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
} as const satisfies Record<keyof ConnectionEntry, string>;

const key = "oss-encryption:connections";

/** The entry of that name; an empty one for the default connection. Throws ConfigurationError, listing the known names. */
export function connectionEntry(name: string | undefined, config: Lookup): ConnectionEntry {
  if (!name) return {};
  const connections = asObject(config(key) ?? {});
  if (!connections) throw new ConfigurationError(`${key} must map names to objects.`);
  if (!Object.hasOwn(connections, name)) {
    const known = Object.keys(connections).join(", ") || "none";
    throw new ConfigurationError(`connection must be the name of an entry of ${key}; known are: ${known}.`);
  }
  const entry: ConnectionEntry = readFields(connections[name], `${key}: ${name}`, kinds);
  for (const field of ["cname", "cloudBoxId"] as const) {
    if (entry[field] && !entry.endpoint) {
      throw new ConfigurationError(`${key}: ${field} of ${name} needs an endpoint.`);
    }
  }
  return entry;
}
