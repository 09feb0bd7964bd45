import type { Deployment, EngineEvent, Stack, StepEventMetadata } from "@pulumi/pulumi/automation";
import { sameRule } from "pulumi-oss-encryption/oss";
import { userErrorOf } from "../../pulumi/project";
import { inFolder, shellLine, unlockAdvice } from "../../pulumi/shell-line";
import { isSecret } from "../../pulumi/stack-state";
import { urnParts } from "../../pulumi/urn-parts";
import type { Context } from "../../subcommand";
import { UserError } from "../../user-error";
import type { ComparedBucket } from "./compare-buckets";
import { compareStack, type ComparedStack } from "./compare-stack";
import { declaredBuckets } from "./declared-buckets";
import { engineFailure, resourceErrors } from "./engine-failure";
import { hasDrifted, type Fix, type FixedBucket } from "./fixed-bucket";
import { lastOf, withLastLook } from "./last-look";
import { replaceable } from "./resource-options";

export interface FixOptions {
  context: Context;
  /** The project's folder, as it was given. */
  cwd: string;
  /** Whether to go on, given what is about to be put back. */
  ask: (drifted: readonly ComparedBucket[]) => Promise<boolean>;
}

/**
 * Puts the declared rules of the drifted buckets back by a targeted `pulumi up`, which runs the program, and reads again.
 * Touches none that the program no longer declares as the last `up` did: that would deploy an edit, or remove a rule.
 */
export async function fixStack(
  stack: Stack,
  { state, buckets }: ComparedStack,
  options: FixOptions,
): Promise<FixedBucket[]> {
  const drifted = buckets.filter(hasDrifted);
  const obstacles = await findObstacles(stack, state, drifted, options);
  const fixable = drifted.filter(({ urn }) => !obstacles.has(urn));
  if (fixable.length === 0 || !(await options.ask(fixable))) {
    const fixes = new Map([...obstacles, ...each(fixable, { fix: "skipped", fixReason: "Not confirmed." })]);
    return withFixes(buckets, fixes);
  }
  const { context, cwd } = options;
  const again = shellLine("oss-encryption", inFolder(["drift", "--stack", stack.name], cwd));
  context.adviseIfInterrupted(
    `Rules may have been put back in part: run ${again}. ${unlockAdvice(stack.name, cwd)}`,
  );
  const attempt = await reassert(stack, state, fixable, context);
  const now = await lookAgain(stack, context);
  context.adviseIfInterrupted(undefined);
  if (now instanceof UserError) {
    const unread = `pulumi up was run, and what came of it could not be read: ${now.message}`;
    const failed = fixable.map(({ urn }): [string, Fix] => {
      const fixReason = [engineError(attempt, urn), unread];
      return [urn, { fix: "failed", fixReason: fixReason.filter(Boolean).join(" ") }];
    });
    return withFixes(buckets, new Map([...obstacles, ...failed]));
  }
  const fixes = new Map([...obstacles, ...outcomes(fixable, state, now, attempt)]);
  return withLastLook(withFixes(buckets, fixes), now.buckets);
}

/** What was achieved is read from OSS, not from what the engine says it did. */
export async function lookAgain(stack: Stack, context: Context): Promise<ComparedStack | UserError> {
  try {
    return await compareStack(stack, context);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof UserError) return error;
    throw error;
  }
}

const withFixes = (buckets: readonly ComparedBucket[], fixes: ReadonlyMap<string, Fix>): FixedBucket[] =>
  buckets.map((bucket) => (hasDrifted(bucket) ? { ...bucket, ...fixes.get(bucket.urn) } : bucket));

const urns = (buckets: readonly ComparedBucket[]) => buckets.map(({ urn }) => urn);

const each = (buckets: readonly ComparedBucket[], fix: Fix) =>
  new Map<string, Fix>(buckets.map(({ urn }) => [urn, fix]));

/** Why buckets are left alone, by URN: compares the program with the state, leaving OSS out of it. */
async function findObstacles(
  stack: Stack,
  state: Deployment,
  drifted: readonly ComparedBucket[],
  { context }: FixOptions,
): Promise<Map<string, Fix>> {
  context.progress.update(`Stack ${stack.name}: comparing the program with the state …`);
  const declared = declaredByUrn(state);
  const obstacles = new Map<string, Fix>();
  for (const part of urnParts(drifted)) {
    const { events, error, failure } = await watch(context.signal, (onEvent) =>
      stack.preview({ target: urns(part), onEvent }),
    );
    const planned = new Map<string, StepEventMetadata>();
    for (const { resourcePreEvent: step } of events) {
      // Of a replaced resource, its old self may wait to be deleted under the same name.
      if (step && !step.metadata.old?.delete) planned.set(step.metadata.urn, step.metadata);
    }
    for (const bucket of part) {
      const { urn } = bucket;
      const fixReason = obstacle(bucket, planned.get(urn), declared.get(urn)?.ignoreChanges ?? []);
      // The engine's error line may end where the reason begins.
      if (error !== undefined) obstacles.set(urn, { fix: "failed", fixReason: failure ?? error });
      else if (fixReason !== undefined) obstacles.set(urn, { fix: "skipped", fixReason });
    }
  }
  return obstacles;
}

