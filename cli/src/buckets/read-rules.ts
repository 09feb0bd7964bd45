// Which buckets are there, and which rules and keys do they have?

import {
  isNotFound,
  normalRule,
  OssCallError,
  OssEncryptionError,
  type EncryptionRule,
} from "pulumi-oss-encryption/oss";
import type { Context } from "../subcommand";
import { concurrently } from "./concurrently";
import { targetOf, type BucketAddress, type ConnectionsOf } from "../bucket-address";
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
    | {
        status: "read";
        rule: EncryptionRule | null;
        /** Names of what else the rule has, newer than this version. */
        unknownElements?: string[];
      }
    | { status: "unreadable"; reason: string }
    /** OSS says that there is no bucket of this name. */
    | { status: "gone"; reason: string }
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
      const reading = await this.#readSurely(address);
      signal.throwIfAborted();
      progress.update(`${++done} buckets read`);
      return reading;
    });
  }

  /**
   * As {@link read}, but a bucket is gone only where it was listed and is no more: OSS may say that there is none also of
   * one that was made a moment ago, and a name that nobody has listed may be wrong.
   */
  async #readSurely(address: BucketAddress): Promise<Reading> {
    const first = await this.read(address);
    if (first.status !== "gone") return first;
    const unreadable = (reason: string) => ({ ...address, status: "unreadable", reason }) as const;
    if (address.region === null) return unreadable(first.reason);
    try {
      if (!(await this.#isListed(address))) return first;
    } catch (error) {
      if (!(error instanceof OssEncryptionError)) throw error;
      return unreadable(`${first.reason} Whether it was deleted is not known: ${error.message}`);
    }
    const second = await this.read(address);
    if (second.status !== "gone") return second;
    return unreadable(
      `${second.reason} But OSS lists it: if it was made a moment ago, run this again in some seconds.`,
    );
  }

  async #isListed({ bucket, ...address }: BucketAddress): Promise<boolean> {
    const target = targetOf({ ...address, region: null });
    // In the order of the names, this one comes first of all that begin with it.
    for await (const page of this.connections.of(address).inventory(target).listBuckets(bucket)) {
      return page.some((listed) => listed.bucket === bucket);
    }
    return false;
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
      const live = await this.connections.of(address).client(target).getBucketEncryption(bucket);
      const read = {
        ...address,
        region: regionOf(),
        status: "read",
        rule: live ? normalRule(live) : null,
      } as const;
      const { unknownElements } = live ?? {};
      return unknownElements ? { ...read, unknownElements } : read;
    } catch (error) {
      if (!(error instanceof OssEncryptionError)) throw error;
      if (isNotFound(error, "NoSuchBucket")) return { ...address, status: "gone", reason: error.message };
      if (error instanceof OssCallError && unreachable.has(error.failure.network ?? "")) {
        this.#unreachable.set(regionKey(), error.message);
      }
      return { ...address, status: "unreadable", reason: error.message };
    }
  }
}
