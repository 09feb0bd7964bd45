import { AsyncResource } from "node:async_hooks";
import pLimit from "p-limit";

/** Runs a task when its turn comes. */
export type Queue = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * Runs at most so many tasks at once, each in the context that it was queued in: by itself p-limit runs it in that of the
 * task before it, and what it says would be told of that one's resource.
 */
export function queue(concurrency: number): Queue {
  const limit = pLimit(concurrency);
  return (task) => limit(AsyncResource.bind(task));
}
