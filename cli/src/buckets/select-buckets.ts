import {
  OssEncryptionError,
  type AccountConnections,
  type ListedBucket,
  type OssInventory,
} from "pulumi-oss-encryption/oss";
import type { BucketAddress } from "../bucket-address";
import { matcher } from "./bucket-pattern";
import { UserError } from "../user-error";

/** Which buckets to look at, and through which connections. */
export interface Selection {
  bucket?: string[] | undefined;
  prefix?: string[] | undefined;
  region?: string[] | undefined;
  connection?: string[] | undefined;
  /** Patterns of names that are left out. */
  exclude?: string[] | undefined;
}

/** A bucket that is left out, and the pattern that it fits. */
export type Excluded = BucketAddress & { pattern: string };

/** Buckets that could not even be listed. */
export interface Unlisted {
  /** Null: the default one. */
  connection: string | null;
  reason: string;
}

/** What came of a selection besides buckets. */
export class SelectionResult {
  readonly unlisted: Unlisted[] = [];
  readonly excluded: Excluded[] = [];
  readonly #excludes: { pattern: string; fits: (bucket: string) => boolean }[];
  readonly #used = new Set<string>();
  /** Prefixes with which a bucket was selected. */
  readonly #selecting = new Set<string>();

  constructor(private readonly selection: Selection) {
    const { exclude = [] } = selection;
    this.#excludes = exclude.map((pattern) => ({ pattern, fits: matcher(pattern) }));
  }

  /** Notes which filters a listed bucket fits; whether it fits all that select. */
  fits({ bucket, region }: ListedBucket): boolean {
    const { prefix = [], region: regions } = this.selection;
    const fitting = prefix.filter((text) => bucket.startsWith(text));
    for (const text of fitting) this.#used.add(flag("prefix", text));
    this.#used.add(flag("region", region));
    const isSelected = !regions || regions.includes(region);
    if (isSelected) for (const text of fitting) this.#selecting.add(text);
    return isSelected;
  }

  /** Whether a bucket that is selected is to be looked at; if not, it goes to `excluded`. */
  take(address: BucketAddress): boolean {
    const exclude = this.#excludes.find(({ fits }) => fits(address.bucket));
    if (exclude) this.excluded.push({ ...address, pattern: exclude.pattern });
    else this.#used.add("all");
    return exclude === undefined;
  }

  /**
   * Filters that no bucket fits, as they were given, or all of them where no bucket fits all. What they say of buckets is
   * nothing at all, and must not pass for "all fulfilled".
   */
  get emptyFilters(): string[] {
    const { bucket = [], prefix = [], region = [], exclude = [] } = this.selection;
    const regions = region.map((id) => flag("region", id));
    const selects = [...prefix.map((text) => flag("prefix", text)), ...regions];
    // Where a list could not be read there is no telling.
    if (this.unlisted.length > 0) return [];
    const empty = selects.filter((one) => !this.#used.has(one));
    if (empty.length > 0) return empty;
    // Each fits some bucket, and yet no bucket of a prefix is in the regions.
    const apart = prefix.filter((text) => !this.#selecting.has(text));
    if (apart.length > 0) return apart.map((text) => [flag("prefix", text), ...regions].join(" "));
    if (this.#used.has("all")) return [];
    const all = [...bucket.map((name) => flag("bucket", name)), ...selects];
    // An account without buckets is none of a filter's doing.
    if (this.excluded.length > 0) all.push(...exclude.map((pattern) => flag("exclude", pattern)));
    return all.length > 0 ? [all.join(" ")] : [];
  }
}

/** A filter as it was given. */
export const flag = (name: string, value: string): string => `--${name} ${value}`;

/** By this name the default connection is meant. */
export const defaultName = "default";

/** Throws {@link UserError} where options contradict each other. */
export function checkSelection({ bucket, connection = [] }: Selection): void {
  if (bucket && connection.length > 1) {
    throw new UserError("--bucket can be used with one --connection only.");
  }
}

/**
 * The selected buckets, as they are listed. Named ones are not looked up: reading them shows where they are.
 * A connection that can't be listed goes to `result.unlisted`, and the others go on.
 */
export async function* selectBuckets(
  { bucket, prefix = [""], connection: names = [defaultName] }: Selection,
  connections: AccountConnections,
  result: SelectionResult,
): AsyncGenerator<BucketAddress> {
  for (const name of new Set(names)) {
    const connection = name === defaultName ? null : name;
    if (bucket) {
      const named = [...new Set(bucket)].map((one) => ({ bucket: one, region: null, connection }));
      yield* named.filter((address) => result.take(address));
      continue;
    }
    try {
      const inventory = connections.inventory({ connection: connection ?? undefined });
      for await (const page of listBuckets(inventory, withoutCovered(prefix))) {
        const selected = page.filter((one) => result.fits(one)).map((one) => ({ ...one, connection }));
        yield* selected.filter((address) => result.take(address));
      }
    } catch (error) {
      if (!(error instanceof OssEncryptionError)) throw error;
      result.unlisted.push({ connection, reason: error.message });
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
