// What options, configuration files, scripted faults and the admin endpoint take. JSON knows no types, so all of it is
// checked when an emulator runs, too.
import * as v from "valibot";
import type { Account } from "./auth/accounts";
import type { Policy, Statement } from "./auth/policy";
import type { Role } from "./auth/sessions";
import type { BucketSettings, EmulatorOptions } from "./options";
import type { EncryptionRule } from "./store/encryption-rule";
import { findErrorCode } from "./errors/error-codes";
import { isOldBucketName } from "./requests/addressing";
import type { Key } from "./store/store";
import type { Fault, FaultAnswer } from "./server/fault";
import type { KeyPair } from "./server/listener";
import type { RateLimits } from "./server/rate-limiter";

/** A schema for each field. A message goes on from the field's name: "port" and "takes a whole number". */
type Entries<T> = { readonly [K in keyof T]-?: v.GenericSchema<unknown, T[K] | undefined> };

/** The library takes lists for objects. */
const object = (takes: string) =>
  v.custom<Record<string, unknown>>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    takes,
  );

/** An object with these fields, and no others unless they are kept. */
function fields<T extends object>(
  entries: Entries<T>,
  others: "refused" | "kept" = "refused",
): v.GenericSchema<unknown, T> {
  const names = Object.keys(entries).join(", ");
  const message = ({ expected, received, path }: v.StrictObjectIssue | v.LooseObjectIssue) => {
    if (expected === "never") return `has no ${received}; there are ${names}`;
    const missing = entries[path?.[0].key as keyof T];
    return `is required: it ${v.safeParse(missing, undefined).issues?.[0].message ?? ""}`;
  };
  const schema = v.pipe(
    object(`takes an object with ${names}`),
    others === "kept" ? v.looseObject(entries, message) : v.strictObject(entries, message),
  );
  return schema as v.GenericSchema<unknown, unknown> as v.GenericSchema<unknown, T>;
}

const text = v.string("takes a text");
const truth = v.boolean("takes true or false");
const fromZero = "takes a number from 0 on";
const amount = v.pipe(v.number(fromZero), v.minValue(0, fromZero));
/** Timers of Node.js fire at once where they are to wait longer. */
const longestWait = 2 ** 31 - 1;
const takesWait = `takes a number of milliseconds from 0 to ${longestWait}`;
const wait = v.pipe(v.number(takesWait), v.minValue(0, takesWait), v.maxValue(longestWait, takesWait));
const callback = <T>() =>
  v.optional(v.custom<NonNullable<T>>((value) => typeof value === "function", "takes a function"));
const oneOf = <const T extends string>(...names: T[]) => v.picklist(names, `is one of ${names.join(", ")}`);
const list = <T>(item: v.GenericSchema<unknown, T>) => v.array(item, "takes a list");
const textByName = v.pipe(object("takes an object that holds texts"), v.record(v.string(), text));

/** A text of this form. */
export const form = (pattern: RegExp, takes: string) => v.pipe(v.string(takes), v.regex(pattern, takes));

export const takesPort = "takes a whole number up to 65535";
export const port = v.pipe(
  v.number(takesPort),
  v.integer(takesPort),
  v.minValue(0, takesPort),
  v.maxValue(65_535, takesPort),
);
export const region = form(/^(?!oss-)[a-z]+-[a-z0-9-]+$/, "takes a region such as cn-hangzhou, without oss-");
/** In lower case, as host names are compared. */
export const hostName = v.pipe(
  form(/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i, "takes a host name, without scheme and port"),
  v.toLowerCase(),
);

export const takesBucketName = "takes the name of a bucket: 3 to 63 lower-case letters, digits and hyphens";
const bucketName = v.pipe(text, v.check(isOldBucketName, takesBucketName));

/** A bucket's default rule. */
export const ruleSchema = v.pipe(
  fields<EncryptionRule>({
    SSEAlgorithm: oneOf("AES256", "KMS", "SM4"),
    KMSMasterKeyID: v.optional(text),
    KMSDataEncryption: v.optional(oneOf("SM4")),
  }),
  v.check(
    ({ SSEAlgorithm, KMSMasterKeyID, KMSDataEncryption }) =>
      SSEAlgorithm === "KMS" || (KMSMasterKeyID ?? KMSDataEncryption) === undefined,
    "takes KMSMasterKeyID and KMSDataEncryption only with SSEAlgorithm KMS",
  ),
);

const bucketEntries: Entries<BucketSettings> = {
  region: v.optional(region),
  account: v.optional(text),
  encryption: v.optional(ruleSchema),
  acl: v.optional(oneOf("private", "public-read", "public-read-write")),
};
export const bucketSchema = fields(bucketEntries);

export const keyState = oneOf("Enabled", "Disabled", "PendingDeletion");
const alias = form(/^alias\/.+$/, "takes a name such as alias/logs");
const key = v.union(
  [text, fields<Key>({ id: text, state: keyState, alias: v.optional(alias), description: v.optional(text) })],
  "takes an id, or an object with id and state, which is one of Enabled, Disabled, PendingDeletion",
);