/** Why a bucket is left alone, given what an update would do with its resource. */
function obstacle(
  bucket: ComparedBucket,
  step: StepEventMetadata | undefined,
  ignored: readonly string[],
): string | undefined {
  if (step === undefined || step.op === "delete") {
    return "The program no longer declares it: pulumi up would remove its rule.";
  }
  // The engine ends a replacement without comparing, and shows nothing of what is secret.
  const isBegun = bucket.status === "pending";
  if (isBegun && Object.values(step.new?.inputs ?? {}).some(isSecret)) {
    return "A secret input can't be compared with the state: run pulumi up, which ends the replacement.";
  }
  if (isBegun ? !hasSameInputs(step) : step.op !== "same") {
    return "The program has changed since the last pulumi up: run pulumi up.";
  }
  if (ignored.length === 0) return undefined;
  // A replacement would write the program's values for them, and an update after a refresh those that are live.
  return `With ignoreChanges (${ignored.join(", ")}) the engine would not write the declared rule: set it by hand.`;
}

const hasSameInputs = ({ old, new: next }: StepEventMetadata): boolean =>
  JSON.stringify(sorted(next?.inputs)) === JSON.stringify(sorted(old?.inputs));

const sorted = (inputs: object = {}) => Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1));

/** Runs the engine: what it said, the error that it ended with, and why it failed if it was not for one of our resources. */
async function watch(
  signal: AbortSignal,
  run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>,
): Promise<{ events: EngineEvent[]; error: string | undefined; failure: string | undefined }> {
  const events: EngineEvent[] = [];
  const error = (await userErrorOf(run((event) => events.push(event))))?.message;
  signal.throwIfAborted();
  return { events, error, failure: error && engineFailure(events, error) };
}

/** Steps after which the provider has made sure of a rule. */
const writes = new Set<string>(["create", "create-replacement", "update"]);

/** What became of an attempt, by URN. */
interface Attempt {
  /** Errors of single resources. */
  errors: Map<string, string>;
  /** Why the run that they were part of failed, if not for one of them. */
  failedRuns: Map<string, string>;
  /** What the engine says it has made sure of. */
  done: Set<string>;
}

/** What the engine said of a resource, or of the run that it was part of; undefined: nothing. */
const engineError = ({ errors, failedRuns }: Attempt, urn: string) => errors.get(urn) ?? failedRuns.get(urn);

async function reassert(
  stack: Stack,
  state: Deployment,
  fixable: readonly ComparedBucket[],
  context: Context,
): Promise<Attempt> {
  context.progress.update(`Stack ${stack.name}: putting the declared rules back …`);
  const attempt: Attempt = { errors: new Map(), failedRuns: new Map(), done: new Set() };
  for (const update of updates(fixable, replaceable(state))) {
    const { events, failure } = await watch(context.signal, (onEvent) =>
      stack.up({ ...update, continueOnError: true, onEvent }),
    );
    for (const [urn, error] of resourceErrors(events)) attempt.errors.set(urn, error);
    for (const { resOutputsEvent: step } of events) {
      if (step && writes.has(step.metadata.op)) attempt.done.add(step.metadata.urn);
    }
    if (failure !== undefined) {
      for (const urn of update.target) attempt.failedRuns.set(urn, failure);
    }
  }
  return attempt;
}

/**
 * `up --refresh` would first write what is live into the state: if it fails then, the state calls that declared, and
 * the drift is never seen again. A replacement leaves the state as it is until the rule is written, and our provider
 * keeps the rule when the replaced resource goes. One that has been begun is ended by any update.
 */
function updates(fixable: readonly ComparedBucket[], mayReplace: ReadonlySet<string>) {
  const isBegun = ({ status }: ComparedBucket) => status === "pending";
  const isReplaced = (bucket: ComparedBucket) => !isBegun(bucket) && mayReplace.has(bucket.urn);
  const isRefreshed = (bucket: ComparedBucket) => !isBegun(bucket) && !mayReplace.has(bucket.urn);
  // In the state's order, in which a resource comes after those that it depends on.
  const withoutRefresh = urnParts(fixable.filter((bucket) => !isRefreshed(bucket)));
  const withRefresh = urnParts(fixable.filter(isRefreshed));
  return [
    ...withoutRefresh.map((part) => ({
      target: urns(part),
      replace: urns(part.filter(isReplaced)),
      refresh: false,
    })),
    ...withRefresh.map((part) => ({ target: urns(part), refresh: true })),
  ];
}

/** A rule is put back if it is live and the state has not given in to the drift. */
function outcomes(
  fixable: readonly ComparedBucket[],
  state: Deployment,
  now: ComparedStack,
  attempt: Attempt,
): Map<string, Fix> {
  const before = declaredByUrn(state);
  const after = declaredByUrn(now.state);
  const outcome = (bucket: ComparedBucket): Fix => {
    const { urn } = bucket;
    const found = lastOf(bucket, now.buckets);
    const isKept = sameRule(before.get(urn)?.rule, after.get(urn)?.rule);
    if (isKept && found?.status === "same") return { fix: "reasserted" };
    const reasons = [
      engineError(attempt, urn) ?? left(found, attempt.done.has(urn)),
      isKept ? "" : "The state has what was live by now, so that drift can't see it: run pulumi up.",
    ];
    return { fix: "failed", fixReason: reasons.filter(Boolean).join(" ") };
  };
  return new Map(fixable.map((bucket) => [bucket.urn, outcome(bucket)]));
}

/** What a state declares by URN, but for what waits for its deletion. */
const declaredByUrn = (state: Deployment) =>
  new Map(
    declaredBuckets(state)
      .filter(({ pending }) => pending?.kind !== "delete")
      .map((one) => [one.managed.urn, one]),
  );

function left(found: ComparedBucket | undefined, isDone: boolean): string {
  if (found?.status === "unreadable") return found.reason;
  if (isDone) return "It was put back, and has drifted again.";
  return "pulumi up did not write it: the program may have another name for it by now. Run pulumi up, then drift --fix.";
}
