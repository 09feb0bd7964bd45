import { OssEncryptionError, type OssInventory } from "pulumi-oss-encryption/oss";
import { concurrently } from "../../buckets/concurrently";

/** How the objects of a bucket are encrypted; a default rule never touches those that were there before it. */
export interface ObjectCount {
  /** Objects looked at. */
  looked: number;
  /** Whether these are all. */
  complete: boolean;
  /** Objects by method, such as `AES256`; `none`: not encrypted, `unreadable`: could not be read. */
  byMethod: Record<string, number>;
  /** Why no more could be listed. */
  reason?: string;
}

/** Objects of one bucket that are looked at side by side. */
const concurrency = 8;

/** Looks at the first `sample` objects in the order of their keys; at all of them without one. */
export async function countObjects(
  inventory: OssInventory,
  bucket: string,
  { sample = Infinity, signal }: { sample?: number | undefined; signal: AbortSignal },
): Promise<ObjectCount> {
  const count: ObjectCount = { looked: 0, complete: true, byMethod: {} };
  const keys = async function* () {
    let listed = 0;
    // One more than the sample tells whether there are more.
    for await (const page of inventory.listKeys(bucket, Math.min(200, sample + 1))) {
      for (const key of page) {
        if (listed++ >= sample) {
          count.complete = false;
          return;
        }
        yield key;
      }
    }
  };
  try {
    await concurrently(keys(), concurrency, async (key) => {
      signal.throwIfAborted();
      const method = await methodOf(inventory, bucket, key);
      count.byMethod[method] = (count.byMethod[method] ?? 0) + 1;
      count.looked++;
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OssEncryptionError)) throw error;
    return { ...count, complete: false, reason: error.message };
  }
  return count;
}

async function methodOf(inventory: OssInventory, bucket: string, key: string): Promise<string> {
  try {
    return (await inventory.headObject(bucket, key))?.sseAlgorithm ?? "none";
  } catch (error) {
    if (!(error instanceof OssEncryptionError)) throw error;
    return "unreadable";
  }
}
