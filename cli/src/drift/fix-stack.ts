import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { checkStack, type CheckOptions } from "./check-stack";
import { oneLine, type BucketFinding } from "./findings";
import { failureOf } from "./project";

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
  const obstacles = await findObstacles(stack, drifted, options);
  const fixable = drifted.filter(({ urn }) => !obstacles.has(urn));
  const isWanted = fixable.length > 0 && (await options.confirm(fixable));
  const outcomes = isWanted
    ? await reassert(stack, fixable, options)
    : all(fixable, { fix: "skipped", fixReason: "Not confirmed." });
  const fixes = new Map([...obstacles, ...outcomes]);
  return found.map((bucket) => ({ ...bucket, ...fixes.get(bucket.urn) }));
}

const all = (buckets: readonly BucketFinding[], fix: Fix) =>
  new Map<string, Fix>(buckets.map(({ urn }) => [urn, fix]));

/** Why buckets are left alone, by URN: compares the program with the state, leaving OSS out of it. */
async function findObstacles(
  stack: Stack,
  drifted: readonly BucketFinding[],
  { signal, engineSignal }: FixOptions,
): Promise<Map<string, Fix>> {
  const plan = new Map<string, string>();
  const onEvent = ({ resourcePreEvent: step }: EngineEvent) => {
    // Of a replaced resource, its old self may wait to be deleted under the same name.
    if (step && !step.metadata.old?.delete) plan.set(step.metadata.urn, step.metadata.op);
  };
  const failure = await failureOf(stack.preview({ target: urns(drifted), signal: engineSignal, onEvent }));
  signal.throwIfAborted();
  if (failure) return all(drifted, { fix: "failed", fixReason: failure.message });
  const skip = (urn: string, fixReason: string): [string, Fix] => [urn, { fix: "skipped", fixReason }];
  return new Map(
    urns(drifted).flatMap((urn) => {
      const op = plan.get(urn);
      if (op === "same") return [];
      return op === undefined || op === "delete"
        ? [skip(urn, "The program no longer declares it: pulumi up would remove its rule.")]
        : [skip(urn, "The program declares something else than at the last pulumi up: run pulumi up.")];
    }),
  );
}

const urns = (buckets: readonly BucketFinding[]) => buckets.map(({ urn }) => urn);

async function reassert(
  stack: Stack,
  fixable: readonly BucketFinding[],
  options: FixOptions,
): Promise<Map<string, Fix>> {
  const { signal, engineSignal } = options;
  const failures = new Map<string, string>();
  const failedRuns = new Map<string, string>();
  const onEvent = ({ diagnosticEvent: said }: EngineEvent) => {
    if (said?.urn && said.severity === "error") failures.set(said.urn, oneLine(said.message));
  };
  for (const step of steps(fixable)) {
    const failure = await failureOf(
      stack.up({ ...step, continueOnError: true, signal: engineSignal, onEvent }),
    );
    signal.throwIfAborted();
    if (failure) for (const urn of step.target) failedRuns.set(urn, failure.message);
  }

  // What was achieved is read from OSS, not from what the engine says it did.
  const now = new Map((await checkStack(stack, options)).buckets.map((bucket) => [bucket.urn, bucket]));
  const outcome = ({ urn, isProtected }: BucketFinding): Fix => {
    const bucket = now.get(urn);
    // After a refresh that was not followed by a write, "same" would mean that the state gave in.
    const isDoubtful = failures.has(urn) || (isProtected && failedRuns.has(urn));
    if (bucket?.status === "same" && !isDoubtful) return { fix: "reasserted" };
    const found = bucket?.status === "unreadable" ? bucket.reason : "It has drifted again.";
    const hidden = isProtected
      ? " The state may hold what is live now: run pulumi up, drift can't see it."
      : "";
    return { fix: "failed", fixReason: `${failures.get(urn) ?? failedRuns.get(urn) ?? found}${hidden}` };
  };
  return new Map(fixable.map((bucket) => [bucket.urn, outcome(bucket)]));
}

/**
 * `up --refresh` would first write what is live into the state: if it fails then, the state calls that declared, and
 * the drift is never seen again. A replacement leaves the state as it is until the rule is written, and our provider
 * keeps the rule when the replaced resource goes. The engine refuses to replace a protected one.
 */
function steps(fixable: readonly BucketFinding[]) {
  const replaceable = urns(fixable.filter(({ isProtected }) => !isProtected));
  const others = urns(fixable.filter(({ isProtected }) => isProtected));
  return [
    { target: replaceable, replace: replaceable, refresh: false },
    { target: others, refresh: true },
  ].filter(({ target }) => target.length > 0);
}
