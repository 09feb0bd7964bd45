// Which buckets are there, and which rules and keys do they have?

import { isNotFound, OssCallError, OssEncryptionError } from "pulumi-oss-encryption/oss";
import type { EncryptionRule } from "pulumi-oss-encryption/oss";
import type { Context } from "../subcommand";
import { concurrently } from "./concurrently";
import type { ConnectionsOf } from "./connections-of";
import { targetOf, type BucketAddress } from "../bucket-address";
import {
  selectBuckets,
  SelectionResult,
  type Excluded,
  type Selection,
  type Unlisted,
} from "./select-buckets";

/** A bucket, and its default rule or why it could not be read. */
export type Reading = BucketAddress &
  (
    | { status: "read"; rule: EncryptionRule | null }
    /** `isMissing`: OSS has no bucket of this name. It was not listed, but named. */
    | { status: "unreadable"; reason: string; isMissing?: true }
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
  /** Why regions could not be reached, by connection and region. */
  readonly #unreachable = new Map<string, string>();

  constructor(
    readonly connections: ConnectionsOf,
    readonly context: Pick<Context, "progress" | "signal">,
    readonly concurrency: number,
  ) {}

  async readAll(selection: Selection): Promise<ReadSelection> {
    const result = new SelectionResult(selection);
    const readings = await this.readEach(selectBuckets(selection, this.connections.of({}), result));
    const { unlisted, emptyFilters, excluded } = result;
    return { readings, unlisted, emptyFilters, excluded };
  }

  async readEach(addresses: AsyncIterable<BucketAddress> | Iterable<BucketAddress>): Promise<Reading[]> {
    const { progress, signal } = this.context;
    let done = 0;
    progress.update("Listing buckets …");
    return concurrently(addresses, this.concurrency, async (address) => {
      signal.throwIfAborted();
      const reading = await this.read(address);
      signal.throwIfAborted();
      progress.update(`${++done} buckets read`);
      return reading;
    });
  }

  /** Never rejects for what OSS or a connection's settings refuse. */
  async read(address: BucketAddress): Promise<Reading> {
    const { bucket, region } = address;
    const target = targetOf(address);
    // OSS may lead a bucket that names no region to another one than its neighbour.
    const regionOf = () => this.connections.of(address).inventory(target).regionOf(bucket);
    const regionKey = () => JSON.stringify([address.provider, address.connection, region, regionOf()]);
    try {
      const known = this.#unreachable.get(regionKey());
      if (known !== undefined) return { ...address, status: "unreadable", reason: known };
      const rule = (await this.connections.of(address).client(target).getBucketEncryption(bucket)) ?? null;
      return { ...address, region: regionOf(), status: "read", rule };
    } catch (error) {
      const isMissing = isNotFound(error, "NoSuchBucket");
      if (isMissing && region !== null) return { ...address, status: "gone" };
      if (!(error instanceof OssEncryptionError)) throw error;
      if (error instanceof OssCallError && unreachable.has(error.failure.network ?? "")) {
        this.#unreachable.set(regionKey(), error.message);
      }
      const unreadable = { ...address, status: "unreadable", reason: error.message } as const;
      return isMissing ? { ...unreadable, isMissing } : unreadable;
    }
  }
}
