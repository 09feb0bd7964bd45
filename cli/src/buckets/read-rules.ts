import { isNotFound, OssCallError, OssEncryptionError } from "pulumi-oss-encryption/oss";
import type { Connections, EncryptionRule } from "pulumi-oss-encryption/oss";
import type { Context } from "../subcommand";
import { concurrently } from "./concurrently";
import { selectBuckets, type Selected, type Selection, type Unlisted } from "./select-buckets";

/** A bucket, and its default rule or why there is no telling. */
export type Reading = Place &
  (
    | { status: "read"; rule: EncryptionRule | null }
    | { status: "unreadable"; reason: string }
    /** Deleted since it was listed. */
    | { status: "gone" }
  );

/** Which bucket, and how it is reached; null: by what is the default. */
export interface Place {
  bucket: string;
  region: string | null;
  connection: string | null;
}

/** Failures to connect that concern a region, not a bucket: all its buckets have the same addresses. */
const noWay = new Set(["CONNECT_TIMEOUT", "ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH"]);

/** Reads default rules, `limit` at once. */
export class RuleReader {
  /** Regions that could not be reached, and why. */
  readonly #unreachable = new Map<string, string>();

  constructor(
    readonly connections: Connections,
    readonly context: Pick<Context, "progress" | "signal">,
    readonly limit: number,
  ) {}

  async readAll(selection: Selection): Promise<{ readings: Reading[]; unlisted: Unlisted[] }> {
    const unlisted: Unlisted[] = [];
    const selected = selectBuckets(selection, this.connections, unlisted);
    const readings = await this.readSelected(selected);
    return { readings, unlisted };
  }

  async readSelected(selected: AsyncIterable<Selected> | Iterable<Selected>): Promise<Reading[]> {
    const { progress, signal } = this.context;
    let done = 0;
    progress.update("Listing buckets …");
    return concurrently(selected, this.limit, async (one) => {
      signal.throwIfAborted();
      const reading = await this.#read(one);
      signal.throwIfAborted();
      progress.update(`${++done} buckets read`);
      return reading;
    });
  }

  async #read({ bucket, ...target }: Selected): Promise<Reading> {
    const { region = null, connection = null } = target;
    const place = { bucket, region, connection };
    const way = JSON.stringify([region, connection]);
    const known = region === null ? undefined : this.#unreachable.get(way);
    if (known !== undefined) return { ...place, status: "unreadable", reason: known };
    try {
      const rule = (await this.connections.client(target).getBucketEncryption(bucket)) ?? null;
      place.region = this.connections.inventory(target).regionOf(bucket);
      return { ...place, status: "read", rule };
    } catch (error) {
      if (isNotFound(error, "NoSuchBucket") && region !== null) return { ...place, status: "gone" };
      if (!(error instanceof OssEncryptionError)) throw error;
      if (error instanceof OssCallError && noWay.has(error.failure.network ?? "")) {
        this.#unreachable.set(way, error.message);
      }
      return { ...place, status: "unreadable", reason: error.message };
    }
  }
}
