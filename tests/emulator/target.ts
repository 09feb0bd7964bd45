import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmulator, type Emulator } from "oss-emulator";
import { aliOss, loopbackAgents, type AliOss, type RawAnswer, type RawParams } from "../support/ali-oss";

/**
 * What a contract is tested on: the emulator, or with OSS_CONTRACT_REGION and OSS_* keys in the environment the real
 * service, through OSS_ENDPOINT where that is set. Buckets are made and removed.
 */
export interface Target {
  /** `undefined` on the real service. */
  emulator: Emulator | undefined;
  /** One client per way of signing and addressing. */
  clients: ReadonlyMap<string, (bucket: string) => AliOss>;
  /** A name for a bucket that nobody has. */
  newName: () => string;
  /** Repeats a check that reads, because the real service shows a write late. */
  eventually: (check: () => Promise<void>) => Promise<void>;
  close: () => Promise<void>;
}

const { OSS_CONTRACT_REGION: region, OSS_ENDPOINT: endpoint } = process.env;
const real = region !== undefined;

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
  if (!real) {
    it("on the real service: skipped, set OSS_CONTRACT_REGION, OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET");
  }
}

/** A bucket that a contract is checked on, and a client for it. */
export interface Scene {
  client: AliOss;
  bucket: string;
  target: Target;
  /** Sends a request about the bucket, or about one of its objects. */
  ask: (method: string, options?: Partial<RawParams>) => Promise<RawAnswer>;
}

/** Checks a contract on a bucket of its own, which is removed with all that is in it. */
export function describeContract(title: string, define: (scene: Scene) => void): void {
  describe(title, () => {
    const scene = {} as Scene;
    before(async () => {
      const target = await openTarget();
      const bucket = target.newName();
      const [open] = target.clients.values();
      if (open === undefined) throw new Error("There is no client.");
      const client = open(bucket);
      await client.putBucket(bucket);
      const ask = (method: string, options: Partial<RawParams> = {}) =>
        client.request({ method, bucket, ...options });
      Object.assign(scene, { client, bucket, target, ask });
    });
    after(async () => {
      await removeBucket(scene);
      await scene.target.close();
    });
    mentionRealService();
    define(scene);
  });
}

/** Removes a bucket with every version of every object. */
async function removeBucket({ client, bucket, ask }: Scene): Promise<void> {
  const versions = (await ask("GET", { subres: { versions: "" } })).data.toString();
  for (const [, element = ""] of versions.matchAll(
    /<(?:Version|DeleteMarker)>(.*?)<\/(?:Version|DeleteMarker)>/gs,
  )) {
    const versionId = textOf(element, "VersionId") ?? "";
    await ask("DELETE", { object: textOf(element, "Key") ?? "", subres: { versionId } });
  }
  await client.deleteBucket(bucket);
}

/** The text of the first element of this name. */
export function textOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(xml)?.[1];
}

/** The code of an answer that is an error. */
export const codeOf = ({ data }: RawAnswer) => textOf(data.toString(), "Code");

const newName = () => `oss-contract-${randomBytes(6).toString("hex")}`;

export async function openTarget(): Promise<Target> {
  return region === undefined ? openEmulator() : openService(region);
}

function openService(region: string): Target {
  const { OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET, OSS_SESSION_TOKEN: stsToken } = process.env;
  if (!OSS_ACCESS_KEY_ID || !OSS_ACCESS_KEY_SECRET) {
    throw new Error("OSS_CONTRACT_REGION needs OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET beside it.");
  }
  const credentials = { accessKeyId: OSS_ACCESS_KEY_ID, accessKeySecret: OSS_ACCESS_KEY_SECRET };
  const service = { url: endpoint ?? `https://oss-${region}.aliyuncs.com`, credentials };
  const client = (bucket: string) =>
    aliOss(service, { bucket, region: `oss-${region}`, secure: true, ...(stsToken && { stsToken }) });
  return {
    emulator: undefined,
    clients: new Map([["the real service", client]]),
    newName,
    eventually: repeat,
    close: () => Promise.resolve(),
  };
}

/** A stale read passes after a few seconds; whatever fails longer than that is wrong. */
async function repeat(check: () => Promise<void>): Promise<void> {
  for (let left = 10; left > 0; left--) {
    const error: unknown = await check().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) return;
    await sleep(1_000);
  }
  await check();
}

async function openEmulator(): Promise<Target> {
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
  return { emulator, clients, newName, eventually: (check) => check(), close: () => emulator.close() };
}
