// What does a stack declare of a bucket?

import type { PolicyResource } from "@pulumi/policy";
import { bucketType, ignoresInline, isDeclaration, isDeclared, label, ruleProps } from "../encryption-rule";
import { type Props, type Unknown, unknownValue, readText } from "../value";
import { type Verdict, verdict } from "../verdict";

/** A bucket name of the stack, or what can be said of it while it isn't known. */
export interface BucketName {
  value: string | Unknown;
  /** Resources that the name is taken from, as the program wrote it (URNs). */
  edges: readonly string[];
  /** Where the name may come from in the end: the edges, followed through other resources up to buckets (URNs). */
  sources: ReadonlySet<string>;
}

export interface Bucket {
  urn: string;
  label: string;
  name: BucketName;
  /** Its name as the program gives it; `undefined` if the provider makes it up. */
  givenName: string | Unknown | undefined;
  /** False for a bucket that this run only reads or leaves out. */
  deployed: boolean;
  declaresInline: Verdict;
  ignoresInline: boolean;
}

/** A resource that declares the rule of one bucket. */
export interface Declaration {
  urn: string;
  label: string;
  name: BucketName;
  /** False for a declaration that this run only reads or leaves out. */
  deployed: boolean;
}

export interface StackView {
  buckets: readonly Bucket[];
  declarations: readonly Declaration[];
}

/** @param inputsOf what a resource declares, by URN; `undefined` where this run didn't analyse it. */
export function viewOf(
  resources: readonly PolicyResource[],
  inputsOf: (urn: string) => Props | undefined,
): StackView {
  // The engine hands them over in any order; messages should not change from run to run.
  const sorted = [...resources].sort((one, other) => (one.urn < other.urn ? -1 : 1));
  return {
    buckets: sorted
      .filter(({ type }) => type === bucketType)
      .map((resource) => bucketOf(resource, inputsOf(resource.urn))),
    // What --target keeps from being created is among the resources, with no properties at all.
    declarations: sorted
      .filter(({ type, urn, props }) => isDeclaration(type) && isDeclared(type, inputsOf(urn) ?? props))
      .map((resource) => declarationOf(resource, inputsOf(resource.urn))),
  };
}

function declarationOf(resource: PolicyResource, inputs: Props | undefined): Declaration {
  return {
    urn: resource.urn,
    label: label(resource),
    name: nameOf(resource, readText(inputs ?? resource.props, "bucket")),
    deployed: inputs !== undefined,
  };
}

function bucketOf(resource: PolicyResource, inputs: Props | undefined): Bucket {
  const givenName = readText(inputs ?? resource.props, "bucket");
  return {
    urn: resource.urn,
    label: label(resource),
    name: nameOf(resource, givenName ?? readText(resource.props, "bucket")),
    givenName,
    deployed: inputs !== undefined,
    declaresInline: inputs === undefined ? "no" : declaresInline(inputs),
    ignoresInline: ignoresInline(resource.opts),
  };
}

function declaresInline(inputs: Props): Verdict {
  const rule = ruleProps(bucketType, inputs);
  return rule === unknownValue ? "undecided" : verdict(rule !== undefined);
}

function nameOf(resource: PolicyResource, value: string | Unknown | undefined): BucketName {
  const edges = resource.propertyDependencies.bucket ?? [];
  const sources = new Set<string>();
  const follow = (from: readonly PolicyResource[]) => {
    for (const source of from) {
      if (sources.has(source.urn)) continue;
      sources.add(source.urn);
      if (source.type !== bucketType) follow(source.dependencies);
    }
  };
  follow(edges);
  return { value: value ?? unknownValue, edges: edges.map(({ urn }) => urn), sources };
}
