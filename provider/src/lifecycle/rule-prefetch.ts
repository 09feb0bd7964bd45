import pLimit from "p-limit";
import type { EncryptionRule } from "../rule/rule";

/** What a look at a bucket showed, and when. */
export interface PrefetchedRule {
  /** Undefined: the bucket has no rule. */
  rule: EncryptionRule | undefined;
  at: number;
}

/** A look stands in for another one this long: from check to create of the same resource. */
const lastsMs = 15_000;

/** As many as the transport sends at once: more would only wait there, and all be waited for at the end. */
const concurrency = 16;

/**
 * Looks at buckets while the engine goes on. It checks resources one after the other, so a check that waited for its
 * look would add the way to OSS and back to every new resource.
 */
export class RulePrefetch {
  readonly #byBucket = new Map<string, Promise<PrefetchedRule | undefined>>();
  readonly #underWay = new Set<Promise<PrefetchedRule | undefined>>();
  readonly #limit = pLimit(concurrency);

  /** Begins a look, which ends without a result where it fails. Waits only while too many are under way. */
  start(bucket: string, look: () => Promise<PrefetchedRule | undefined>): Promise<void> {
    return new Promise((begun) => {
      const seen = this.#limit(() => {
        begun();
        return look();
      });
      this.#byBucket.set(bucket, seen);
      this.#underWay.add(seen);
      void seen.finally(() => this.#underWay.delete(seen));
    });
  }

  /** The last look at a bucket if it is fresh. It serves once. */
  async take(bucket: string, clock: { now(): number }): Promise<PrefetchedRule | undefined> {
    const look = this.#byBucket.get(bucket);
    this.#byBucket.delete(bucket);
    const seen = await look;
    return seen && clock.now() - seen.at < lastsMs ? seen : undefined;
  }

  drop(bucket: string): void {
    this.#byBucket.delete(bucket);
  }

  /** Waits until no look is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }
}
