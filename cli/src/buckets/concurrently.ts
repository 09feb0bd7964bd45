/**
 * Calls `work` on every item, as many at once as `concurrency` says, and gives back the results in the items' order.
 * Items are taken from their source only when there is room, so that a long list is never held whole. Ends with the
 * first error.
 */
export async function concurrently<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let count = 0;
  let isEnded = false;
  const worker = async () => {
    try {
      for (let next = await source.next(); !next.done && !isEnded; next = await source.next()) {
        const index = count++;
        results[index] = await work(next.value);
      }
    } finally {
      isEnded = true;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}
