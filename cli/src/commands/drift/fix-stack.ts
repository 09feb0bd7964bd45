import type { Deployment, EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { orUserError, userErrorOf } from "../../pulumi/project";
import { compareStack, type CompareOptions } from "./compare-stack";
import { engineFailure, oneLine, type ComparedBucket } from "./refresh-events";
import { ignoredProperties, replaceable } from "./resource-options";

/** What became of a bucket that had drifted. */
export type Fix =
  | { fix: "reasserted" }
  /** Nothing was done. */
  | { fix: "skipped"; fixReason: string }
  | { fix: "failed"; fixReason: string };

export type FixedBucket = ComparedBucket & Partial<Fix> & { fixReason?: string };

export interface FixOptions extends CompareOptions {
  /** Whether to go on, given what is about to be put back. */
  ask: (drifted: readonly ComparedBucket[]) => Promise<boolean>;
}

export const hasDrifted = ({ status }: ComparedBucket): boolean =>
  status === "changed" || status === "removed";

/**
 * Puts the declared rules of the drifted buckets back by a targeted `pulumi up`, which runs the program.
 * Touches none that the program no longer declares as the last `up` did: that would deploy an edit, or remove a rule.
 */
export async function fixStack(
  stack: Stack,
  buckets: readonly ComparedBucket[],
  options: FixOptions,
): Promise<FixedBucket[]> {
  const drifted = buckets.filter(hasDrifted);
  const state = await orUserError(stack.exportStack());
  const obstacles = await findObstacles(stack, state, drifted, options);
  const fixable = drifted.filter(({ urn }) => !obstacles.has(urn));
  const isWanted = fixable.length > 0 && (await options.ask(fixable));
  const attempts = isWanted
    ? await reassert(stack, state, fixable, options)
    : each(fixable, { fix: "skipped", fixReason: "Not confirmed." });
  const fixes = new Map([...obstacles, ...attempts]);
  return buckets.map((bucket) => ({ ...bucket, ...fixes.get(bucket.urn) }));
}

const urns = (buckets: readonly ComparedBucket[]) => buckets.map(({ urn }) => urn);

const each = (buckets: readonly ComparedBucket[], fix: Fix) =>
  new Map<string, Fix>(buckets.map(({ urn }) => [urn, fix]));

/** Why buckets are left alone, by URN: compares the program with the state, leaving OSS out of it. */
async function findObstacles(
  stack: Stack,
  state: Deployment,
  drifted: readonly ComparedBucket[],
  { signal }: FixOptions,
): Promise<Map<string, Fix>> {
  const { events, failure } = await watch(signal, (onEvent) =>
    stack.preview({ target: urns(drifted), onEvent }),
  );
  if (failure !== undefined) return each(drifted, { fix: "failed", fixReason: failure });
  const planned = new Map<string, string>();
  for (const { resourcePreEvent: step } of events) {
    // Of a replaced resource, its old self may wait to be deleted under the same name.
    if (step && !step.metadata.old?.delete) planned.set(step.metadata.urn, step.metadata.op);
  }
  const ignored = ignoredProperties(state);
  const obstacles = new Map<string, Fix>();
  for (const urn of urns(drifted)) {
    const fixReason = obstacle(planned.get(urn), ignored.get(urn));
    if (fixReason !== undefined) obstacles.set(urn, { fix: "skipped", fixReason });
  }
  return obstacles;
}

/** Why a bucket is left alone, given what an update would do with its resource. */
function obstacle(operation: string | undefined, ignored: readonly string[] | undefined): string | undefined {
  if (operation === undefined || operation === "delete") {
    return "The program no longer declares it: pulumi up would remove its rule.";
  }
  if (operation !== "same") {
    return "The program has changed since the last pulumi up: run pulumi up.";
  }
  if (!ignored) return undefined;
  // A replacement would write the program's values for them, and an update after a refresh those that are live.
  return `With ignoreChanges (${ignored.join(", ")}) the engine would not write the declared rule: set it by hand.`;
}

/** Runs the engine: what it said, and why it failed. */
async function watch(
  signal: AbortSignal,
  run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>,
): Promise<{ events: EngineEvent[]; failure: string | undefined }> {
  const events: EngineEvent[] = [];
  const error = await userErrorOf(run((event) => events.push(event)));
  signal.throwIfAborted();
  // The engine's error line may end where the reason begins.
  return { events, failure: error && (engineFailure(events, error.message) ?? error.message) };
}

async function reassert(
  stack: Stack,
  state: Deployment,
  fixable: readonly ComparedBucket[],
  options: FixOptions,
): Promise<Map<string, Fix>> {
  const { signal } = options;
  const mayReplace = replaceable(state);
  const failures = new Map<string, string>();
  const failedRuns = new Map<string, string>();
  for (const update of updates(urns(fixable), mayReplace)) {
    const { events, failure } = await watch(signal, (onEvent) =>
      stack.up({ ...update, continueOnError: true, onEvent }),
    );
    for (const { diagnosticEvent: said } of events) {
      if (said?.urn && said.severity === "error") failures.set(said.urn, oneLine(said.message));
    }
    if (failure !== undefined) {
      for (const urn of update.target) failedRuns.set(urn, failure);
    }
  }

  // What was achieved is read from OSS, not from what the engine says it did.
  const { buckets } = await compareStack(stack, options);
  const now = new Map(buckets.map((bucket) => [bucket.urn, bucket]));
  const fixOf = (urn: string): Fix => {
    const bucket = now.get(urn);
    const isRefreshed = !mayReplace.has(urn);
    // After a refresh that was not followed by a write, "same" would mean that the state gave in.
    const isDoubtful = failures.has(urn) || (isRefreshed && failedRuns.has(urn));
    if (bucket?.status === "same" && !isDoubtful) return { fix: "reasserted" };
    const found = bucket?.status === "unreadable" ? bucket.reason : "It has drifted again.";
    const reason = failures.get(urn) ?? failedRuns.get(urn) ?? found;
    const hidden = "The state may already hold the live rule, which drift can't see: run pulumi up.";
    return { fix: "failed", fixReason: isRefreshed ? `${reason} ${hidden}` : reason };
  };
  return new Map(urns(fixable).map((urn) => [urn, fixOf(urn)]));
}

/**
 * `up --refresh` would first write what is live into the state: if it fails then, the state calls that declared, and
 * the drift is never seen again. A replacement leaves the state as it is until the rule is written, and our provider
 * keeps the rule when the replaced resource goes.
 */
function updates(fixable: readonly string[], mayReplace: ReadonlySet<string>) {
  const replaced = fixable.filter((urn) => mayReplace.has(urn));
  const others = fixable.filter((urn) => !mayReplace.has(urn));
  return [
    { target: replaced, replace: replaced, refresh: false },
    { target: others, refresh: true },
  ].filter(({ target }) => target.length > 0);
}
