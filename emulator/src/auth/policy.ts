/** A RAM policy document, as far as OSS actions go: conditions and principals are not looked at. */
export interface Policy {
  /** `"1"`. */
  Version?: string;
  /** All of them count: an explicit denial wins, and what none allows is denied. */
  Statement: readonly Statement[];
}

/** One statement of a RAM policy. */
export interface Statement {
  /** What it does to requests that match both lists. */
  Effect: "Allow" | "Deny";
  /** Such as `oss:PutBucketEncryption`, `oss:Get*`, `*`. */
  Action: string | readonly string[];
  /** Such as `acs:oss:*:*:my-bucket`, `acs:oss:*:*:my-bucket/*`, `*`. */
  Resource: string | readonly string[];
}

/** What a policy says about an action: an explicit denial wins, and what nothing allows is denied. */
export type Verdict = "Allow" | "ExplicitDeny" | "ImplicitDeny";

/** @param policy absent: everything is allowed */
export function evaluate(policy: Policy | undefined, action: string, resource: string): Verdict {
  if (policy === undefined) return "Allow";
  const effects = policy.Statement.filter(
    (statement) => matchesAny(statement.Action, action) && matchesAny(statement.Resource, resource),
  ).map((statement) => statement.Effect);
  if (effects.includes("Deny")) return "ExplicitDeny";
  return effects.includes("Allow") ? "Allow" : "ImplicitDeny";
}

function matchesAny(patterns: string | readonly string[], text: string): boolean {
  return [patterns].flat().some((pattern) => wildcard(pattern).test(text));
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "is");
}
