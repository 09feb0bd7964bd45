import { wasRead, type AuditedBucket } from "../audit";

/** How a bucket's default rule encrypts, in the words of the charts; the order is that of the charts. */
export const methods = ["KMS, own CMK", "KMS", "SM4", "AES256", "none", "not read"] as const;
export type Method = (typeof methods)[number];

/** Undefined: the bucket is gone. */
export function methodOf(one: AuditedBucket): Method | undefined {
  const { status, rule } = one;
  if (status === "gone") return undefined;
  if (!wasRead(one)) return "not read";
  if (!rule) return "none";
  if (rule.kmsMasterKeyId !== undefined) return "KMS, own CMK";
  // OSS has no others so far; a new one is not left out of the sums.
  return methods.find((method) => method === rule.sseAlgorithm) ?? "not read";
}

/** A bar of a chart: how many buckets of each method. */
export interface Bar {
  label: string;
  total: number;
  parts: { method: Method; count: number }[];
}

/** One bar for each method that occurs. */
export function byMethod(buckets: readonly AuditedBucket[]): Bar[] {
  return bar("", buckets).parts.map((part) => ({ label: part.method, total: part.count, parts: [part] }));
}

/** One bar for each region, the largest first. */
export function byRegion(buckets: readonly AuditedBucket[]): Bar[] {
  const regions = new Map<string, AuditedBucket[]>();
  for (const one of buckets) {
    if (methodOf(one) === undefined) continue;
    const label = one.region ?? "unknown";
    regions.set(label, [...(regions.get(label) ?? []), one]);
  }
  const bars = [...regions].map(([label, some]) => bar(label, some));
  return bars.sort((a, b) => b.total - a.total || (a.label < b.label ? -1 : 1));
}

function bar(label: string, buckets: readonly AuditedBucket[]): Bar {
  const parts = methods
    .map((method) => ({ method, count: buckets.filter((one) => methodOf(one) === method).length }))
    .filter(({ count }) => count > 0);
  return { label, total: parts.reduce((sum, { count }) => sum + count, 0), parts };
}
