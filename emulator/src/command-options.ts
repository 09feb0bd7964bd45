import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { defaultAccount } from "./auth/accounts";
import type { EmulatorOptions } from "./options";
import type { EncryptionRule } from "./store/encryption-rule";
import { isOldBucketName } from "./requests/addressing";
import { check, fileSchema, form, hostName, port, region, takesBucketName, takesPort } from "./schema";

/** A mistake in flags or configuration, worded for the person who made it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

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

const whole = v.pipe(form(/^\d{1,15}$/, "takes a whole number"), v.transform(Number));
const takesBucket = "takes <name>, <name>=AES256, <name>=KMS or <name>=SM4";

/** What the texts of the flags become. */
const flagSchema = v.object({
  port: v.optional(v.pipe(form(/^\d{1,5}$/, takesPort), v.transform(Number), port)),
  region: v.optional(region),
  domain: v.optional(v.array(hostName)),
  "custom-domain": v.optional(
    v.array(
      v.pipe(
        form(/^[^=]+=[^=]+$/, "takes <host>=<bucket>"),
        v.transform((text) => text.split("=")),
        v.tuple([hostName, v.string()]),
      ),
    ),
  ),
  bucket: v.optional(
    v.array(
      v.pipe(
        form(/^[^=]+(=(AES256|KMS|SM4))?$/, takesBucket),
        v.transform(readBucket),
        v.check(({ name }) => isOldBucketName(name), takesBucketName),
      ),
    ),
  ),
  latency: v.optional(
    v.pipe(
      form(/^\d+(-\d+)?$/, "takes milliseconds, such as 40 or 20-60"),
      v.transform((text) => {
        const [least = 0, most = least] = text.split("-").map(Number);
        return [least, most] as const;
      }),
    ),
  ),
  "consistency-delay": v.optional(whole),
  "meta-qps": v.optional(whole),
  "max-stored-bytes": v.optional(whole),
});

function readBucket(text: string) {
  const [name, algorithm] = text.split("=") as [string, EncryptionRule["SSEAlgorithm"] | undefined];
  return algorithm === undefined ? { name } : { name, encryption: { SSEAlgorithm: algorithm } };
}

/** @throws UsageError naming the flag and what it takes */
export function readCommandOptions(args: string[], env: NodeJS.ProcessEnv): CommandOptions {
  const { values } = usage(() => parseArgs({ args, options: flags }));
  const given = readFlags(values);
  const meta = given["meta-qps"];
  const flagged: { [K in keyof EmulatorOptions]: EmulatorOptions[K] | undefined } = {
    port: given.port,
    region: given.region,
    domains: given.domain,
    customDomains: given["custom-domain"] && Object.fromEntries(given["custom-domain"]),
    buckets: given.bucket,
    keys: values.key,
    latency: given.latency,
    consistencyDelay: given["consistency-delay"],
    qps: meta === undefined ? undefined : { meta },
    maxStoredBytes: given["max-stored-bytes"],
    tls: readKeyPair(values["tls-key"], values["tls-cert"]),
  };
  const emulator: EmulatorOptions = {
    port: 9200,
    accounts: [environmentAccount(env)],
    maxLoggedRequests: 1_000, // enough for the admin endpoint; --log keeps them all
    ...(values.config === undefined ? {} : readConfig(values.config)),
    ...(Object.fromEntries(
      Object.entries(flagged).filter(([, value]) => value !== undefined),
    ) as EmulatorOptions),
  };
  return { emulator, caFile: values["ca-file"], log: values.log, show: shown(values) };
}

function readFlags(texts: unknown): v.InferOutput<typeof flagSchema> {
  const { success, output, issues } = v.safeParse(flagSchema, texts);
  if (success) return output;
  const problems = issues.map(({ path, message }) => `--${String(path?.[0].key)} ${message}.`);
  throw new UsageError(problems.join(" "));
}

function shown({ help, version }: { help?: boolean; version?: boolean }): CommandOptions["show"] {
  if (help) return "help";
  return version ? "version" : undefined;
}

/** What this does, or its error as a mistake of usage. */
function usage<T>(act: () => T, prefix = ""): T {
  try {
    return act();
  } catch (error) {
    const [reason = ""] = (error as Error).message.split("\n");
    throw new UsageError(prefix + reason);
  }
}

function readConfig(file: string): EmulatorOptions {
  const config = usage(
    () => JSON.parse(readFileSync(file, "utf8")) as unknown,
    `--config: ${file} can't be read as JSON: `,
  );
  return usage(() => check(fileSchema, config, file), "--config: ");
}

function environmentAccount({ OSS_ACCESS_KEY_ID: id, OSS_ACCESS_KEY_SECRET: secret }: NodeJS.ProcessEnv) {
  if (!id !== !secret) {
    throw new UsageError("Set both of OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, or neither.");
  }
  return id && secret ? { ...defaultAccount, accessKeyId: id, accessKeySecret: secret } : defaultAccount;
}

function readKeyPair(key: string | undefined, cert: string | undefined) {
  if ((key === undefined) !== (cert === undefined)) {
    throw new UsageError("--tls-key and --tls-cert go together.");
  }
  if (key === undefined || cert === undefined) return undefined;
  return usage(
    () => ({ key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") }),
    "--tls-key, --tls-cert: ",
  );
}
