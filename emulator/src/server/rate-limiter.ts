/** How many requests per second pass. */
export interface RateLimits {
  /** Operations on buckets and their configurations, per account. */
  meta?: number;
  /** All operations, per account. */
  total?: number;
}

/** Counts requests in windows of one second. */
export class RateLimiter {
  private windows = new Map<string, { start: number; count: number }>();

  constructor(private readonly perSecond: number) {}

  /** @returns milliseconds until the next request may pass; 0: this one may */
  take(who: string, now: number): number {
    const window = this.windows.get(who);
    if (window === undefined || now >= window.start + 1000) {
      this.windows.set(who, { start: now, count: 1 });
      return 0;
    }
    if (window.count++ < this.perSecond) return 0;
    return Math.ceil(window.start + 1000 - now);
  }
}
