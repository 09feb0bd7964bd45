import { concurrently } from "../../buckets/concurrently";
import { KeyReader } from "../../buckets/read-keys";
import { targetOf, type ConnectionsOf } from "../../bucket-address";
import type { Context } from "../../subcommand";
import { addKey, type AuditedBucket } from "./audit";
import { countObjects } from "./count-objects";

type RunContext = Pick<Context, "progress" | "signal">;

/** Buckets whose objects are counted side by side. */
const bucketConcurrency = 4;

/** Adds what KMS says of the CMKs that rules name. */
export async function addKeys(
  buckets: readonly AuditedBucket[],
  connections: ConnectionsOf,
  concurrency: number,
  { progress, signal }: RunContext,
): Promise<void> {
  const reader = new KeyReader(connections);
  const withKey = buckets.filter(({ rule }) => rule?.kmsMasterKeyId !== undefined);
  let done = 0;
  await concurrently(withKey, concurrency, async (one) => {
    signal.throwIfAborted();
    progress.update(`CMKs of ${done} buckets looked up in KMS`);
    addKey(one, await reader.read(one.rule?.kmsMasterKeyId ?? "", one));
    signal.throwIfAborted();
    done++;
  });
}

/** Adds how existing objects are encrypted: all, or the first `sample` of each bucket. */
export async function addObjects(
  buckets: readonly AuditedBucket[],
  connections: ConnectionsOf,
  sample: number | undefined,
  { progress, signal }: RunContext,
): Promise<void> {
  let done = 0;
  const readable = buckets.filter(({ status }) => status !== "unreadable" && status !== "gone");
  await concurrently(readable, bucketConcurrency, async (one) => {
    progress.update(`Objects of ${done} buckets counted; now those of ${one.bucket} …`);
    one.objects = await countObjects(connections.of({}).inventory(targetOf(one)), one.bucket, {
      sample,
      signal,
    });
    done++;
  });
}
