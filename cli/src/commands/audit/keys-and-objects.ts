import type { Connections } from "pulumi-oss-encryption/oss";
import type { Context } from "../../subcommand";
import { concurrently } from "../../buckets/concurrently";
import { countObjects } from "./count-objects";
import { judgeKey, type AuditedBucket } from "./judge";
import { KeyReader } from "../../buckets/read-keys";

type Surroundings = Pick<Context, "progress" | "signal">;

/** Buckets whose objects are counted side by side. */
const bucketConcurrency = 4;

/** Adds what KMS says of the CMKs that rules name. */
export async function addKeys(
  buckets: readonly AuditedBucket[],
  connections: Connections,
  limit: number,
  { progress, signal }: Surroundings,
): Promise<void> {
  const reader = new KeyReader(connections);
  const withKey = buckets.filter(({ rule }) => rule?.kmsMasterKeyId !== undefined);
  let done = 0;
  await concurrently(withKey, limit, async (one) => {
    signal.throwIfAborted();
    progress.update(`CMKs of ${done} buckets looked up in KMS`);
    judgeKey(one, await reader.read(one.rule?.kmsMasterKeyId ?? "", one));
    signal.throwIfAborted();
    done++;
  });
}

/** Adds what the objects carry that are there already: all, or the first `sample` of each bucket. */
export async function addObjects(
  buckets: readonly AuditedBucket[],
  connections: Connections,
  sample: number | undefined,
  { progress, signal }: Surroundings,
): Promise<void> {
  let done = 0;
  const readable = buckets.filter(({ status }) => status !== "unreadable" && status !== "gone");
  await concurrently(readable, bucketConcurrency, async (one) => {
    progress.update(`Objects of ${done} buckets counted; now those of ${one.bucket} …`);
    const { region, connection } = one;
    const inventory = connections.inventory({
      ...(region ? { region } : {}),
      ...(connection ? { connection } : {}),
    });
    one.objects = await countObjects(inventory, one.bucket, { sample, signal });
    done++;
  });
}
