import { isNotFound, OssCallError, OssEncryptionError } from "pulumi-oss-encryption/oss";
import type { Connections, EncryptionRule } from "pulumi-oss-encryption/oss";
import type { Context } from "../subcommand";
import { concurrently } from "./concurrently";
import {
  selectBuckets,
  SelectionResult,
  targetOf,
  type Excluded,
  type Place,
  type Selection,
  type Unlisted,
} from "./select-buckets";

/** A bucket, and its default rule or why it could not be read. */
export type Reading = Place &
  (
    | { status: "read"; rule: EncryptionRule | null }
    | { status: "unreadable"; reason: string }
    /** Deleted since it was listed. */
    | { status: "gone" }
  );

/** What came of reading a selection. */
export interface ReadSelection {
  readings: Reading[];
  unlisted: Unlisted[];
  /** Filters that no bucket fits. */
  emptyFilters: string[];
  /** Left out, and not read. */
  excluded: Excluded[];
}

/** Failures to connect that concern a region, not a bucket: all its buckets have the same addresses. */
const unreachable = new Set(["CONNECT_TIMEOUT", "ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH"]);

/** Reads default rules, as many at once as `concurrency` says. */
export class RuleReader {
  /** Regions that could not be reached, and why. */
  readonly #unreachable = new Map<string, string>();

  constructor(
    readonly connections: Connections,
    readonly context: Pick<Context, "progress" | "signal">,
    readonly concurrency: number,
  ) {}

  async readAll(selection: Selection): Promise<ReadSelection> {
    const result = new SelectionResult(selection);
    const readings = await this.readEach(selectBuckets(selection, this.connections, result));
    const { unlisted, emptyFilters, excluded } = result;
    return { readings, unlisted, emptyFilters, excluded };
  }

  async readEach(places: AsyncIterable<Place> | Iterable<Place>): Promise<Reading[]> {
    const { progress, signal } = this.context;
    let done = 0;
    progress.update("Listing buckets …");
    return concurrently(places, this.concurrency, async (place) => {
      signal.throwIfAborted();
      const reading = await this.#read(place);
      signal.throwIfAborted();
      progress.update(`${++done} buckets read`);
      return reading;
    });
  }

  async #read(place: Place): Promise<Reading> {
    const { bucket, region, connection } = place;
    const target = JSON.stringify([region, connection]);
    const known = region === null ? undefined : this.#unreachable.get(target);
    if (known !== undefined) return { ...place, status: "unreadable", reason: known };
    try {
      const rule = (await this.connections.client(targetOf(place)).getBucketEncryption(bucket)) ?? null;
      const found = this.connections.inventory(targetOf(place)).regionOf(bucket);
      return { ...place, region: found, status: "read", rule };
    } catch (error) {
      if (isNotFound(error, "NoSuchBucket") && region !== null) return { ...place, status: "gone" };
      if (!(error instanceof OssEncryptionError)) throw error;
      if (error instanceof OssCallError && unreachable.has(error.failure.network ?? "")) {
        this.#unreachable.set(target, error.message);
      }
      return { ...place, status: "unreadable", reason: error.message };
    }
  }
}
