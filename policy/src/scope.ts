import { type Text, UNKNOWN } from "./value";
import { type Verdict, verdict } from "./verdict";

const patterns = (what: string) => ({
  type: "array" as const,
  items: { type: "string" as const },
  description: `Patterns of ${what}; * stands for any characters.`,
});

/** Config that every rule takes. */
export const scopeProperties = {
  includeBuckets: patterns("bucket names that the rule applies to. Default: all"),
  excludeBuckets: patterns("bucket names that the rule leaves out, also where they are included"),
  includeStacks: patterns("stacks, written project/stack, that the rule applies to. Default: all"),
  excludeStacks: patterns(
    "stacks, written project/stack, that the rule leaves out, also where they are included",
  ),
};

export type Scope = { readonly [key in keyof typeof scopeProperties]?: readonly string[] };

export interface Subject {
  urn: string;
  /** The name that the program gives the bucket; `undefined` if the provider makes it up: only `*` matches that. */
  bucket: Text;
}

/** "undecided" while the rule is limited to some buckets and this bucket's name isn't known. */
export function inScope(scope: Scope, { urn, bucket }: Subject): Verdict {
  if (!selected(projectAndStack(urn), scope.includeStacks, scope.excludeStacks)) return "no";
  if (bucket === UNKNOWN) return scope.includeBuckets || scope.excludeBuckets ? "undecided" : "yes";
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
