import { type Text, unknownValue } from "./value";
import { type Verdict, verdict } from "./verdict";

const patterns = (what: string) => ({
  type: "array" as const,
  items: { type: "string" as const },
  description: `Patterns of ${what}; * stands for any characters.`,
});

/** Config that every policy takes. */
export const scopeProperties = {
  includeBuckets: patterns("bucket names that the policy applies to. Default: all"),
  excludeBuckets: patterns("bucket names that the policy leaves out, also where they are included"),
  includeStacks: patterns("stacks, written project/stack, that the policy applies to. Default: all"),
  excludeStacks: patterns(
    "stacks, written project/stack, that the policy leaves out, also where they are included",
  ),
};

export type Scope = { readonly [key in keyof typeof scopeProperties]?: readonly string[] };

export interface Subject {
  urn: string;
  /** The name that the program gives the bucket; `undefined` if the provider makes it up: only `*` matches that. */
  bucket: Text;
}

/**
 * Why one of these patterns can never match, or undefined. A pattern that matches nothing would leave out silently what
 * it was written for.
 */
export function hopelessPattern(property: string, patterns: readonly string[]): string | undefined {
  const isOfStacks = property.endsWith("Stacks");
  const canMatch = isOfStacks ? canMatchStack : canMatchBucket;
  const hopeless = patterns.find((pattern) => !canMatch(pattern));
  if (hopeless === undefined) return undefined;
  const syntax = isOfStacks
    ? "stacks are written project/stack, as in */dev"
    : "names of buckets have lower-case letters, digits and hyphens, 63 at most, as in logs-*";
  return `has "${hopeless}", which can never match: ${syntax}`;
}

function canMatchStack(pattern: string): boolean {
  const parts = pattern.split("/");
  const isWhole = parts.length === 2 || (parts.length === 1 && pattern.includes("*"));
  return isWhole && parts.every((part) => /^[\w.*-]+$/.test(part));
}

/** Buckets from early days may have underscores in their names, also as first and last character. */
function canMatchBucket(pattern: string): boolean {
  return /^[a-z0-9_*]([a-z0-9_*-]*[a-z0-9_*])?$/.test(pattern) && pattern.replaceAll("*", "").length <= 63;
}

/** "undecided" while the policy is limited to some buckets and this bucket's name isn't known. */
export function inScope(scope: Scope, { urn, bucket }: Subject): Verdict {
  if (!selected(projectAndStack(urn), scope.includeStacks, scope.excludeStacks)) return "no";
  if (bucket === unknownValue) return scope.includeBuckets || scope.excludeBuckets ? "undecided" : "yes";
  return verdict(selected(bucket ?? "", scope.includeBuckets, scope.excludeBuckets));
}

/** A requirement within its scope: outside, everything is fine. */
export function within(scope: Verdict, requirement: Verdict): Verdict {
  if (scope === "no" || requirement === "yes") return "yes";
  return scope === "undecided" ? "undecided" : requirement;
}

function selected(
  name: string,
  include: readonly string[] = ["*"],
  exclude: readonly string[] = [],
): boolean {
  const matches = (pattern: string) => toRegExp(pattern).test(name);
  return include.some(matches) && !exclude.some(matches);
}

function toRegExp(pattern: string): RegExp {
  const literals = pattern.split("*").map((text) => text.replace(/[^\w-]/g, "\\$&"));
  return new RegExp(`^${literals.join(".*")}$`);
}

/** `urn:pulumi:<stack>::<project>::…` */
function projectAndStack(urn: string): string {
  const [stack = "", project = ""] = urn.slice("urn:pulumi:".length).split("::");
  return `${project}/${stack}`;
}
