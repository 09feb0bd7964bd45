import type { Clock } from "../net/retry";
import { isNotFound } from "../errors";

/** Milliseconds for which a bucket that OSS does not show is taken for one that it does not show yet. */
const timeoutMs = 8_000;
const firstPauseMs = 250;

/** From here on a person is told what is being waited for. */
const quietMs = 1_500;

/**
 * Repeats a call about a bucket that may have been created a moment ago while OSS answers that there is none. After
 * eight seconds that answer counts.
 */
export async function onceBucketShows<T>(
  bucket: string,
  call: () => Promise<T>,
  { clock, log }: { clock: Clock; log: (line: string) => void },
): Promise<T> {
  const start = clock.now();
  for (let pause = firstPauseMs, told = false; ; pause *= 2) {
    try {
      return await call();
    } catch (error) {
      const waited = clock.now() - start;
      if (!isNotFound(error, "NoSuchBucket") || waited + pause >= timeoutMs) throw error;
      if (waited >= quietMs && !told) {
        log(`bucket ${bucket}: OSS does not show it; waiting up to ${timeoutMs / 1000} s for it to appear`);
        told = true;
      }
    }
    await clock.sleep(pause);
  }
}
