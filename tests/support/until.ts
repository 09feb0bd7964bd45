import { setTimeout as pause } from "node:timers/promises";

/** What a condition gives once it holds: for something that nobody reports. Rejects after four minutes. */
export async function until<T>(condition: () => T | Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(240_000);
  for (;;) {
    const value = await condition();
    if (value) return value;
    await pause(10, undefined, { signal });
  }
}
