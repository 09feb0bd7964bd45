import type { LiveRule } from "../rule/rule";
import { queue } from "./queue";

/** What a look at a bucket showed, and when. */
export interface PrefetchedRule {
  /** Undefined: the bucket has no rule. */
  rule: LiveRule | undefined;
  at: number;
}

/** What came of a look: the rule, or why it could not be read. */
export type Prefetched = PrefetchedRule | { failure: Error };

/** A look stands in for another one this long: from check to create of the same resource. */
const lastsMs = 15_000;

/** As many as the transport sends at once: more would only wait there, and all be waited for at the end. */
const concurrency = 16;

/**
 * Looks at buckets while the engine goes on. It checks resources one after the other, so a check that waited for its
 * look would add the way to OSS and back to every new resource.
 */
export class RulePrefetch {
  readonly #byPlace = new Map<string, Promise<Prefetched>>();
  readonly #underWay = new Set<Promise<Prefetched>>();
  readonly #looks = queue(concurrency);

  /** Begins a look. Waits only while too many are under way. */
  start(place: string, look: () => Promise<PrefetchedRule>): Promise<void> {
    return new Promise((begun) => {
      const seen = this.#looks(() => {
        begun();
        return look();
      }).catch((error: unknown): Prefetched => ({ failure: error as Error }));
      this.#byPlace.set(place, seen);
      this.#underWay.add(seen);
      void seen.finally(() => this.#underWay.delete(seen));
    });
  }

  /** The last look at a bucket if it is fresh and succeeded. It serves once. */
  async take(place: string, clock: { now(): number }): Promise<PrefetchedRule | undefined> {
    const look = this.#byPlace.get(place);
    this.#byPlace.delete(place);
    const seen = await look;
    return seen && "at" in seen && clock.now() - seen.at < lastsMs ? seen : undefined;
  }

  /** The look at a bucket once it is over, for a preview; `take` still finds it. */
  async peek(place: string): Promise<Prefetched | undefined> {
    return this.#byPlace.get(place);
  }

  drop(place: string): void {
    this.#byPlace.delete(place);
  }

  /** Waits until no look is under way, and returns why those failed that no `create` has asked for. */
  async settled(): Promise<Error[]> {
    await Promise.all(this.#underWay);
    const left = await Promise.all(this.#byPlace.values());
    return left.flatMap((seen) => ("failure" in seen ? [seen.failure] : []));
  }
}
