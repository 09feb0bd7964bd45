import { setTimeout as pause } from "node:timers/promises";

/** Waits for something to happen that nobody reports; rejects after four minutes. */
export async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
  const signal = AbortSignal.timeout(240_000);
  while (!(await happened())) await pause(10, undefined, { signal });
}
