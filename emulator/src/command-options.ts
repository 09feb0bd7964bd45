import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { defaultAccount } from "./auth/accounts";
import { readConfig } from "./config-file";
import type { EmulatorOptions } from "./options";
import { UsageError } from "./usage-error";

export const help = `oss-emulator: an Alibaba Cloud OSS server for tests, in memory, on 127.0.0.1

usage: oss-emulator [options]

  --port <number>             port; default 9200, 0 for any free one
  --region <region>           region of buckets made through an IP address; default cn-hangzhou
  --domain <suffix>           host-name suffix to use like aliyuncs.com; repeatable; default localhost
  --custom-domain <host>=<bucket>   host name bound to a bucket (CNAME); repeatable
  --bucket <name>[=<algorithm>]     bucket to start with, and its default rule: AES256, KMS or SM4; repeatable
  --key <id>                  customer master key in KMS; repeatable
  --latency <ms>[-<ms>]       time that every answer takes longer; default 0
  --consistency-delay <ms>    time until readers see a rule that was written or removed; default 0
  --meta-qps <number>         bucket operations per second and account; default: no limit
  --max-stored-bytes <number> objects and parts kept in memory; default 1 GiB
  --config <file>             JSON with any options of the in-process API; the flags above win
  --tls-key <file> --tls-cert <file>   for HTTPS; default: certificates of an authority of its own
  --ca-file <file>            where to write that authority's certificate (PEM)
  --log <file>                requests as JSON lines; - for stdout
  --help, --version

Keys come from OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET; without them a made-up pair is used and printed.
`;

/** What the command line asks for. */
export interface CommandOptions {
  emulator: EmulatorOptions;
  caFile: string | undefined;
  log: string | undefined;
  /** Whether to print help or version and stop. */
  show: "help" | "version" | undefined;
}

const flags = {
  port: { type: "string" },
  region: { type: "string" },
  domain: { type: "string", multiple: true },
  "custom-domain": { type: "string", multiple: true },
  bucket: { type: "string", multiple: true },
  key: { type: "string", multiple: true },
  latency: { type: "string" },
  "consistency-delay": { type: "string" },
  "meta-qps": { type: "string" },
  "max-stored-bytes": { type: "string" },
  config: { type: "string" },
  "tls-key": { type: "string" },
  "tls-cert": { type: "string" },
  "ca-file": { type: "string" },
  log: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

/** @throws UsageError naming the flag and what it takes */
export function readCommandOptions(args: string[], env: NodeJS.ProcessEnv): CommandOptions {
  const { values } = parse(args);
  const whole = (flag: keyof typeof values & ("consistency-delay" | "meta-qps" | "max-stored-bytes")) =>
    readWhole(flag, values[flag]);
  const meta = whole("meta-qps");
  const flagged = defined({
    port: readPort(values.port),
    region: readRegion(values.region),
    domains: values.domain?.map((name) => readHost("--domain", name)),
    customDomains: values["custom-domain"] && Object.fromEntries(values["custom-domain"].map(readBinding)),
    buckets: values.bucket?.map(readBucket),
    keys: values.key,
    latency: readLatency(values.latency),
    consistencyDelay: whole("consistency-delay"),
    qps: meta === undefined ? undefined : { meta },
    maxStoredBytes: whole("max-stored-bytes"),
    tls: readKeyPair(values["tls-key"], values["tls-cert"]),
  });
  const emulator: EmulatorOptions = {
    port: 9200,
    accounts: [environmentAccount(env)],
    maxLoggedRequests: 1_000, // enough for the admin endpoint; --log keeps them all
    ...(values.config !== undefined && readConfig(values.config)),
    ...flagged,
  };
  return { emulator, caFile: values["ca-file"], log: values.log, show: shown(values) };
}

function shown({ help, version }: { help?: boolean; version?: boolean }): CommandOptions["show"] {
  if (help) return "help";
  return version ? "version" : undefined;
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: flags });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function environmentAccount({ OSS_ACCESS_KEY_ID: id, OSS_ACCESS_KEY_SECRET: secret }: NodeJS.ProcessEnv) {
  if (!id !== !secret) {
    throw new UsageError("Set both of OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, or neither.");
  }
  return id && secret ? { ...defaultAccount, accessKeyId: id, accessKeySecret: secret } : defaultAccount;
}

function readWhole(flag: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,15}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new UsageError(`--${flag} takes a whole number.`);
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new UsageError("--port takes a whole number up to 65535.");
}

function readRegion(text: string | undefined): string | undefined {
  if (text === undefined || /^(?!oss-)[a-z]+-[a-z0-9-]+$/.test(text)) return text;
  throw new UsageError("--region takes a region such as cn-hangzhou, without oss-.");
}

function readHost(flag: string, text: string): string {
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(text)) return text.toLowerCase();
  throw new UsageError(`${flag} takes a host name, without scheme and port.`);
}

function readLatency(text: string | undefined): number | [number, number] | undefined {
  if (text === undefined) return undefined;
  const [, least, most] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (least === undefined) throw new UsageError("--latency takes milliseconds, such as 40 or 20-60.");
  return most === undefined ? Number(least) : [Number(least), Number(most)];
}

function readBinding(text: string): [string, string] {
  const [host, bucket] = text.split("=");
  if (!host || !bucket) throw new UsageError("--custom-domain takes <host>=<bucket>.");
  return [readHost("--custom-domain", host), bucket];
}

function readBucket(text: string) {
  const [name = "", algorithm] = text.split("=");
  if (algorithm === undefined) return { name };
  if (algorithm !== "AES256" && algorithm !== "KMS" && algorithm !== "SM4") {
    throw new UsageError("--bucket takes <name>, <name>=AES256, <name>=KMS or <name>=SM4.");
  }
  return { name, encryption: { SSEAlgorithm: algorithm } as const };
}

function readKeyPair(key: string | undefined, cert: string | undefined) {
  if ((key === undefined) !== (cert === undefined)) {
    throw new UsageError("--tls-key and --tls-cert go together.");
  }
  if (key === undefined || cert === undefined) return undefined;
  try {
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } catch (error) {
    throw new UsageError(`--tls-key, --tls-cert: ${(error as Error).message}`);
  }
}

/** Without the properties that hold `undefined`, which the options tell apart from absent ones. */
function defined(options: { [K in keyof EmulatorOptions]: EmulatorOptions[K] | undefined }): EmulatorOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
