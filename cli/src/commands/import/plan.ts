import { ruleFailures, type EncryptionRule } from "pulumi-oss-encryption/oss";
import type { Reading } from "../../buckets/read-rules";
import type { Place } from "../../buckets/select-buckets";
import type { ManagedResource } from "../../pulumi/stack-state";

/** A `BucketEncryption` to be: what the import file, the program and the config are written from. */
export interface Declaration extends Place {
  /** Logical name of the resource. */
  name: string;
  rule: EncryptionRule;
}

/** What becomes of each bucket. */
export interface Plan {
  /** To be imported as they are. */
  resources: Declaration[];
  /** Managed by the stack already, as the resource of this name. */
  managed: (Place & { name: string })[];
  /** Without a default rule, so that there is nothing to import; with the declaration that would give them one. */
  withoutRule: Declaration[];
  /** With a rule that can't be declared, or that could not be read. */
  refused: (Place & { reason: string })[];
}

/** The rule proposed for a bucket without one: it costs nothing, and needs no permission to upload. */
const proposed: EncryptionRule = { sseAlgorithm: "AES256" };

/** Sorts out what was read, given what the stack manages already. */
export function plan(readings: readonly Reading[], managed: readonly ManagedResource[] = []): Plan {
  const names = new Map(managed.map(({ bucket, name }) => [bucket, name]));
  const taken = new Set(managed.map(({ name }) => name));
  const result: Plan = { resources: [], managed: [], withoutRule: [], refused: [] };
  for (const reading of readings) {
    const { bucket, region, connection } = reading;
    const place = { bucket, region, connection };
    const name = names.get(bucket);
    if (name !== undefined) {
      result.managed.push({ ...place, name });
    } else if (reading.status !== "read") {
      const reason = reading.status === "gone" ? "It was deleted since it was listed." : reading.reason;
      result.refused.push({ ...place, reason });
    } else {
      const declaration = { ...place, name: resourceName(bucket, taken), rule: reading.rule ?? proposed };
      const [failure] = ruleFailures({ ...declaration.rule });
      if (!reading.rule) result.withoutRule.push(declaration);
      else if (failure) result.refused.push({ ...place, reason: `Its rule can't be declared: ${failure}.` });
      else result.resources.push(declaration);
    }
  }
  return result;
}

/**
 * A bucket's name is the resource's name: it is legal there, never changes, and is unique in all of OSS. Only where the
 * program uses it for another bucket's resource, another one has to do.
 */
export function resourceName(bucket: string, taken: ReadonlySet<string>): string {
  let name = bucket;
  while (taken.has(name)) name += "-encryption";
  return name;
}
