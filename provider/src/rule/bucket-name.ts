/**
 * What OSS takes as a bucket's name (https://help.aliyun.com/en/oss/user-guide/bucket-naming-conventions), and what it took
 * once: buckets of its first years may have underscores, and ali-oss lets those pass for every bucket that is there already.
 */
export const bucketNameRule =
  "must be 3 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit (in the names of " +
  "old buckets, underscores too)";

export function isBucketName(value: unknown): value is string {
  return typeof value === "string" && /^[a-z0-9_][a-z0-9_-]{1,61}[a-z0-9_]$/.test(value);
}
