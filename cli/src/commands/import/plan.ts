import {
  describeUnknownElements,
  printable,
  ruleFailures,
  type EncryptionRule,
} from "pulumi-oss-encryption/oss";
import type { Reading } from "../../buckets/read-rules";
import type { BucketAddress } from "../../bucket-address";
import { plural } from "../../output/document";
import {
  alicloudRuleNames,
  ignoreAdvice,
  takeOverAdvice,
  type AlicloudRule,
} from "../../pulumi/alicloud-rules";
import type { ManagedResource } from "../../pulumi/stack-state";

/** A `BucketEncryption` to be: what the import file, the program and the config are written from. */
export interface Declaration extends BucketAddress {
  /** Logical name of the resource. */
  name: string;
  rule: EncryptionRule;
}

/** What becomes of each bucket. */
export interface Plan {
  /** To be imported as they are. */
  resources: Declaration[];
  /** Managed by the stack already, as the resource of this name. */
  managed: (BucketAddress & { name: string })[];
  /** Without a default rule, so that there is nothing to import; with the declaration that would give them one. */
  withoutRule: Declaration[];
  /** With a rule that can't be declared, that could not be read, or that is declared elsewhere. */
  refused: (BucketAddress & { reason: string })[];
  /** What is to be known of those that are declared, in sentences. */
  notes: string[];
}

/** The rule proposed for a bucket without one: it costs nothing, and needs no permission to upload. */
const proposed: EncryptionRule = { sseAlgorithm: "AES256" };

const fromAlicloud = `It has its rule from alicloud.oss.BucketServerSideEncryption: ${takeOverAdvice("it")}.`;

const nameIsTaken =
  "The stack has a resource of this name for another bucket, and in stack config a resource has its bucket's name: " +
  "use --program typescript.";

export interface PlanOptions {
  alicloud?: readonly AlicloudRule[];
  namesAreBuckets?: boolean;
}

/**
 * Sorts out what was read, given what the stack manages already. A bucket that was read twice counts once.
 * `alicloud`: rules that go on being declared by the alicloud provider's resources of the same stack.
 * `namesAreBuckets`: what is declared knows a bucket by its resource's name alone, as stack config does.
 */
export function plan(
  readings: readonly Reading[],
  managed: readonly ManagedResource[] = [],
  { alicloud = [], namesAreBuckets = false }: PlanOptions = {},
): Plan {
  const names = new Map(managed.map(({ address, name }) => [address.bucket, name]));
  const taken = new Set(managed.map(({ name }) => name));
  const toDeclare = new Set(readings.map(({ bucket }) => bucket));
  const theirs = new Set(
    alicloud
      .filter(({ type }) => type === "alicloud.oss.BucketServerSideEncryption")
      .map(({ bucket }) => bucket),
  );
  const result: Plan = { resources: [], managed: [], withoutRule: [], refused: [], notes: [] };
  for (const reading of eachOnce(readings)) {
    const { bucket, region, connection } = reading;
    const address = { bucket, region, connection };
    const name = names.get(bucket);
    if (name !== undefined) {
      result.managed.push({ ...address, name });
    } else if (theirs.has(bucket)) {
      // Theirs takes the rule away when it goes, whoever else declares it.
      result.refused.push({ ...address, reason: fromAlicloud });
    } else if (reading.status !== "read") {
      const reason = reading.status === "gone" ? "It was deleted since it was listed." : reading.reason;
      result.refused.push({ ...address, reason });
    } else {
      const rule = reading.rule ?? proposed;
      const failure = ruleFailures({ ...rule })[0] ?? unseen({ ...rule, region, connection });
      if (failure !== undefined) {
        result.refused.push({ ...address, reason: `Its rule can't be declared: ${failure}.` });
        continue;
      }
      const name = resourceName(bucket, taken, toDeclare);
      if (namesAreBuckets && name !== bucket) {
        result.refused.push({ ...address, reason: nameIsTaken });
        continue;
      }
      taken.add(name);
      (reading.rule ? result.resources : result.withoutRule).push({ ...address, name, rule });
      if (reading.unknownElements) result.notes.push(unknownNote(bucket, reading.unknownElements));
    }
  }
  result.notes.push(...inlineNote(result, alicloud));
  return result;
}

/** What the `import` option of a resource says, too. */
const unknownNote = (bucket: string, elements: readonly string[]) =>
  `Bucket ${bucket}: its default rule has ${describeUnknownElements(elements)}; the next change of the rule drops it.`;

/** The resource of a bucket itself stays, and with it what it says of the rule. */
function inlineNote({ resources, withoutRule }: Plan, alicloud: readonly AlicloudRule[]): string[] {
  const inline = alicloud.filter(({ type, isIgnored }) => type === "alicloud.oss.Bucket" && !isIgnored);
  const declaredTwice = new Set(inline.map(({ bucket }) => bucket));
  const names = [...resources, ...withoutRule]
    .map(({ bucket }) => bucket)
    .filter((name) => declaredTwice.has(name));
  if (names.length === 0) return [];
  const have = names.length === 1 ? "has its" : "have their";
  const from = alicloudRuleNames["alicloud.oss.Bucket"];
  const number = plural(names.length, "bucket");
  return [`${number} ${have} rule from ${from}: ${ignoreAdvice}: ${names.join(", ")}`];
}

/** Of a bucket that several connections reach, the first reading that succeeded, or the first. */
function eachOnce(readings: readonly Reading[]): Reading[] {
  const byBucket = new Map<string, Reading>();
  for (const reading of readings) {
    const known = byBucket.get(reading.bucket);
    if (!known || (known.status !== "read" && reading.status === "read")) {
      byBucket.set(reading.bucket, reading);
    }
  }
  return [...byBucket.values()];
}

/** Nobody who reads a program would see what it declares. */
function unseen(values: Record<string, string | null>): string | undefined {
  const found = Object.entries(values).find(([, value]) => value !== null && printable(value) !== value);
  return found && `${found[0]} holds characters that are not seen, or a command of a build server`;
}

/**
 * A bucket's name is the resource's name: it is legal there, never changes, and is unique in all of OSS. Only where the
 * program uses it for another bucket's resource, another one has to do.
 */
export function resourceName(
  bucket: string,
  taken: ReadonlySet<string>,
  /** Names of buckets that are declared in the same go: each has the first right to its own. */
  others: ReadonlySet<string> = new Set(),
): string {
  let name = bucket;
  while (taken.has(name) || (name !== bucket && others.has(name))) name += "-encryption";
  return name;
}
