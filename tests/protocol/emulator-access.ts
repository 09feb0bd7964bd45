import type { Emulator } from "oss-emulator";

/** The environment that leads a provider to an emulator. */
export function accessTo(emulator: Emulator): Record<string, string> {
  return {
    OSS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
    OSS_ACCESS_KEY_SECRET: emulator.credentials.accessKeySecret,
    OSS_ENDPOINT: emulator.url,
    KMS_ENDPOINT: emulator.url,
    OSS_REGION: "cn-hangzhou",
  };
}

/** Operations an emulator served for a bucket, in order, without `Bucket` and `Encryption`: `["Get", "Put", "Get"]`. */
export function served(emulator: Emulator, bucket: string): string[] {
  return emulator.requests
    .filter((request) => request.bucket === bucket)
    .map(({ operation = "?" }) => operation.replace("BucketEncryption", ""));
}
