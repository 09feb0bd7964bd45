import type { Bucket, Declaration, StackView } from "./stack-view";
import { UNKNOWN } from "./value";
import { type Verdict, verdict } from "./verdict";

/** What the `bucket` property of a declaration stands for. */
export type Meaning =
  | { bucket: Bucket }
  /** A known name that no bucket of the stack is known to have. */
  | { name: string }
  /** One of these buckets, or one outside of the stack; none listed: it can be any. */
  | { candidates: readonly Bucket[] };

/**
 * Names decide where they are known. Before the first update many aren't; then a declaration means the bucket
 * that its `bucket` property is taken from, unless something else hangs on that bucket's name: `${a}-logs` has
 * the same edge as `a`, so where a second name or a second declaration comes from a bucket, only the update can tell.
 */
export function meanings({ buckets, declarations }: StackView): Map<Declaration, Meaning> {
  const byName = new Map(buckets.map((bucket) => [bucket.name.value, bucket]));
  const takenFrom = new Map<string, number>();
  for (const { name } of declarations) {
    if (name.value === UNKNOWN)
      for (const urn of name.edges) takenFrom.set(urn, (takenFrom.get(urn) ?? 0) + 1);
  }
  const meaningOf = (declaration: Declaration): Meaning => {
    const { value, edges } = declaration.name;
    if (value !== UNKNOWN) {
      const bucket = byName.get(value);
      return bucket ? { bucket } : { name: value };
    }
    const candidates = buckets.filter((bucket) => mayShareName(declaration, bucket));
    const [bucket] = candidates;
    const edgeDecides =
      bucket !== undefined &&
      candidates.length === 1 &&
      edges.every((urn) => urn === bucket.urn) &&
      takenFrom.get(bucket.urn) === 1;
    return edgeDecides ? { bucket } : { candidates };
  };
  return new Map(declarations.map((declaration) => [declaration, meaningOf(declaration)]));
}

/** Whether the unknown name of a declaration depends on the bucket, or on what the bucket's unknown name depends on. */
function mayShareName({ name }: Declaration, bucket: Bucket): boolean {
  if (name.sources.has(bucket.urn)) return true;
  return bucket.name.value === UNKNOWN && [...bucket.name.sources].some((urn) => name.sources.has(urn));
}

export function means(meaning: Meaning, bucket: Bucket): Verdict {
  if ("bucket" in meaning) return verdict(meaning.bucket === bucket || sameKnownName(meaning.bucket, bucket));
  // A name that the provider has yet to make up can't have been written down.
  if ("name" in meaning) return bucket.givenName === UNKNOWN ? "undecided" : "no";
  if (meaning.candidates.length === 0) return "undecided";
  return meaning.candidates.includes(bucket) ? "undecided" : "no";
}

/** Whether two declarations are about the same bucket, in the stack or outside. */
export function meanTheSame(one: Meaning, other: Meaning): Verdict {
  if ("bucket" in one) return means(other, one.bucket);
  if ("bucket" in other) return means(one, other.bucket);
  if ("name" in one && "name" in other) return verdict(one.name === other.name);
  const [left, right] = [candidatesOf(one), candidatesOf(other)];
  if (left?.length === 0 || right?.length === 0) return "undecided";
  return left?.some((bucket) => right?.includes(bucket)) ? "undecided" : "no";
}

const candidatesOf = (meaning: Meaning) => ("candidates" in meaning ? meaning.candidates : undefined);

function sameKnownName(one: Bucket, other: Bucket): boolean {
  return one.name.value !== UNKNOWN && one.name.value === other.name.value;
}
