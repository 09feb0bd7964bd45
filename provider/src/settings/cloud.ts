import type { Address } from "./endpoint";

/** Stands for a cloud that nothing tells. */
export const anyCloud = "*";

/**
 * Which cloud a bucket is in: a bucket's name is unique in one cloud, through all its regions, accounts and kinds of
 * endpoints, and may stand for another bucket in a second one. A custom domain belongs to a bucket and tells no cloud
 * ({@link anyCloud}); a host that is not named like one of OSS's tells only itself: `//` and the host.
 */
export function cloudOf({ endpoint }: Pick<Address, "endpoint">, cname: boolean): string {
  if (cname) return anyCloud;
  const { host, hostname } = new URL(endpoint);
  if (hostname.endsWith(".aliyuncs.com")) return "aliyuncs.com";
  // OSS of one's own has a host for each region, too.
  const [, domain] = /^oss-[a-z0-9-]+\.(.+\..+)$/.exec(hostname) ?? [];
  return domain ?? `//${host}`;
}

/** Whether two clouds may be one. In doubt they are. */
export function mayBeSameCloud(a: string, b: string): boolean {
  if (a === b || a === anyCloud || b === anyCloud) return true;
  // A private link's address leads into a cloud that has a name as well, and a cloud may have several addresses. Two ports
  // of one host are two services.
  return hostnameIn(a) !== hostnameIn(b);
}

/** Undefined for a cloud that has a name. */
const hostnameIn = (cloud: string) =>
  cloud.startsWith("//") ? new URL(`http:${cloud}`).hostname : undefined;
