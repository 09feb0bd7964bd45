/** What can be said of a requirement. "undecided": it depends on values that only the update will know. */
export type Verdict = "yes" | "no" | "undecided";

export function verdict(holds: boolean): Verdict {
  return holds ? "yes" : "no";
}

/** "yes" if one of them is; "no" only if all of them are. */
export function any(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("yes")) return "yes";
  return verdicts.includes("undecided") ? "undecided" : "no";
}

/** "no" if one of them is; "yes" only if all of them are. */
export function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("no")) return "no";
  return verdicts.includes("undecided") ? "undecided" : "yes";
}
