import { setTimeout as pause } from "node:timers/promises";

/** Time and chance, so that tests can hold both still. */
export interface Clock {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Resolves when that many milliseconds are over. */
  sleep(ms: number): Promise<void>;
  /** At least 0, below 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => pause(ms),
  random: () => Math.random(),
};

/** What came of one try: an end, or a result that counts if there is no further try. */
export type Attempt<T> = { done: T } | { again: T; immediately?: boolean; notBeforeMs?: number };

const basePauseMs = 200;
const longestPauseMs = 20_000;

/**
 * Calls `attempt` until it is done or the time left does not cover the next pause; then the last result counts.
 * Pauses have full jitter below a ceiling that doubles from 200 ms to 20 s, as in OSS's Go SDK.
 * `notBeforeMs` raises a pause; `immediately` leaves it out, and whoever sets it sees to it that this ends.
 */
export async function retrying<T>(
  attempt: (tries: number, msLeft: number) => Promise<Attempt<T>>,
  timeoutMs: number,
  clock: Clock,
): Promise<T> {
  const deadline = clock.now() + timeoutMs;
  for (let tries = 1, pauses = 0; ; tries++) {
    const result = await attempt(tries, Math.max(1, deadline - clock.now()));
    if ("done" in result) return result.done;
    if (result.immediately) continue;
    const ceiling = Math.min(longestPauseMs, basePauseMs * 2 ** pauses++);
    const ms = Math.max(clock.random() * ceiling, result.notBeforeMs ?? 0);
    if (clock.now() + ms >= deadline) return result.again;
    await clock.sleep(ms);
  }
}
