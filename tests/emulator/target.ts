import { randomBytes } from "node:crypto";
import { startEmulator, type Emulator } from "oss-emulator";
import { aliOss, loopbackAgents, type AliOss } from "./ali-oss";

/** What a contract is tested on: the emulator, or with OSS_CONTRACT_REGION and OSS_* keys in the environment the real service. */
export interface Target {
  /** `undefined` on the real service. */
  emulator: Emulator | undefined;
  /** One client per way of signing and addressing. */
  clients: ReadonlyMap<string, (bucket: string) => AliOss>;
  /** A name for a bucket that nobody has. */
  newName: () => string;
  close: () => Promise<void>;
}

const real = process.env.OSS_CONTRACT_REGION !== undefined;

/** Where a contract is checked: every way to the emulator, or the real service. */
export const ways = real
  ? ["the real service"]
  : [
      "V4, IP address and Host header",
      "V1, IP address and Host header",
      "V4, host name",
      "V1, host name without region",
      "V4, HTTPS",
      "V4, path style",
      "V1, path style",
      "V4, custom domain",
    ];

/** A pending test that says how to run a contract on the real service. */
export function mentionRealService(): void {
  if (!real)
    it("on the real service: skipped, set OSS_CONTRACT_REGION, OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET");
}

const newName = () => `oss-contract-${randomBytes(6).toString("hex")}`;

export async function openTarget(): Promise<Target> {
  const { OSS_CONTRACT_REGION: region, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET } = process.env;
  if (region && OSS_ACCESS_KEY_ID && OSS_ACCESS_KEY_SECRET) {
    const credentials = { accessKeyId: OSS_ACCESS_KEY_ID, accessKeySecret: OSS_ACCESS_KEY_SECRET };
    const service = { url: `https://oss-${region}.aliyuncs.com`, credentials };
    const client = () => aliOss(service, { region: `oss-${region}`, secure: true });
    return {
      emulator: undefined,
      clients: new Map([["the real service", client]]),
      newName,
      close: () => Promise.resolve(),
    };
  }
  const customDomains: Record<string, string> = {};
  const emulator = await startEmulator({ domains: ["oss.test"], customDomains });
  const agents = loopbackAgents(await emulator.certificateAuthority());
  const at = (host: string, scheme = "http") => ({
    endpoint: `${scheme}://${host}:${emulator.port}`,
    ...agents,
  });
  const forms: Record<string, (bucket: string) => Record<string, unknown>> = {
    "V4, IP address and Host header": () => ({}),
    "V1, IP address and Host header": () => ({ authorizationV4: false }),
    "V4, host name": () => at("oss-cn-hangzhou.oss.test"),
    "V1, host name without region": () => ({ ...at("oss.test"), authorizationV4: false }),
    "V4, HTTPS": () => ({ ...at("oss-cn-hangzhou.aliyuncs.com", "https"), secure: true }),
    "V4, path style": () => ({ ...at("oss.test"), sldEnable: true }),
    "V1, path style": () => ({ ...at("oss.test"), sldEnable: true, authorizationV4: false }),
    "V4, custom domain": (bucket) => {
      customDomains[`${bucket}.example.com`] = bucket;
      return { ...at(`${bucket}.example.com`), cname: true };
    },
  };
  const clients = new Map(
    Object.entries(forms).map(([title, options]) => [
      title,
      (bucket: string) => aliOss(emulator, { bucket, ...options(bucket) }),
    ]),
  );
  return { emulator, clients, newName, close: () => emulator.close() };
}
