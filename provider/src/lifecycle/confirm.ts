import { NotConvergedError } from "../errors";
import type { OssClient } from "../oss/client";
import type { Clock } from "../net/retry";
import { describeRule, sameRule, type EncryptionRule } from "../rule/rule";

const timeoutMs = 60_000;
const firstPauseMs = 250;
const longestPauseMs = 8_000;

/** From here on a person is told what is being waited for. */
const quietMs = 5_000;

/**
 * Reads a bucket's rule until it is the one just written: OSS is eventually consistent, and a read of the
 * old rule right after the write would be kept as drift. Throws {@link NotConvergedError} after a minute, and
 * OssCallError where reading fails.
 */
export async function confirm(
  client: OssClient,
  bucket: string,
  rule: EncryptionRule,
  { clock, log }: { clock: Clock; log: (line: string) => void },
): Promise<void> {
  const start = clock.now();
  for (let pause = firstPauseMs, told = false; ; pause = Math.min(2 * pause, longestPauseMs)) {
    const live = await client.getBucketEncryption(bucket, { timeoutMs: timeoutMs - (clock.now() - start) });
    if (sameRule(live, rule)) return;
    const waited = clock.now() - start;
    if (waited + pause >= timeoutMs) {
      // What still shows is the rule of an earlier run, whose key the program may keep secret.
      throw new NotConvergedError(
        `OSS accepted the default rule of bucket ${bucket}, but ${Math.round(waited / 1000)} s later still shows ` +
          `${describeRule(live, { hideKey: true })}. Run pulumi up again: it looks first and writes only what differs.`,
      );
    }
    if (waited >= quietMs && !told) {
      log(`bucket ${bucket}: OSS accepted the default rule; waiting up to a minute for reads to show it`);
      told = true;
    }
    await clock.sleep(pause);
  }
}
