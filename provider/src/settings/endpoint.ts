import { isIP } from "node:net";
import { ConfigurationError } from "../errors";
import { variables } from "./variables";

/** Where a setting may stand: the first of these that has it counts, as docs/credentials.md shows. */
const layers = ["resource", "connection", "stackConfig", "environment", "profile"] as const;
export type Layer = (typeof layers)[number];

/** A setting as found, and where. */
export interface FoundSetting {
  value: string;
  origin: string;
  layer: Layer;
}

/** Where a bucket is addressed. */
export interface Address {
  /** Bare region id, such as `cn-hangzhou`: the region in the signature. */
  region: string;
  /** Scheme, host and port, never a path: `https://oss-cn-hangzhou.aliyuncs.com`. */
  endpoint: string;
}

const missingRegion = (inConfig: string) =>
  `No region found: set region on the resource, ${inConfig}, ` +
  `or one of ${variables.region.join(", ")} in the environment.`;

/** Brings region and endpoint together: either can be worked out from the other, and they must not contradict. */
export function resolveAddress(
  givenRegion: FoundSetting | undefined,
  endpoint: FoundSetting | undefined,
  internal: boolean,
  /** Where config would have the region. */
  inConfig: string,
): Address {
  const region = givenRegion && bareRegion(givenRegion);
  if (!endpoint) {
    if (!region) throw new ConfigurationError(missingRegion(inConfig));
    return { region: region.value, endpoint: `https://${regionalHost(region.value, internal)}` };
  }
  const url = parseEndpoint(endpoint);
  const host = readRegionalHost(url.hostname);
  if (!host) {
    if (!region) {
      throw new ConfigurationError(
        `${missingRegion(inConfig)} The endpoint (${endpoint.origin}) does not tell it.`,
      );
    }
    return { region: region.value, endpoint: url.origin };
  }
  if (!region || region.value === host.region || takesPrecedence(endpoint, region)) {
    return { region: host.region, endpoint: withInternal(url, internal) };
  }
  if (endpoint.layer === region.layer) {
    throw new ConfigurationError(`${region.origin} and ${endpoint.origin} name different regions.`);
  }
  // A resource in another region than the stack's: the endpoint of the stack's region is not its own.
  const moved = new URL(url.origin.replace(host.region, region.value));
  return { region: region.value, endpoint: withInternal(moved, internal) };
}

const takesPrecedence = (a: FoundSetting, b: FoundSetting) =>
  layers.indexOf(a.layer) < layers.indexOf(b.layer);

/** A region id as it is written, with or without `oss-` before it. */
export function bareRegion(region: FoundSetting): FoundSetting {
  const value = region.value.replace(/^oss-/, "");
  if (!/^[a-z0-9][a-z0-9-]*$/.test(value)) {
    throw new ConfigurationError(`${region.origin} is not a region id such as cn-hangzhou.`);
  }
  return { ...region, value };
}

/** Checks an endpoint as it is written, with or without scheme. */
export function parseEndpoint({ value, origin }: FoundSetting): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `https://${value}`;
  const refuse = (reason: string) => new ConfigurationError(`The endpoint from ${origin} ${reason}.`);
  if (!URL.canParse(text)) throw refuse("is not a host name or URL");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw refuse("must begin with https:// or http://");
  }
  if (url.username || url.password) throw refuse("must not contain a user name or password");
  if (url.pathname !== "/" || url.search || url.hash) throw refuse("must not have a path or query");
  if (url.hostname.startsWith("[")) throw refuse("must not be an IPv6 address: give a host name");
  // ali-oss throws for others, and an error of its own is no sentence for a person.
  if (!/^[a-z0-9._-]+$/.test(url.hostname)) throw refuse("is not a host name or URL");
  if (/^oss-accelerate(-overseas)?\.aliyuncs\.com$/.test(url.hostname)) {
    throw refuse(
      "is for transfer acceleration, which moves objects and tells no region: use the endpoint of the region",
    );
  }
  return url;
}

/** A bucket's own host is no endpoint: its name would come before the host twice, and OSS would not find that bucket. */
export function refuseBucketHost(endpoint: FoundSetting, bucket: string | undefined): void {
  const { hostname } = parseEndpoint(endpoint);
  const rest = isIP(hostname) ? undefined : /^[^.]+\.(.+)$/.exec(hostname)?.[1];
  // A bucket may be named like an endpoint's first part, oss.
  const isOfBucket = bucket !== undefined && hostname.startsWith(`${bucket}.`) && !/^oss(-|$)/.test(bucket);
  if (rest && (isOfBucket || readRegionalHost(rest))) {
    throw new ConfigurationError(
      `The endpoint from ${endpoint.origin} begins with a bucket's name: leave it out, as in ${rest}.`,
    );
  }
}

const regionalHost = (region: string, internal: boolean) =>
  `oss-${region}${internal ? "-internal" : ""}.aliyuncs.com`;

/**
 * Where to go after OSS answered that a bucket must be addressed at `said`. Nothing if credentials must not go there:
 * the host has to be one of OSS's, or beside the endpoint that is set. Inside the VPC it stays inside.
 */
export function redirectedAddress({ endpoint }: Address, said: string): Address | undefined {
  const here = new URL(endpoint);
  const host = said.trim().toLowerCase();
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host)) return undefined;
  const { region } = readRegionalHost(host) ?? {};
  // ali-oss tells an IP address the region in the Host header, so the address itself can stay.
  if (isIP(here.hostname)) return region ? { region, endpoint } : undefined;
  if (region) {
    // What goes without TLS in a network of one's own must not do so in the open.
    const protocol = readRegionalHost(here.hostname) ? here.protocol : "https:";
    return { region, endpoint: withInternal(new URL(`${protocol}//${host}`), isInternal(here.hostname)) };
  }
  // Another domain is followed from one regional host to its sibling only: the parent of any other host may be a
  // public suffix, which anybody can have a name under.
  const [, domain] = /^oss-[a-z0-9-]+(\..+\..+)$/.exec(here.hostname) ?? [];
  const [, label] = /^oss-([a-z0-9-]+?)(?:-internal)?\./.exec(host) ?? [];
  if (!domain || !label || host.replace(/^[^.]+/, "") !== domain) return undefined;
  return { region: label, endpoint: `${here.protocol}//${host}${here.port && `:${here.port}`}` };
}

/** Whether a host is one of OSS's inside the VPC. */
export const isInternal = (hostname: string) => hostname.endsWith("-internal.aliyuncs.com");

/** The region in one of OSS's own host names: public, internal or dual-stack. */
function readRegionalHost(hostname: string): { region: string } | undefined {
  const match =
    /^oss-([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com$/.exec(hostname) ??
    /^([a-z0-9-]+)\.oss\.aliyuncs\.com$/.exec(hostname);
  return match?.[1] ? { region: match[1] } : undefined;
}

function withInternal(url: URL, internal: boolean): string {
  return internal
    ? url.origin.replace(
        /^(https?:\/\/oss-[a-z0-9-]+?)(-internal)?\.aliyuncs\.com/,
        "$1-internal.aliyuncs.com",
      )
    : url.origin;
}
