import type { Bucket, Declaration, StackView } from "./view";
import { unknownValue } from "../value";
import { type Verdict, any, verdict } from "../verdict";

/** What the `bucket` property of a declaration stands for. */
export type BucketReference =
  | { bucket: Bucket }
  /** A known name that no bucket of the stack is known to have. */
  | { name: string }
  /** One of these buckets, or one outside of the stack; none listed: it can be any. */
  | { candidates: readonly Bucket[] };

/**
 * Names decide where they are known. Before the first update many aren't; then a declaration means the bucket
 * that its `bucket` property is taken from, unless something else hangs on that bucket's name: `${a}-logs` has
 * the same edge as `a`, so where a second name comes from a bucket, or the bucket has a declaration anyway, only
 * the update can tell.
 */
export function bucketReferences(view: StackView): Map<Declaration, BucketReference> {
  const { buckets, declarations } = view;
  const byName = new Map(buckets.map((bucket) => [bucket.name.value, bucket]));
  const claims = claimsOf(view, byName);
  const referenceOf = (declaration: Declaration): BucketReference => {
    const { value, edges } = declaration.name;
    if (value !== unknownValue) {
      const bucket = byName.get(value);
      return bucket ? { bucket } : { name: value };
    }
    const contested = buckets.filter(({ urn }) => edges.includes(urn) && claims(urn) > 1);
    const candidates = buckets.filter(
      (bucket) =>
        mayShareName(declaration, bucket) || contested.some((source) => mayBeDerived(bucket, source)),
    );
    const [bucket] = candidates;
    const edgeDecides =
      bucket !== undefined &&
      candidates.length === 1 &&
      edges.every((urn) => urn === bucket.urn) &&
      claims(bucket.urn) === 1;
    return edgeDecides ? { bucket } : { candidates };
  };
  return new Map(declarations.map((declaration) => [declaration, referenceOf(declaration)]));
}

/** How many declarations name each resource, are taken from it or, if it is a bucket, are its inline rule. */
function claimsOf(
  { buckets, declarations }: StackView,
  byName: ReadonlyMap<unknown, Bucket>,
): (urn: string) => number {
  const claims = new Map<string, number>();
  const claim = (urn: string) => claims.set(urn, (claims.get(urn) ?? 0) + 1);
  for (const { urn, declaresInline, ignoresInline } of buckets) {
    if (declaresInline !== "no" && !ignoresInline) claim(urn);
  }
  for (const { name } of declarations) {
    const named = name.value === unknownValue ? undefined : byName.get(name.value);
    for (const urn of named ? [named.urn] : name.edges) claim(urn);
  }
  return (urn) => claims.get(urn) ?? 0;
}

/** Whether the unknown name of a declaration depends on the bucket, or on what the bucket's unknown name depends on. */
function mayShareName({ name }: Declaration, bucket: Bucket): boolean {
  if (name.sources.has(bucket.urn)) return true;
  return bucket.name.value === unknownValue && [...bucket.name.sources].some((urn) => name.sources.has(urn));
}

/** Whether a name made from the source's, as `${source}-logs` is, can be the bucket's, where both are known. */
function mayBeDerived({ name }: Bucket, source: Bucket): boolean {
  if (name.value === unknownValue || source.name.value === unknownValue) return false;
  return name.value.includes(source.name.value);
}

export function refersTo(reference: BucketReference, bucket: Bucket): Verdict {
  if ("bucket" in reference) {
    return verdict(reference.bucket === bucket || sameKnownName(reference.bucket, bucket));
  }
  // A name that the provider has yet to make up can't have been written down.
  if ("name" in reference) return bucket.givenName === unknownValue ? "undecided" : "no";
  if (reference.candidates.length === 0) return "undecided";
  return reference.candidates.includes(bucket) ? "undecided" : "no";
}

/** Whether one of the declarations is about the bucket. */
export function declaredFor(
  bucketReferences: ReadonlyMap<Declaration, BucketReference>,
  bucket: Bucket,
): Verdict {
  return any([...bucketReferences.values()].map((reference) => refersTo(reference, bucket)));
}

/** Whether two declarations are about the same bucket, in the stack or outside. */
export function referToTheSame(one: BucketReference, other: BucketReference): Verdict {
  if ("bucket" in one) return refersTo(other, one.bucket);
  if ("bucket" in other) return refersTo(one, other.bucket);
  if ("name" in one && "name" in other) return verdict(one.name === other.name);
  const [left, right] = [candidatesOf(one), candidatesOf(other)];
  if (left?.length === 0 || right?.length === 0) return "undecided";
  return left?.some((bucket) => right?.includes(bucket)) ? "undecided" : "no";
}

const candidatesOf = (reference: BucketReference) =>
  "candidates" in reference ? reference.candidates : undefined;

function sameKnownName(one: Bucket, other: Bucket): boolean {
  return one.name.value !== unknownValue && one.name.value === other.name.value;
}
