import type { Clock } from "../../provider/src/net/retry";

/** A clock that stands still but for sleeps, which take no time at all. Chance always draws the middle. */
export class VirtualClock implements Clock {
  /** Milliseconds slept so far. */
  elapsed = 0;

  /** `onSleep` is called before each sleep. */
  constructor(public onSleep: () => unknown = () => undefined) {}

  now(): number {
    return this.elapsed;
  }

  async sleep(ms: number): Promise<void> {
    await this.onSleep();
    this.elapsed += ms;
  }

  random(): number {
    return 0.5;
  }
}
