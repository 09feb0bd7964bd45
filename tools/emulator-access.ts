import type { Emulator } from "oss-emulator";

/** An emulator's keys as environment variables. */
export function credentialsOf({ credentials }: Emulator): Record<string, string> {
  return { OSS_ACCESS_KEY_ID: credentials.accessKeyId, OSS_ACCESS_KEY_SECRET: credentials.accessKeySecret };
}

/** The whole environment that leads a provider to an emulator. */
export function accessTo(emulator: Emulator): Record<string, string> {
  return {
    ...credentialsOf(emulator),
    OSS_ENDPOINT: emulator.url,
    KMS_ENDPOINT: emulator.url,
    STS_ENDPOINT: emulator.url,
    OSS_REGION: "cn-hangzhou",
  };
}
