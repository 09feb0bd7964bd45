import type { Emulator } from "oss-emulator";

/** Operations an emulator served for a bucket, in order, without `Bucket` and `Encryption`: `["Get", "Put", "Get"]`. */
export function served(emulator: Emulator, bucket: string): string[] {
  return emulator.requests
    .filter((request) => request.bucket === bucket)
    .map(({ operation = "?" }) => operation.replace("BucketEncryption", ""));
}
