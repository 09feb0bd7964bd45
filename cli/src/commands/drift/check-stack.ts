import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { findings, otherFailure, type BucketFinding } from "./refresh-events";
import { resourceType } from "pulumi-oss-encryption/oss";
import { everyResource, managedBuckets } from "../../pulumi/stack-state";
import { failureOf, inEngineWords } from "../../pulumi/project";

export interface CheckOptions {
  /** Runs the program, so that the provider gets the stack's current config instead of that of the last `up`. */
  runProgram: boolean;
  signal: AbortSignal;
  /** What the engine is run with: see `engineSignal`. */
  engineSignal: AbortSignal;
  /** Called with the number of buckets read so far, and of all. */
  onProgress: (read: number, total: number) => void;
}

export interface StackFinding {
  buckets: BucketFinding[];
  /** Why the engine failed, other than for a bucket. */
  reason?: string;
}

/**
 * Looks at every bucket of a stack, changing neither state nor OSS: a preview of the engine's own refresh.
 * Rejects with a `UserError` where the stack or the engine can't be used.
 */
export async function checkStack(stack: Stack, options: CheckOptions): Promise<StackFinding> {
  const { runProgram, signal, engineSignal, onProgress } = options;
  const buckets = managedBuckets(await inEngineWords(stack.exportStack()));
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
  const failure = await failureOf(
    stack.previewRefresh({ target: [everyResource], runProgram, signal: engineSignal, onEvent }),
  );
  signal.throwIfAborted();
  if (!failure) return { buckets: findings(buckets, events) };
  if (!events.some(({ resourcePreEvent }) => resourcePreEvent)) throw failure;
  // A bucket that can't be read fails the run too; what was found about the others is still true.
  const reason = otherFailure(events, failure.message);
  return { buckets: findings(buckets, events, reason), ...(reason === undefined ? {} : { reason }) };
}
