import type { ConnectionEntry } from "./connection-entry";
import {
  resolveAddress,
  isInternal,
  parseEndpoint,
  regionVariables,
  type Address,
  type FoundSetting,
  type Layer,
} from "./endpoint";
import { ConfigurationError } from "../errors";
import type { Lookup, Lookups } from "./lookups";

/** What a resource says about how its bucket is reached. */
export interface Target {
  /** Region of the bucket; absent: the connection's, or the stack's. */
  region?: string | undefined;
  /** Name of an entry of `oss-encryption:connections`; absent: the stack's default connection. */
  connection?: string | undefined;
}

/** Everything but credentials that a call needs. */
export interface Settings extends Address {
  /** The endpoint is a custom domain bound to the bucket, so the bucket's name is not put before it. */
  cname: boolean;
  cloudBoxId: string | undefined;
  /** Scheme and host of STS. */
  stsEndpoint: string;
  /** Scheme and host of KMS in the region. */
  kmsEndpoint: string;
  connectTimeoutMs: number;
  readTimeoutMs: number;
  /** How long one operation may take with all its retries. */
  retryTimeoutMs: number;
}

const endpointVariables = {
  oss: ["OSS_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_OSS"],
  sts: ["STS_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_STS"],
  kms: ["KMS_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_KMS"],
};
type Service = keyof typeof endpointVariables;

/**
 * Puts together how a target is reached. `profileRegion` comes with the credentials and counts where nothing else
 * names a region. Throws {@link ConfigurationError}.
 */
export function readSettings(
  target: Target,
  lookups: Lookups,
  entry: ConnectionEntry = {},
  profileRegion?: string,
): Settings {
  const connection = `connection ${target.connection ?? ""}`;
  const region =
    foundIn("resource", target.region, "the resource's region") ??
    foundIn("connection", entry.region, `region of ${connection}`) ??
    foundIn("stackConfig", lookups.config("alicloud:region"), "alicloud:region") ??
    firstVariable(regionVariables, lookups.env) ??
    foundIn("profile", profileRegion, "the profile's region_id");
  const endpoint =
    foundIn("connection", entry.endpoint, `endpoint of ${connection}`) ?? serviceEndpoint("oss", lookups);
  const internal = entry.internal ?? false;
  const where = resolveAddress(region, endpoint, internal);
  const sts = serviceEndpoint("sts", lookups);
  // Where OSS is reached inside a VPC there may be no way out to the public STS and KMS.
  const vpc = internal || isInternal(new URL(where.endpoint).hostname);
  const kms = serviceEndpoint("kms", lookups);

  return {
    ...where,
    cname: entry.cname ?? false,
    cloudBoxId: entry.cloudBoxId,
    stsEndpoint: sts
      ? parseEndpoint(sts).origin
      : `https://sts${vpc ? "-vpc" : ""}.${where.region}.aliyuncs.com`,
    kmsEndpoint: kms
      ? inRegion(parseEndpoint(kms).origin, where.region)
      : `https://kms${vpc ? "-vpc" : ""}.${where.region}.aliyuncs.com`,
    connectTimeoutMs: number("alicloud:clientConnectTimeout", lookups.config, 10_000),
    readTimeoutMs: number("alicloud:clientReadTimeout", lookups.config, 30_000),
    // The alicloud provider counts this one in seconds and the other two in milliseconds.
    retryTimeoutMs: 1000 * number("alicloud:maxRetryTimeout", lookups.config, 60),
  };
}

/** A key is in its bucket's region, also where the endpoint that is set is that of the stack's region. */
const inRegion = (origin: string, region: string) =>
  origin.replace(/(\/\/kms(?:-vpc)?)\.[a-z0-9-]+(?=\.aliyuncs\.com$)/, `$1.${region}`);

function serviceEndpoint(service: Service, { config, env }: Lookups): FoundSetting | undefined {
  return (
    foundIn("stackConfig", configuredEndpoint(service, config), "alicloud:endpoints") ??
    firstVariable(endpointVariables[service], env)
  );
}

function foundIn(layer: Layer, value: string | undefined, origin: string): FoundSetting | undefined {
  return value ? { value: value.trim(), origin, layer } : undefined;
}

function firstVariable(names: string[], env: Lookup): FoundSetting | undefined {
  const name = names.find((name) => env(name));
  return name ? foundIn("environment", env(name), name) : undefined;
}

function configuredEndpoint(service: Service, config: Lookup): string | undefined {
  const text = config("alicloud:endpoints");
  if (!text) return undefined;
  const refuse = () => new ConfigurationError(`alicloud:endpoints must be a list such as [{"oss": "…"}].`);
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw refuse();
  }
  if (!Array.isArray(list)) throw refuse();
  const endpoints = (list as (Record<string, unknown> | null)[])
    .map((entry) => entry?.[service])
    .filter(Boolean);
  if (endpoints.some((endpoint) => typeof endpoint !== "string")) throw refuse();
  return endpoints[0] as string | undefined;
}

function number(key: string, config: Lookup, otherwise: number): number {
  const text = config(key);
  // 0 stands for the default with the alicloud provider too.
  if (!text || text === "0") return otherwise;
  if (!/^\d{1,7}$/.test(text)) throw new ConfigurationError(`${key} must be a whole number, not negative.`);
  return Number(text);
}