const texts = v.union([text, list(text)], "takes a text or a list of texts");

/** A RAM policy. What the emulator doesn't evaluate, such as conditions, may be there. */
export const policySchema = fields<Policy>(
  {
    Version: v.optional(text),
    Statement: list(
      fields<Statement>({ Effect: oneOf("Allow", "Deny"), Action: texts, Resource: texts }, "kept"),
    ),
  },
  "kept",
);

/** A moment; JSON writes it as a text. */
const takesDate = "takes a date, in JSON such as 2030-01-01T00:00:00Z";
const date = v.union([v.date(takesDate), v.pipe(v.string(takesDate), v.toDate(takesDate))], takesDate);

const account = fields<Account>({
  id: text,
  accessKeyId: text,
  accessKeySecret: text,
  securityToken: v.optional(text),
  expiration: v.optional(date),
  policy: v.optional(policySchema),
  sessionPolicy: v.optional(policySchema),
  name: v.optional(text),
  disabled: v.optional(truth),
});

const answer = v.pipe(
  fields<FaultAnswer>({
    status: v.optional(amount),
    code: v.optional(text),
    message: v.optional(text),
    details: v.optional(textByName),
    body: v.optional(v.union([text, v.instance(Uint8Array)], "takes a text or bytes")),
    headers: v.optional(textByName),
  }),
  v.check(
    ({ code, status }) => code === undefined || status !== undefined || findErrorCode(code) !== undefined,
    ({ input: { code = "" } }) => `needs a status: "${code}" is not in the table of error codes`,
  ),
);

/** JSON has no infinity: there "always" stands for it. */
const times = v.union(
  [
    amount,
    v.pipe(
      v.literal("always"),
      v.transform(() => Infinity),
    ),
  ],
  `${fromZero}, in JSON also "always"`,
);

export const faultSchema = fields<Fault>({
  operation: v.optional(texts),
  bucket: v.optional(text),
  times: v.optional(times),
  after: v.optional(amount),
  forMs: v.optional(amount),
  delay: v.optional(wait),
  carriedOut: v.optional(truth),
  answer: v.optional(answer),
  connection: v.optional(oneOf("reset", "reset-mid-body", "hang", "endless")),
  stale: v.optional(v.literal(true, "takes true")),
});

/** Kept, not copied: a test may bind more names while the emulator runs. */
const hostsToBuckets = v.custom<Record<string, string>>(
  (value) => v.is(v.record(v.string(), v.string()), value),
  "takes an object: host name to bucket",
);

/** The options that JSON can say. */
const fileEntries: Entries<Omit<EmulatorOptions, "onRequest" | "clock" | "random">> = {
  port: v.optional(port),
  accounts: v.optional(list(account)),
  region: v.optional(region),
  domains: v.optional(list(hostName)),
  customDomains: v.optional(hostsToBuckets),
  keys: v.optional(list(key)),
  roles: v.optional(
    list(fields<Role>({ arn: text, policy: v.optional(policySchema), externalId: v.optional(text) })),
  ),
  oidcTokens: v.optional(list(text)),
  ecsRole: v.optional(text),
  metadataTokenRequired: v.optional(truth),
  tokenLifetime: v.optional(amount),
  tls: v.optional(fields<KeyPair>({ key: text, cert: text })),
  headersTimeout: v.optional(amount),
  requestTimeout: v.optional(amount),
  latency: v.optional(
    v.union([wait, v.strictTuple([wait, wait])], `${takesWait}, or a list of two for a range`),
  ),
  consistencyDelay: v.optional(amount),
  maxStoredBytes: v.optional(amount),
  maxLoggedRequests: v.optional(amount),
  qps: v.optional(fields<RateLimits>({ meta: v.optional(amount), total: v.optional(amount) })),
  buckets: v.optional(
    list(fields<BucketSettings & { name: string }>({ name: bucketName, ...bucketEntries })),
  ),
  faults: v.optional(list(faultSchema)),
};
export const fileSchema = fields(fileEntries);

export const optionsSchema = fields<EmulatorOptions>({
  ...fileEntries,
  onRequest: callback<EmulatorOptions["onRequest"]>(),
  clock: callback<EmulatorOptions["clock"]>(),
  random: callback<EmulatorOptions["random"]>(),
});

/**
 * Checks a value that somebody handed in, and brings it into the form of its type.
 *
 * @param what the value as a whole, as messages call it: "a fault"
 * @throws TypeError with a sentence for everything that is wrong, which names the field and what it takes
 */
export function check<T>(schema: v.GenericSchema<unknown, T>, value: unknown, what: string): T {
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return output;
  throw new TypeError(issues.map((issue) => `${subject(issue, what)} ${issue.message}.`).join(" "));
}

function subject({ path = [] as never, expected }: v.BaseIssue<unknown>, what: string): string {
  // An unknown field is no place that anybody knows: the sentence is about the object around it.
  const known = expected === "never" ? path.slice(0, -1) : path;
  const steps = known.map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  return steps.join("").replace(/^\./, "") || what;
}
