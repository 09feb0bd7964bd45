import { secretText } from "../../pulumi/stack-state";
import { UserError } from "../../user-error";
import type { ComparedBucket } from "./compare-buckets";
import { hasDrifted, isWaiting, type FixedBucket } from "./fixed-bucket";
import type { StackReport } from "./report";

/** What a later look shows of a bucket. Of what waits for its deletion, the resource in its place has the same URN. */
export const lastOf = ({ urn }: ComparedBucket, now: readonly ComparedBucket[]) =>
  now.find((one) => one.urn === urn && !isWaiting(one));

/**
 * What was found and done at first, and what a later look shows: while the engine writes, others may do so, too. Where a
 * bucket had drifted the finding stays, with what became of it. `besides`: what else to say of one that drifted after it.
 */
export function withLastLook(
  first: readonly FixedBucket[],
  now: readonly ComparedBucket[],
  besides: (bucket: ComparedBucket) => string[] = () => [],
): FixedBucket[] {
  const fixed = first.filter(({ fix }) => fix !== undefined);
  const seen = new Set(fixed.map((one) => lastOf(one, now)));
  const settled = fixed.map((one): FixedBucket => {
    const last = lastOf(one, now);
    if (one.fix !== "reasserted" || last?.status === "same") return one;
    const reason = last && "reason" in last ? last.reason : "It was put back, and has drifted again.";
    return { ...one, fix: "failed", fixReason: [reason, ...besides(one)].join(" ") };
  });
  const others = now
    .filter((one) => !seen.has(one))
    .map((one): FixedBucket => {
      if (!hasDrifted(one)) return one;
      const reason = "The first look did not show this drift, so nothing was done.";
      return { ...one, fix: "skipped", fixReason: [reason, ...besides(one)].join(" ") };
    });
  return [...settled, ...others];
}

/**
 * Looks once more at the stacks that were looked at before another one was written to: a bucket may be declared in both, and
 * what puts it right for the one is drift of the other.
 */
export async function lookAtAllAgain(
  reports: readonly StackReport[],
  look: (stack: string) => Promise<{ buckets: readonly ComparedBucket[] } | UserError>,
): Promise<StackReport[]> {
  const lastWritten = reports.findLastIndex(isWritten);
  const all: StackReport[] = [];
  for (const [index, report] of reports.entries()) {
    if (index >= lastWritten || report.status !== "checked") {
      all.push(report);
      continue;
    }
    const { stack, buckets } = report;
    const seen = await look(stack);
    const now = seen instanceof UserError ? buckets.map((one) => unread(one, seen)) : seen.buckets;
    const besides = (bucket: ComparedBucket) => otherStacks(bucket, stack, reports);
    all.push({ ...report, buckets: withLastLook(buckets, now, besides) });
  }
  return all;
}

/** Whether the engine may have written. */
const isWritten = (report: StackReport) =>
  report.status === "checked" && report.buckets.some(({ fix }) => fix === "reasserted" || fix === "failed");

/** What can't be looked at again may be as it was, or not. */
function unread(one: FixedBucket, { message }: UserError): ComparedBucket {
  if (one.status === "pending" && one.fix === undefined) return one;
  const { urn, bucket, region, connection } = one;
  const reason = `Another stack was written to after this one, which could not be read again then: ${message}`;
  return { urn, bucket, region, connection, status: "unreadable", reason };
}

function otherStacks({ bucket }: ComparedBucket, stack: string, reports: readonly StackReport[]): string[] {
  const others = reports.filter(
    (one) =>
      one.stack !== stack &&
      one.status === "checked" &&
      one.buckets.some((other) => other.bucket === bucket && bucket !== secretText),
  );
  return others.map((one) => `Stack ${one.stack} declares a bucket of this name, too.`);
}
