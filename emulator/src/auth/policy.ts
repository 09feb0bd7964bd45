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
  return [patterns].flat().some((pattern) => matches(pattern.toLowerCase(), text.toLowerCase()));
}

/** `*` stands for any text, `?` for any character. Goes back to the latest `*` only: a pattern comes from a request. */
function matches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let afterStar = 0;
  for (let index = 0; index < text.length;) {
    if (pattern[at] === "*") {
      star = at++;
      afterStar = index;
    } else if (pattern[at] === "?" || pattern[at] === text[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++afterStar;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}
