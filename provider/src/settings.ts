import type { ConnectionEntry } from "./connection-entry";
import { address, isInternal, parseEndpoint, regionVariables, type Address, type Found } from "./endpoint";
import { ConfigurationError } from "./errors";
import type { Lookup, Sources } from "./sources";

/** What a resource says about how its bucket is reached. */
export interface Target {
  /** Region of the bucket; absent: the connection's, or the stack's. */
  region?: string;
  /** Name of an entry of `oss-encryption:connections`; absent: the stack's default connection. */
  connection?: string;
}

/** Everything but credentials that a call needs. */
export interface Settings extends Address {
  /** The endpoint is a custom domain bound to the bucket, so the bucket's name is not put before it. */
  cname: boolean;
  cloudBoxId?: string;
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
  sources: Sources,
  entry: ConnectionEntry = {},
  profileRegion?: string,
): Settings {
  const connection = `connection ${target.connection ?? ""}`;
  const region =
    found(target.region, "the resource's region", 0) ??
    found(entry.region, `region of ${connection}`, 1) ??
    found(sources.config("alicloud:region"), "alicloud:region", 2) ??
    firstVariable(regionVariables, sources.env) ??
    found(profileRegion, "the profile's region_id", 4);
  const endpoint = found(entry.endpoint, `endpoint of ${connection}`, 1) ?? serviceEndpoint("oss", sources);
  const internal = entry.internal ?? false;
  const where = address(region, endpoint, internal);
  const sts = serviceEndpoint("sts", sources);
  // Where OSS is reached inside a VPC there may be no way out to the public STS and KMS.
  const vpc = internal || isInternal(new URL(where.endpoint).hostname);
  const kms = serviceEndpoint("kms", sources);

  return {
    ...where,
    cname: entry.cname ?? false,
    ...(entry.cloudBoxId ? { cloudBoxId: entry.cloudBoxId } : {}),
    stsEndpoint: sts
      ? parseEndpoint(sts).origin
      : `https://sts${vpc ? "-vpc" : ""}.${where.region}.aliyuncs.com`,
    kmsEndpoint: kms
      ? inRegion(parseEndpoint(kms).origin, where.region)
      : `https://kms${vpc ? "-vpc" : ""}.${where.region}.aliyuncs.com`,
    connectTimeoutMs: number("alicloud:clientConnectTimeout", sources.config, 10_000),
    readTimeoutMs: number("alicloud:clientReadTimeout", sources.config, 30_000),
    // The alicloud provider counts this one in seconds and the other two in milliseconds.
    retryTimeoutMs: 1000 * number("alicloud:maxRetryTimeout", sources.config, 60),
  };
}

/** A key is in its bucket's region, also where the endpoint that is set is that of the stack's region. */
const inRegion = (origin: string, region: string) =>
  origin.replace(/(\/\/kms(?:-vpc)?)\.[a-z0-9-]+(?=\.aliyuncs\.com$)/, `$1.${region}`);

function serviceEndpoint(service: Service, { config, env }: Sources): Found | undefined {
  return (
    found(configuredEndpoint(service, config), "alicloud:endpoints", 2) ??
    firstVariable(endpointVariables[service], env)
  );
}

function found(value: string | undefined, origin: string, layer: number): Found | undefined {
  return value ? { value: value.trim(), origin, layer } : undefined;
}

function firstVariable(names: string[], env: Lookup): Found | undefined {
  const name = names.find((name) => env(name));
  return name ? found(env(name), name, 3) : undefined;
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
