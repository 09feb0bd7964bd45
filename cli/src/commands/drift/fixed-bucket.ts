import type { ComparedBucket } from "./compare-buckets";

/** What became of a bucket that had drifted. */
export interface Fix {
  /** `skipped`: nothing was done. */
  fix: "reasserted" | "skipped" | "failed";
  /** Why it was not put back. */
  fixReason?: string;
}

export type FixedBucket = ComparedBucket & Partial<Fix>;

/** Whether the live rule is not the declared one, so that it may be put back. */
export function hasDrifted(bucket: ComparedBucket): boolean {
  if (bucket.status === "pending") return bucket.pending === "replacement" && bucket.changes !== undefined;
  return bucket.status === "changed" || bucket.status === "removed";
}

/** Whether it waits for its deletion: then the resource in its place has the same URN. */
export const isWaiting = (bucket: ComparedBucket) =>
  bucket.status === "pending" && bucket.pending === "delete";
