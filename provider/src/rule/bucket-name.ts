/** What OSS takes as a bucket's name (https://help.aliyun.com/en/oss/user-guide/bucket-naming-conventions). */
export const bucketNameRule =
  "must be 3 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit";

export function isBucketName(value: unknown): value is string {
  return typeof value === "string" && /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(value);
}
