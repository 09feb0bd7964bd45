import { readFileSync } from "node:fs";
import type { EmulatorOptions } from "./options";
import { faultFromJson } from "./server/check-fault";
import { UsageError } from "./usage-error";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number" && value >= 0;
const isRecord: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const every =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const holding =
  (...names: string[]): Check =>
  (value) =>
    isRecord(value) && names.every((name) => isText((value as Record<string, unknown>)[name]));
const number = [isNumber, "a number from 0 on"] as const;
const text = [isText, "a text"] as const;
const texts = [every(isText), "a list of texts"] as const;

/** The options of the in-process API that JSON can say, and what each of them takes. */
const options: Record<string, readonly [Check, string]> = {
  port: number,
  accounts: [
    every(holding("id", "accessKeyId", "accessKeySecret")),
    "a list of objects with id, accessKeyId and accessKeySecret",
  ],
  region: text,
  domains: texts,
  customDomains: [
    (value) => isRecord(value) && Object.values(value as object).every(isText),
    "an object: host name to bucket",
  ],
  keys: [
    every((value) => isText(value) || holding("id", "state")(value)),
    "a list of ids, or of objects with id and state",
  ],
  roles: [every(holding("arn")), "a list of objects with arn"],
  oidcTokens: texts,
  ecsRole: text,
  metadataTokenRequired: [(value) => typeof value === "boolean", "true or false"],
  tokenLifetime: number,
  tls: [holding("key", "cert"), "an object with key and cert, both PEM"],
  headersTimeout: number,
  requestTimeout: number,
  latency: [
    (value) => isNumber(value) || (every(isNumber)(value) && (value as unknown[]).length === 2),
    "a number, or a list of two",
  ],
  consistencyDelay: number,
  maxStoredBytes: number,
  maxLoggedRequests: number,
  qps: [isRecord, "an object with meta and total"],
  buckets: [every(holding("name")), "a list of objects with name"],
  faults: [every(isRecord), "a list of objects"],
};

/** Reads a configuration file. @throws UsageError naming the option and what it takes */
export function readConfig(file: string): EmulatorOptions {
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const [reason = ""] = (error as Error).message.split("\n");
    throw new UsageError(`--config: ${file} can't be read as JSON: ${reason}`);
  }
  if (!isRecord(config)) throw new UsageError(`--config: ${file} must hold a JSON object.`);
  for (const [name, value] of Object.entries(config as object)) {
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) {
      throw new UsageError(
        `--config: "${name}" is not an option; there are ${Object.keys(options).join(", ")}.`,
      );
    }
    const [check, takes] = option;
    if (!check(value)) throw new UsageError(`--config: ${name} takes ${takes}.`);
  }
  return typed(config as EmulatorOptions);
}

/** With the values that JSON has no form for. */
function typed(config: EmulatorOptions): EmulatorOptions {
  const { accounts, faults } = config;
  return {
    ...config,
    ...(faults && { faults: faults.map(faultFromJson) }),
    ...(accounts && {
      accounts: accounts.map(({ expiration, ...account }) => ({
        ...account,
        ...(expiration && { expiration: new Date(expiration) }),
      })),
    }),
  };
}
