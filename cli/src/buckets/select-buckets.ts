import {
  OssEncryptionError,
  type Connections,
  type ListedBucket,
  type OssInventory,
  type Target,
} from "pulumi-oss-encryption/oss";
import { UserError } from "../user-error";

/** Which buckets to look at, and through which connections. */
export interface Selection {
  bucket?: string[] | undefined;
  prefix?: string[] | undefined;
  region?: string[] | undefined;
  connection?: string[] | undefined;
}

/** A bucket, and where it is read. */
export interface Place {
  bucket: string;
  /** Null: not known yet. */
  region: string | null;
  /** Null: the default one. */
  connection: string | null;
}

/** Buckets that could not even be listed. */
export interface Unlisted {
  /** Null: the default one. */
  connection: string | null;
  reason: string;
}

/** By this name the default connection is meant. */
const defaultName = "default";

/** A place as {@link Connections} take it. */
export const targetOf = ({ region, connection }: Omit<Place, "bucket">): Target => ({
  region: region ?? undefined,
  connection: connection ?? undefined,
});

/** Throws {@link UserError} where options contradict each other. */
export function checkSelection({ bucket, connection = [] }: Selection): void {
  if (bucket && connection.length > 1) {
    throw new UserError("--bucket can be used with one --connection only.");
  }
}

/**
 * The selected buckets, as they are listed. Named ones are not looked up: reading them shows where they are.
 * A connection that can't be listed goes to `unlisted`, and the others go on.
 */
export async function* selectBuckets(
  { bucket, prefix = [""], region, connection: names = [defaultName] }: Selection,
  connections: Connections,
  unlisted: Unlisted[],
): AsyncGenerator<Place> {
  for (const name of new Set(names)) {
    const connection = name === defaultName ? null : name;
    if (bucket) {
      for (const one of new Set(bucket)) yield { bucket: one, region: null, connection };
      continue;
    }
    try {
      const inventory = connections.inventory({ connection: connection ?? undefined });
      for await (const page of listBuckets(inventory, withoutCovered(prefix))) {
        const wanted = page.filter((one) => !region || region.includes(one.region));
        yield* wanted.map((one) => ({ ...one, connection }));
      }
    } catch (error) {
      if (!(error instanceof OssEncryptionError)) throw error;
      unlisted.push({ connection, reason: error.message });
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
