import { isNotFound, NotConvergedError } from "../errors";
import type { Clock } from "../net/retry";
import type { OssClient } from "../oss/client";
import { describeRule, sameRule, type EncryptionRule } from "../rule/rule";

const timeoutMs = 60_000;
const firstPauseMs = 250;
const longestPauseMs = 8_000;
const leastReadMs = 5_000;

/** From here on a person is told what is being waited for. */
const quietMs = 5_000;

/**
 * Reads a bucket's rule until it is the one just written: OSS is eventually consistent, and a read of the old rule
 * right after the write would be kept as drift. A bucket that isn't shown at all isn't shown yet: OSS has just taken
 * its rule. Throws {@link NotConvergedError} after about a minute, and what reading throws.
 */
export async function confirm(
  client: OssClient,
  bucket: string,
  rule: EncryptionRule,
  { clock, log }: { clock: Clock; log: (line: string) => void },
): Promise<void> {
  const start = clock.now();
  for (let pause = firstPauseMs, told = false; ; pause = Math.min(2 * pause, longestPauseMs)) {
    // Every read has some time, also after a pause that took longer than it should.
    const shown = await read(client, bucket, Math.max(timeoutMs - (clock.now() - start), leastReadMs));
    if (shown !== noBucket && sameRule(shown, rule)) return;
    const waited = clock.now() - start;
    if (waited + pause >= timeoutMs) {
      throw new NotConvergedError(
        `OSS accepted the default rule of bucket ${bucket}, but ${Math.round(waited / 1000)} s later still shows ` +
          `${describeShown(shown)}. Run pulumi up again: it looks first and writes only what differs.`,
      );
    }
    if (waited >= quietMs && !told) {
      log(`bucket ${bucket}: OSS accepted the default rule; waiting up to a minute for reads to show it`);
      told = true;
    }
    await clock.sleep(pause);
  }
}

const noBucket = Symbol("no such bucket");
type Shown = EncryptionRule | undefined | typeof noBucket;

/** What still shows is the rule of an earlier run, whose key the program may keep secret. */
function describeShown(shown: Shown): string {
  if (shown === noBucket) return "no such bucket";
  return shown ? describeRule(shown, { hideKey: true }) : "no default rule";
}

async function read(client: OssClient, bucket: string, msLeft: number): Promise<Shown> {
  try {
    return await client.getBucketEncryption(bucket, { timeoutMs: msLeft });
  } catch (error) {
    if (isNotFound(error, "NoSuchBucket")) return noBucket;
    throw error;
  }
}
