// Where is a bucket, and by which limits is it called?

import { isSignVersion, type ConnectionEntry, type SignVersion } from "./connection-entry";
import { asObject } from "./read-fields";
import {
  bareRegion,
  resolveAddress,
  isInternal,
  parseEndpoint,
  refuseBucketHost,
  type Address,
  type FoundSetting,
  type Layer,
} from "./endpoint";
import { ConfigurationError } from "../errors";
import { configOrigin, type ConfigNames, type Lookup, type Lookups } from "./lookups";
import { firstVariable, isTrue, variable, variables } from "./variables";

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
  signVersion: SignVersion;
  /** The bucket's name is put into the path. */
  pathStyle: boolean;
  /** Scheme and host of STS. */
  stsEndpoint: string;
  /** OSS is reached inside a VPC, where there may be no way out to the public STS and KMS. */
  isInVpc: boolean;
  /** Scheme and host of KMS in the region. */
  kmsEndpoint: string;
  connectTimeoutMs: number;
  readTimeoutMs: number;
  /** How long one operation may take with all its retries. */
  retryTimeoutMs: number;
  /** How config's keys are called where somebody is told to set one. */
  configNames: ConfigNames;
}

const endpointVariables = {
  oss: variables.ossEndpoint,
  sts: variables.stsEndpoint,
  kms: variables.kmsEndpoint,
};
type Service = keyof typeof endpointVariables;

/** What a profile of the aliyun command line says about STS. */
export interface StsPlace {
  /** Host or URL: `sts_endpoint`. */
  endpoint?: string | undefined;
  /** Bare region id: `sts_region`. */
  region?: string | undefined;
  /** STS inside the VPC: `enable_vpc`. */
  inVpc?: boolean | undefined;
  /** Which profile says it. */
  origin: string;
}

/**
 * Puts together how a target is reached. `profile` comes with the credentials; its region counts where nothing else
 * names one. With a bucket, an endpoint that begins with its name is refused. Throws {@link ConfigurationError}.
 */
export function readSettings(
  target: Target & { bucket?: string | undefined },
  lookups: Lookups,
  entry: ConnectionEntry = {},
  profile: { region?: string | undefined; sts?: StsPlace | undefined } = {},
): Settings {
  const { configNames } = lookups;
  const connection = `connection ${target.connection ?? ""}`;
  const written =
    foundIn("resource", target.region, "the resource's region") ??
    foundIn("connection", entry.region, `region of ${connection}`) ??
    foundIn("stackConfig", lookups.config("alicloud:region"), configOrigin(lookups, "alicloud:region")) ??
    inEnvironment(variables.region, lookups.env) ??
    foundIn("profile", profile.region, "the profile's region_id");
  const endpoint =
    (target.connection
      ? foundIn("connection", entry.endpoint, `endpoint of ${connection}`)
      : foundIn("stackConfig", entry.endpoint, configOrigin(lookups, "alicloud:endpoint"))) ??
    serviceEndpoint("oss", lookups);
  const region = written && { ...written, value: written.value.replace(/-internal$/, "") };
  // OSS's older SDKs make the internal host of a region that is spelled like this.
  const internal = entry.internal === true || region?.value !== written?.value;
  // In the path, a bucket may be named like the host's first part.
  if (endpoint && !entry.cname) refuseBucketHost(endpoint, entry.pathStyle ? undefined : target.bucket);
  const where = resolveAddress(region, endpoint, internal, configOrigin(lookups, "alicloud:region"));
  const isInVpc = internal || isInternal(new URL(where.endpoint).hostname);
  const kms = serviceEndpoint("kms", lookups);

  return {
    ...where,
    configNames,
    cname: entry.cname ?? false,
    cloudBoxId: entry.cloudBoxId || undefined,
    signVersion: entry.signVersion || configuredSignVersion(lookups.config),
    pathStyle: entry.pathStyle ?? false,
    isInVpc,
    stsEndpoint: stsEndpoint(lookups, { region: where.region, isInVpc }, profile.sts),
    kmsEndpoint: kms
      ? inRegion(parseEndpoint(kms).origin, where.region)
      : `https://kms${isInVpc ? "-vpc" : ""}.${where.region}.aliyuncs.com`,
    connectTimeoutMs: number("alicloud:clientConnectTimeout", lookups, 10_000),
    readTimeoutMs: number("alicloud:clientReadTimeout", lookups, 30_000),
    // The alicloud provider counts this one in seconds and the other two in milliseconds.
    retryTimeoutMs: 1000 * number("alicloud:maxRetryTimeout", lookups, 60),
  };
}

/**
 * Scheme and host of STS: an endpoint that is set, else the one of the region that is set for it, else of `near`. As with
 * the aliyun command line, a profile's own settings win over the environment's. Throws {@link ConfigurationError}.
 */
export function stsEndpoint(
  lookups: Lookups,
  near: { region: string; isInVpc: boolean },
  { origin, ...profile }: StsPlace = { origin: "" },
): string {
  const endpoint =
    foundIn("stackConfig", configuredEndpoint("sts", lookups.config), "alicloud:endpoints") ??
    foundIn("profile", profile.endpoint, `sts_endpoint of ${origin}`) ??
    inEnvironment(endpointVariables.sts, lookups.env);
  if (endpoint) return parseEndpoint(endpoint).origin;
  const region =
    foundIn("profile", profile.region, `sts_region of ${origin}`) ??
    inEnvironment(variables.stsRegion, lookups.env);
  const vpc = near.isInVpc || profile.inVpc === true || isTrue(variable(variables.stsInVpc, lookups.env));
  return `https://sts${vpc ? "-vpc" : ""}.${region ? bareRegion(region).value : near.region}.aliyuncs.com`;
}

/** A key is in its bucket's region, also where the endpoint that is set is that of the stack's region. */
const inRegion = (origin: string, region: string) =>
  origin.replace(/(\/\/kms(?:-vpc)?)\.[a-z0-9-]+(?=\.aliyuncs\.com$)/, `$1.${region}`);

function serviceEndpoint(service: Service, { config, env }: Lookups): FoundSetting | undefined {
  return (
    foundIn("stackConfig", configuredEndpoint(service, config), "alicloud:endpoints") ??
    inEnvironment(endpointVariables[service], env)
  );
}

function foundIn(layer: Layer, value: string | undefined, origin: string): FoundSetting | undefined {
  return value ? { value: value.trim(), origin, layer } : undefined;
}

function inEnvironment(names: readonly string[], env: Lookup): FoundSetting | undefined {
  const found = firstVariable(names, env);
  return found && foundIn("environment", found.value, found.name);
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

/** The alicloud provider's own key, which has versions for other services, too. */
function configuredSignVersion(config: Lookup): SignVersion {
  const text = config("alicloud:signVersion");
  if (!text) return "v4";
  const versions = asObject(text);
  const version = versions?.oss ?? "v4";
  if (!versions || !isSignVersion(version)) {
    throw new ConfigurationError(
      'alicloud:signVersion must be an object such as { "oss": "v1" }, with v1 or v4.',
    );
  }
  return version;
}

function number(key: string, lookups: Lookups, otherwise: number): number {
  const text = lookups.config(key);
  if (!text) return otherwise;
  if (!/^\d{1,7}$/.test(text)) {
    throw new ConfigurationError(`${configOrigin(lookups, key)} must be a whole number, not negative.`);
  }
  // 0 stands for the default with the alicloud provider too.
  return Number(text) || otherwise;
}
