import { bucketNameRule, isBucketName } from "./bucket-name";
import { normalRule, ruleFailures, unknownValue, type EncryptionRule } from "./rule";

/** The inputs of a `BucketEncryption` in normal form: what `check` returns, `read` returns and state holds. */
export interface Inputs extends EncryptionRule {
  bucket: string;
  region?: string;
  connection?: string;
}

const properties = ["bucket", "sseAlgorithm", "kmsMasterKeyId", "kmsDataEncryption", "region", "connection"];

const spelling = (name: string) => name.replace(/[_-]/g, "").toLowerCase();

/** Everything wrong with a set of inputs, as sentences. Unknown values are taken to be right; no value is repeated. */
export function inputFailures(props: Record<string, unknown>): string[] {
  const { bucket, region, connection } = props;
  const failures: string[] = [];

  if (bucket !== unknownValue && !isBucketName(bucket)) {
    failures.push(`bucket ${isAbsent(bucket) && bucket !== "" ? "is required: " : ""}${bucketNameRule}`);
  }
  failures.push(...ruleFailures(props));
  if (region !== unknownValue && !isAbsent(region) && !isRegion(region)) {
    failures.push(`region must be a region id such as "cn-hangzhou": lower-case letters, digits and hyphens`);
  }
  if (connection !== unknownValue && !isAbsent(connection) && typeof connection !== "string") {
    failures.push("connection must be the name of an entry of oss-encryption:connections");
  }

  for (const name of Object.keys(props)) {
    // The engine's own keys, such as __provider, begin with two underscores.
    if (properties.includes(name) || name.startsWith("__")) continue;
    const meant = properties.find((property) => spelling(property) === spelling(name));
    const hint = meant ? `did you mean ${meant}?` : `allowed are ${properties.join(", ")}`;
    failures.push(`${name} is not a property of BucketEncryption: ${hint}`);
  }
  return failures;
}

const isAbsent = (value: unknown) => value === undefined || value === null || value === "";

const isRegion = (value: unknown) =>
  typeof value === "string" && /^[a-z0-9][a-z0-9-]{0,62}$/.test(bareRegion(value));

/** `oss-cn-hangzhou`, OSS's own name of a region, is `cn-hangzhou`. */
const bareRegion = (region: string) => region.replace(/^(oss-)+/, "");

/** The normal form of inputs that have no failures. */
export function normalInputs(props: Record<string, unknown>): Inputs {
  const { bucket, region, connection, ...rule } = props as unknown as Inputs;
  return {
    bucket,
    ...normalRule(rule),
    ...(region ? { region: bareRegion(region) } : {}),
    ...(connection ? { connection } : {}),
  };
}

/** The properties in which two sets of inputs differ. */
export function inputDifferences(
  a: Record<string, unknown> | Inputs,
  b: Record<string, unknown> | Inputs,
): string[] {
  const [left, right] = [normalInputs({ ...a }), normalInputs({ ...b })];
  return properties.filter((property) => left[property as keyof Inputs] !== right[property as keyof Inputs]);
}
