import type { Address } from "./endpoint";

/** Stands for a cloud that nothing tells. */
export const anyCloud = "*";

/**
 * Which cloud a bucket is in: a bucket's name is unique in one cloud, through all its regions, accounts and kinds of
 * endpoints, and may stand for another bucket in a second one. A custom domain belongs to a bucket and tells no cloud
 * ({@link anyCloud}); a host of one's own tells only itself, whatever it is named: `//` and the host.
 */
export function cloudOf({ endpoint }: Pick<Address, "endpoint">, cname: boolean): string {
  if (cname) return anyCloud;
  const { host, hostname } = new URL(endpoint);
  return hostname.endsWith(".aliyuncs.com") ? "aliyuncs.com" : `//${host}`;
}

/** Whether two clouds may be one. In doubt they are. */
export function mayBeSameCloud(a: string, b: string): boolean {
  const [one, other] = [a, b].map(hostnameIn);
  // A private link or a proxy of one's own leads into a cloud that others lead to, too. Two ports of one host are two services.
  return a === b || one === undefined || one !== other;
}

/** Undefined for a cloud that is told otherwise than by a host. */
const hostnameIn = (cloud: string) =>
  cloud.startsWith("//") ? new URL(`http:${cloud}`).hostname : undefined;
