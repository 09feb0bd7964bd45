import { isIP } from "node:net";
import { OssError } from "../errors/oss-error";

/** What a request is about, whichever way it was addressed. */
export interface Address {
  /** Bare region of the endpoint used, such as `cn-hangzhou`; `undefined` where the host names none. */
  region: string | undefined;
  bucket: string | undefined;
  /** Object name, decoded. */
  key: string | undefined;
}

/** The host names an emulator answers to, beside IP addresses and OSS's own. */
export interface KnownHosts {
  /** Suffixes used like `aliyuncs.com`: `<bucket>.<domain>`, `<bucket>.oss-<region>.<domain>` and path style on both. */
  domains: readonly string[];
  /** Custom domains (CNAME), each bound to one bucket. */
  customDomains: Readonly<Record<string, string>>;
}

const officialDomain = "aliyuncs.com";
const aRegion = /^(?:ap|cn|eu|me|na|rg|sa|us)-[a-z0-9-]+$/;

/**
 * Finds bucket, key and region.
 *
 * @param host value of the Host header, with or without port, or the host of an absolute-form request
 * @param path the path as sent, percent-encoded
 */
export function parseAddress(host: string, path: string, hosts: KnownHosts): Address {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  if (isIP(name.replace(/^\[|\]$/g, "")) !== 0) return pathStyle(undefined, path);
  const customBucket = hosts.customDomains[name];
  if (customBucket !== undefined) return { region: undefined, bucket: customBucket, key: decodeKey(path) };

  const domain = [...hosts.domains, officialDomain].find(
    (known) => name === known || name.endsWith(`.${known}`),
  );
  if (domain === undefined) throw new OssError("NonStandardHostForbidden");
  const labels = name === domain ? "" : name.slice(0, -domain.length - 1);
  const { bucket, region } = parseLabels(labels, domain);
  if (bucket) return { region, bucket, key: decodeKey(path) };
  if (domain === officialDomain && path !== "/") throw new OssError("SecondLevelDomainForbidden");
  return pathStyle(region, path);
}

/** Whether a host name is one that the emulator answers to. */
export function isKnownHost(host: string, hosts: KnownHosts): boolean {
  try {
    parseAddress(host, "/", hosts);
    return true;
  } catch {
    return false;
  }
}

/** Whether a name may be given to a bucket: 3 to 63 lower-case letters, digits and hyphens, no hyphen at either end. */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name);
}

/** Whether a bucket of OSS's first years may have a name: with underscores. None is given any more. */
export function isOldBucketName(name: string): boolean {
  return /^[a-z0-9_][a-z0-9_-]{1,61}[a-z0-9_]$/.test(name);
}

/** Public and internal endpoint of a region, as answers show them. */
export function endpointsOf(region: string) {
  return {
    ExtranetEndpoint: `oss-${region}.${officialDomain}`,
    IntranetEndpoint: `oss-${region}-internal.${officialDomain}`,
  };
}

/** Reads what stands before a domain: a bucket, an endpoint, or both. */
function parseLabels(text: string, domain: string): Pick<Address, "bucket" | "region"> {
  const isOfficial = domain === officialDomain;
  const labels = text.split(".").filter(Boolean); // ali-oss asks an IP address for ".oss-cn-hangzhou.aliyuncs.com"
  const bucketBefore = (count: number) => labels.slice(0, -count).join(".") || undefined;
  const [last = "", secondLast = ""] = labels.toReversed();
  if (isOfficial && last === "oss") {
    return aRegion.test(secondLast)
      ? { region: secondLast, bucket: bucketBefore(2) } // dual stack
      : { region: "cn-hangzhou", bucket: bucketBefore(1) };
  } // the endpoint of the early days
  const [, name] = /^(?:vpc100-)?oss-(.+?)(?:-internal)?$/.exec(last) ?? [];
  // On OSS's own domain whatever follows "oss-" is a region, on others "oss-my-logs" may well be a bucket.
  if (name !== undefined && (isOfficial || aRegion.test(name))) {
    return { region: name.startsWith("accelerate") ? undefined : name, bucket: bucketBefore(1) };
  }
  if (isOfficial) throw new OssError("NonStandardHostForbidden");
  return { bucket: text || undefined, region: undefined };
}

function pathStyle(region: string | undefined, path: string): Address {
  const [, bucket = "", rest = ""] = /^\/([^/]*)(.*)$/.exec(path) ?? [];
  return { region, bucket: bucket === "" ? undefined : decode(bucket), key: decodeKey(rest) };
}

function decodeKey(path: string): string | undefined {
  return path === "" || path === "/" ? undefined : decode(path.slice(1));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new OssError(/%(?![\da-f]{2})/i.test(text) ? "InvalidURI" : "InvalidEncoding");
  }
}
