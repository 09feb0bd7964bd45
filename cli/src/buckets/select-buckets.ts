import {
  OssEncryptionError,
  type Connections,
  type ListedBucket,
  type OssInventory,
} from "pulumi-oss-encryption/oss";
import { UserError } from "../user-error";

/** Which buckets to look at, and through which connections. */
export interface Selection {
  bucket?: string[] | undefined;
  prefix?: string[] | undefined;
  region?: string[] | undefined;
  connection?: string[] | undefined;
}

/** A bucket to look at. */
export interface Selected {
  bucket: string;
  /** Absent: not known yet. */
  region?: string;
  /** Absent: the default one. */
  connection?: string;
}

/** Buckets that could not even be listed. */
export interface Unlisted {
  connection: string | null;
  reason: string;
}

/** By this name the default connection is meant. */
const defaultName = "default";

/** Throws {@link UserError} where flags contradict each other. */
export function checkSelection({ bucket, connection = [] }: Selection): void {
  if (bucket && connection.length > 1) {
    throw new UserError("--bucket is looked for through one connection: name one --connection at the most.");
  }
}

/**
 * The selected buckets, as they are listed. Named ones are not looked up: reading them shows where they are.
 * A connection that can't be listed goes to `unlisted`, and the others go on.
 */
export async function* selectBuckets(
  { bucket, prefix = [""], region, connection = [defaultName] }: Selection,
  connections: Connections,
  unlisted: Unlisted[],
): AsyncGenerator<Selected> {
  for (const name of new Set(connection)) {
    const target = name === defaultName ? {} : { connection: name };
    if (bucket) {
      for (const one of new Set(bucket)) yield { bucket: one, ...target };
      continue;
    }
    try {
      const inRegion = ({ region: id }: ListedBucket) => !region || region.includes(id);
      for await (const page of listBuckets(connections.inventory(target), withoutCovered(prefix))) {
        yield* page.filter(inRegion).map((listed) => ({ ...listed, ...target }));
      }
    } catch (error) {
      if (!(error instanceof OssEncryptionError)) throw error;
      unlisted.push({ connection: target.connection ?? null, reason: error.message });
    }
  }
}

async function* listBuckets(
  inventory: OssInventory,
  prefixes: readonly string[],
): AsyncGenerator<ListedBucket[]> {
  for (const prefix of prefixes) yield* inventory.listBuckets(prefix);
}

/** Prefixes of which none begins with another: a bucket must not be listed twice. */
const withoutCovered = (prefixes: readonly string[]) =>
  [...new Set(prefixes)].filter(
    (prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)),
  );
