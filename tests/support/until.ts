import { setTimeout as pause } from "node:timers/promises";

/** What a condition gives once it holds: for something that nobody reports. Rejects after a quarter of an hour. */
export async function until<T>(condition: () => T | Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(900_000);
  for (;;) {
    const value = await condition();
    if (value) return value;
    await pause(10, undefined, { signal });
  }
}
