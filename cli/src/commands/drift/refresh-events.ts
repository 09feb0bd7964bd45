import type { DiagnosticEvent, EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { resourceType } from "pulumi-oss-encryption/oss";
import { shown, type ManagedBucket } from "../../pulumi/stack-state";

/** A property that is not as declared; null: absent, "[secret]": not shown. */
export interface Change {
  property: string;
  declared: string | null;
  live: string | null;
}

/** How a bucket's live rule compares with the declared one. */
export type Comparison =
  | { status: "same" }
  | { status: "changed"; changes: Change[] }
  /** The rule, or the bucket with it, is gone; `changes` hold what was declared. */
  | { status: "removed"; changes: Change[] }
  | { status: "unreadable"; reason: string };

export type ComparedBucket = ManagedBucket & Comparison;

/**
 * What the events of a refresh say about each bucket of the state. The state's list counts: a bucket that the engine
 * says nothing about could not be read. `failure` is why the engine failed.
 */
export function compareBuckets(
  buckets: readonly ManagedBucket[],
  events: readonly EngineEvent[],
  failure?: string,
): ComparedBucket[] {
  const results = new Map<string, StepEventMetadata>();
  for (const { resOutputsEvent } of events) {
    const step = resOutputsEvent?.metadata;
    // A replaced resource that still waits for its deletion has the name of the one that took its place.
    if (step && !step.old?.delete) results.set(step.urn, step);
  }
  const errors = new Map(
    errorsIn(events)
      .map(({ urn, message }) => [urn, oneLine(message)] as const)
      .reverse(),
  );
  return buckets.map((bucket) => {
    const { urn } = bucket;
    const reason = errors.get(urn);
    if (reason !== undefined) return { ...bucket, status: "unreadable", reason };
    const comparison = comparisonOf(results.get(urn));
    if (comparison) return { ...bucket, ...comparison };
    const why = failure === undefined ? ", and gave no reason." : `: ${failure}`;
    return {
      ...bucket,
      status: "unreadable",
      reason: `The engine ended without a result for this bucket${why}`,
    };
  });
}

/** Why the engine failed, if it was not for one of our resources. */
export function engineFailure(events: readonly EngineEvent[], errorLine: string): string | undefined {
  const isOurs = ({ urn }: DiagnosticEvent) => urn?.includes(`${resourceType}::`) ?? false;
  // The engine's own last word, which says nothing.
  const isSummary = ({ message }: DiagnosticEvent) =>
    /^(preview|refresh|update) failed$/.test(message.trim());
  const errors = errorsIn(events).filter((error) => !isSummary(error));
  const other = errors.find((error) => !isOurs(error));
  if (other) return oneLine(other.message);
  return errors.length === 0 ? errorLine : undefined;
}

const errorsIn = (events: readonly EngineEvent[]): DiagnosticEvent[] =>
  events
    .flatMap(({ diagnosticEvent }) => diagnosticEvent ?? [])
    .filter(({ severity }) => severity === "error");

function comparisonOf(step: StepEventMetadata | undefined): Comparison | undefined {
  if (step?.op === "same") return { status: "same" };
  if (step?.op === "update") return { status: "changed", changes: changes(step) };
  if (step?.op === "delete") return { status: "removed", changes: changes(step) };
  return undefined;
}

/** How a bucket is reached, which is never read from OSS. */
const address = new Set(["bucket", "region", "connection"]);

function changes(step: StepEventMetadata): Change[] {
  const declared = step.old?.inputs ?? {};
  const live = step.op === "delete" ? {} : (step.new?.inputs ?? {});
  const properties = new Set([...Object.keys(declared), ...Object.keys(live)]);
  const named = new Set([...(step.diffs ?? []), ...Object.keys(step.detailedDiff ?? {})]);
  return (
    [...properties]
      .filter((property) => !property.startsWith("__") && !address.has(property))
      .map((property) => ({ property, declared: shown(declared[property]), live: shown(live[property]) }))
      // Two secrets look alike; that they differ is known from the engine's own comparison.
      .filter((change) => change.declared !== change.live || named.has(change.property))
  );
}

/** What the engine said about a resource, without its own beginning and a stack. */
export function oneLine(message: string): string {
  return message
    .replace(/\n\s+at .*/gs, "")
    .replace(/^(Preview|Refresh|Update) failed: /i, "")
    .replace(/\s+/g, " ")
    .trim();
}
