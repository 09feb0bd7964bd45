import { OssEncryptionError, type EncryptionRule, type OssInventory } from "pulumi-oss-encryption/oss";
import { concurrently } from "../../buckets/concurrently";

/** Objects, or versions of them, by how they are encrypted. */
export interface MethodCount {
  /** Objects looked at. */
  looked: number;
  /** Whether these are all. */
  complete: boolean;
  /** Objects by method, such as `AES256`; `none`: not encrypted, `unreadable`: could not be read. */
  byMethod: Record<string, number>;
  /** Why no more could be listed. */
  reason?: string;
}

/** How the objects of a bucket are encrypted; a default rule never touches those that were there before it. */
export interface ObjectCount extends MethodCount {
  /** Versions that are not the current one, which no list of objects shows and which a bucket keeps all the same. */
  oldVersions: MethodCount;
}

/** Objects of one bucket that are looked at side by side. */
const concurrency = 8;

/** A page of a list is no larger. */
const mostListed = 200;

/**
 * Looks at the first `sample` objects in the order of their keys, and at as many old versions; at all of them without one.
 * What can't be listed is told with its reason.
 */
export async function countObjects(
  inventory: OssInventory,
  bucket: string,
  { sample = Infinity, signal }: { sample?: number | undefined; signal: AbortSignal },
): Promise<ObjectCount> {
  // One more than the sample tells whether there are more.
  const pageSize = Math.min(mostListed, sample + 1);
  const objects = await count(inventory.listKeys(bucket, pageSize), { sample, signal }, (key) =>
    inventory.headObject(bucket, key),
  );
  const oldVersions = await count(inventory.listOldVersions(bucket, pageSize), { sample, signal }, (old) =>
    inventory.headObject(bucket, old.key, old.versionId),
  );
  return { ...objects, oldVersions };
}

async function count<T>(
  pages: AsyncIterable<T[]>,
  { sample, signal }: { sample: number; signal: AbortSignal },
  look: (item: T) => Promise<EncryptionRule | undefined>,
): Promise<MethodCount> {
  const result: MethodCount = { looked: 0, complete: true, byMethod: {} };
  const items = async function* () {
    let listed = 0;
    for await (const page of pages) {
      for (const item of page) {
        if (listed++ >= sample) {
          result.complete = false;
          return;
        }
        yield item;
      }
    }
  };
  try {
    await concurrently(items(), concurrency, async (item) => {
      signal.throwIfAborted();
      const method = await methodOf(() => look(item));
      result.byMethod[method] = (result.byMethod[method] ?? 0) + 1;
      result.looked++;
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OssEncryptionError)) throw error;
    // Looks under way go on counting in the one that they know.
    return { ...result, byMethod: { ...result.byMethod }, complete: false, reason: error.message };
  }
  return result;
}

async function methodOf(look: () => Promise<EncryptionRule | undefined>): Promise<string> {
  try {
    return (await look())?.sseAlgorithm ?? "none";
  } catch (error) {
    if (!(error instanceof OssEncryptionError)) throw error;
    return "unreadable";
  }
}
