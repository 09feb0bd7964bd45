import type { Address } from "./endpoint";

/** Stands for a cloud that an address does not tell. */
const anyCloud = "*";

/**
 * Which cloud a bucket is in: a bucket's name is unique in one cloud, through all its regions, accounts and kinds of
 * endpoints, and may stand for another bucket in a second one. A custom domain belongs to a bucket and tells no cloud.
 */
export function cloudOf({ endpoint }: Pick<Address, "endpoint">, cname: boolean): string {
  if (cname) return anyCloud;
  const { host, hostname } = new URL(endpoint);
  if (hostname.endsWith(".aliyuncs.com")) return "aliyuncs.com";
  // OSS of one's own has a host for each region, too.
  const [, domain] = /^oss-[a-z0-9-]+\.(.+\..+)$/.exec(hostname) ?? [];
  return domain ?? host;
}
