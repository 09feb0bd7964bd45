/** A value that readers may see late, the way OSS spreads a bucket's settings over its servers. */
export class EventualValue<T> {
  private history: { value: T; since: number }[];

  constructor(value: T) {
    this.history = [{ value, since: -Infinity }];
  }

  get latest(): T {
    return this.asOf(Infinity);
  }

  /** What a reader that lags behind until `time` sees. */
  asOf(time: number): T {
    const entry = this.history.findLast(({ since }) => since <= time) ?? this.history[0];
    return (entry as { value: T }).value;
  }

  /** @param oldest how far back a reader may still look; anything before that is forgotten */
  set(value: T, now: number, oldest: number): void {
    const firstKept = this.history.findLastIndex(({ since }) => since <= oldest);
    this.history = [...this.history.slice(Math.max(firstKept, 0)), { value, since: now }];
  }
}
