import type { Deployment, Stack } from "@pulumi/pulumi/automation";
import { concurrently } from "../../buckets/concurrently";
import { RuleReader } from "../../buckets/read-rules";
import { orUserError } from "../../pulumi/project";
import { StackConnections } from "../../pulumi/stack-connections";
import type { Context } from "../../subcommand";
import { compareBucket, type ComparedBucket } from "./compare-buckets";
import { declaredBuckets } from "./declared-buckets";

/** Calls at once: as many as a connection sends. */
const concurrency = 16;

export interface ComparedStack {
  /** What it was compared with. Holds secrets. */
  state: Deployment;
  buckets: ComparedBucket[];
}

/**
 * Compares every bucket of a stack's state with what is live, changing neither. The engine gives the state and the
 * stack's config, and runs nothing. Rejects with a `UserError` where the stack or the engine can't be used.
 */
export async function compareStack(stack: Stack, context: Context): Promise<ComparedStack> {
  const { signal, progress } = context;
  progress.update(`Stack ${stack.name}: reading its state …`);
  const state = await orUserError(stack.exportStack());
  signal.throwIfAborted();
  const declared = declaredBuckets(state);
  if (declared.length === 0) return { state, buckets: [] };

  const config = await orUserError(stack.getAllConfig());
  const connections = new StackConnections(config, [state], context);
  try {
    const reader = new RuleReader(connections, context, concurrency);
    let done = 0;
    const buckets = await concurrently(declared, concurrency, async (one) => {
      signal.throwIfAborted();
      const compared = compareBucket(one, await reader.read(one.address));
      signal.throwIfAborted();
      progress.update(`Stack ${stack.name}: ${++done} of ${declared.length} buckets read`);
      return compared;
    });
    return { state, buckets };
  } finally {
    connections.close();
  }
}
