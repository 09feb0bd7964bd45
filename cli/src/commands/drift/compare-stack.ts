import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { resourceType } from "pulumi-oss-encryption/oss";
import { orUserError, userErrorOf } from "../../pulumi/project";
import { everyResource, managedBuckets } from "../../pulumi/stack-state";
import { compareBuckets, engineFailure, type ComparedBucket } from "./refresh-events";

export interface CompareOptions {
  /** Runs the program, so that the provider gets the stack's current config instead of that of the last `up`. */
  runProgram: boolean;
  signal: AbortSignal;
  /** Called with the number of buckets read so far, and of all. */
  onProgress: (read: number, total: number) => void;
}

export interface ComparedStack {
  buckets: ComparedBucket[];
  /** Why the engine failed, other than for a bucket. */
  reason?: string;
}

/**
 * Compares every bucket of a stack with the state, changing neither state nor OSS: a preview of the engine's own refresh.
 * Rejects with a `UserError` where the stack or the engine can't be used.
 */
export async function compareStack(stack: Stack, options: CompareOptions): Promise<ComparedStack> {
  const { runProgram, signal, onProgress } = options;
  const buckets = managedBuckets(await orUserError(stack.exportStack()));
  signal.throwIfAborted();
  if (buckets.length === 0) return { buckets: [] };

  onProgress(0, buckets.length);
  const events: EngineEvent[] = [];
  let read = 0;
  const onEvent = (event: EngineEvent) => {
    events.push(event);
    if (event.resOutputsEvent?.metadata.type === resourceType) onProgress(++read, buckets.length);
  };
  // Only ours, so that nothing that another provider can't read fails the run.
  const error = await userErrorOf(stack.previewRefresh({ target: [everyResource], runProgram, onEvent }));
  signal.throwIfAborted();
  if (!error) return { buckets: compareBuckets(buckets, events) };
  if (!events.some(({ resourcePreEvent }) => resourcePreEvent)) throw error;
  // A bucket that can't be read fails the run too; what was found about the others is still true.
  const reason = engineFailure(events, error.message);
  const compared = { buckets: compareBuckets(buckets, events, reason) };
  return reason === undefined ? compared : { ...compared, reason };
}
