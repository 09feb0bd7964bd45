/** Services refuse requests signed more than 15 minutes off; a difference below this one can't be the reason. */
const leastChangeMs = 60_000;

/**
 * The time by Alibaba Cloud's clocks: this machine's, put right by what its services answered. They refuse requests signed
 * at another time, and say until when credentials last by theirs.
 */
export class ServerClock {
  #offsetMs = 0;

  constructor(
    /** Milliseconds since 1970 by this machine's clock. */
    readonly machine: () => number,
  ) {}

  /** Milliseconds since 1970. */
  now(): number {
    return this.machine() + this.#offsetMs;
  }

  /** What a request must add to the time that it takes from `Date`. */
  get aheadMs(): number {
    return this.now() - Date.now();
  }

  /**
   * Takes a service's time over after it refused a request that was sent with `aheadMs`. Whether another try would be
   * sent with another time.
   */
  learn(serverTime: string | undefined, aheadMs: number): boolean {
    const server = Date.parse(serverTime ?? "");
    if (!Number.isNaN(server)) this.#offsetMs = server - this.machine();
    return Math.abs(this.aheadMs - aheadMs) >= leastChangeMs;
  }
}
