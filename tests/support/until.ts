import { setTimeout as pause } from "node:timers/promises";

/** Waits for something to happen that nobody reports; rejects after a minute. */
export async function until(happened: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  while (!happened()) await pause(10, undefined, { signal });
}
