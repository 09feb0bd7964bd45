import type { Deployment, EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { checkStack, type CheckOptions } from "./check-stack";
import { oneLine, otherFailure, type BucketFinding } from "./refresh-events";
import { failureOf, inEngineWords } from "../../pulumi/project";
import { ignoredProperties, replaceable } from "../../pulumi/resource-options";

/** What became of a bucket that had drifted. */
export type Fix =
  | { fix: "reasserted" }
  /** Nothing was done. */
  | { fix: "skipped"; fixReason: string }
  | { fix: "failed"; fixReason: string };

export type FixedFinding = BucketFinding & Partial<Fix> & { fixReason?: string };

export interface FixOptions extends CheckOptions {
  /** Whether to go on, given what is about to be put back. */
  confirm: (drifted: readonly BucketFinding[]) => Promise<boolean>;
}

export const hasDrifted = ({ status }: BucketFinding): boolean =>
  status === "changed" || status === "removed";

/**
 * Puts the declared rules of the drifted buckets back by a targeted `pulumi up`, which runs the program.
 * Touches none that the program no longer declares as the last `up` did: that would deploy an edit, or remove a rule.
 */
export async function fixStack(
  stack: Stack,
  found: readonly BucketFinding[],
  options: FixOptions,
): Promise<FixedFinding[]> {
  const drifted = found.filter(hasDrifted);
  const state = await inEngineWords(stack.exportStack());
  const obstacles = await findObstacles(stack, state, drifted, options);
  const fixable = drifted.filter(({ urn }) => !obstacles.has(urn));
  const isWanted = fixable.length > 0 && (await options.confirm(fixable));
  const outcomes = isWanted
    ? await reassert(stack, state, fixable, options)
    : all(fixable, { fix: "skipped", fixReason: "Not confirmed." });
  const fixes = new Map([...obstacles, ...outcomes]);
  return found.map((bucket) => ({ ...bucket, ...fixes.get(bucket.urn) }));
}

const all = (buckets: readonly BucketFinding[], fix: Fix) =>
  new Map<string, Fix>(buckets.map(({ urn }) => [urn, fix]));

/** Why buckets are left alone, by URN: compares the program with the state, leaving OSS out of it. */
async function findObstacles(
  stack: Stack,
  state: Deployment,
  drifted: readonly BucketFinding[],
  { signal, engineSignal }: FixOptions,
): Promise<Map<string, Fix>> {
  const { events, failure } = await watched(signal, (onEvent) =>
    stack.preview({ target: urns(drifted), signal: engineSignal, onEvent }),
  );
  if (failure !== undefined) return all(drifted, { fix: "failed", fixReason: failure });
  const plan = new Map<string, string>();
  for (const { resourcePreEvent: step } of events)
  // Of a replaced resource, its old self may wait to be deleted under the same name.
  {
    if (step && !step.metadata.old?.delete) plan.set(step.metadata.urn, step.metadata.op);
  }
  const ignored = ignoredProperties(state);
  const skip = (urn: string, fixReason: string): [string, Fix] => [urn, { fix: "skipped", fixReason }];
  return new Map(
    urns(drifted).flatMap((urn) => {
      const op = plan.get(urn);
      if (op === "same") return ignored.has(urn) ? [skip(urn, ignores(ignored.get(urn)))] : [];
      return op === undefined || op === "delete"
        ? [skip(urn, "The program no longer declares it: pulumi up would remove its rule.")]
        : [skip(urn, "The program declares something else than at the last pulumi up: run pulumi up.")];
    }),
  );
}

/** A replacement would write the program's values for them, and an update after a refresh those that are live. */
const ignores = (properties: readonly string[] = []) =>
  `With ignoreChanges (${properties.join(", ")}) the engine would not write what was declared: set the rule by hand.`;

/** Runs the engine: what it said, and why it failed. */
async function watched(
  signal: AbortSignal,
  run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>,
): Promise<{ events: EngineEvent[]; failure: string | undefined }> {
  const events: EngineEvent[] = [];
  const failure = await failureOf(run((event) => events.push(event)));
  signal.throwIfAborted();
  // The engine's error line may end where the reason begins.
  return { events, failure: failure && (otherFailure(events, failure.message) ?? failure.message) };
}

const urns = (buckets: readonly BucketFinding[]) => buckets.map(({ urn }) => urn);

async function reassert(
  stack: Stack,
  state: Deployment,
  fixable: readonly BucketFinding[],
  options: FixOptions,
): Promise<Map<string, Fix>> {
  const { signal, engineSignal } = options;
  const mayReplace = replaceable(state);
  const failures = new Map<string, string>();
  const failedRuns = new Map<string, string>();
  for (const step of steps(urns(fixable), mayReplace)) {
    const { events, failure } = await watched(signal, (onEvent) =>
      stack.up({ ...step, continueOnError: true, signal: engineSignal, onEvent }),
    );
    for (const { diagnosticEvent: said } of events) {
      if (said?.urn && said.severity === "error") failures.set(said.urn, oneLine(said.message));
    }
    if (failure !== undefined) for (const urn of step.target) failedRuns.set(urn, failure);
  }

  // What was achieved is read from OSS, not from what the engine says it did.
  const now = new Map((await checkStack(stack, options)).buckets.map((bucket) => [bucket.urn, bucket]));
  const outcome = ({ urn }: BucketFinding): Fix => {
    const bucket = now.get(urn);
    const isRefreshed = !mayReplace.has(urn);
    // After a refresh that was not followed by a write, "same" would mean that the state gave in.
    const isDoubtful = failures.has(urn) || (isRefreshed && failedRuns.has(urn));
    if (bucket?.status === "same" && !isDoubtful) return { fix: "reasserted" };
    const found = bucket?.status === "unreadable" ? bucket.reason : "It has drifted again.";
    const hidden = isRefreshed
      ? " The state may hold what is live now: run pulumi up, drift can't see it."
      : "";
    return { fix: "failed", fixReason: `${failures.get(urn) ?? failedRuns.get(urn) ?? found}${hidden}` };
  };
  return new Map(fixable.map((bucket) => [bucket.urn, outcome(bucket)]));
}

/**
 * `up --refresh` would first write what is live into the state: if it fails then, the state calls that declared, and
 * the drift is never seen again. A replacement leaves the state as it is until the rule is written, and our provider
 * keeps the rule when the replaced resource goes.
 */
function steps(fixable: readonly string[], mayReplace: ReadonlySet<string>) {
  const replaced = fixable.filter((urn) => mayReplace.has(urn));
  const others = fixable.filter((urn) => !mayReplace.has(urn));
  return [
    { target: replaced, replace: replaced, refresh: false },
    { target: others, refresh: true },
  ].filter(({ target }) => target.length > 0);
}
