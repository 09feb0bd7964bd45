import type { Reporter } from "./report";
import type { Verdict } from "./verdict";

/** What is said of a resource, whichever way it is judged. */
export interface Sentences {
  violation: string;
  /** What is not known, beginning with "whether". */
  undecided: string;
}

/** What only the update can decide: one line in the preview, however many resources it is about. */
export class Undecided {
  private readonly noted = new Map<string, string>();

  /** Reports a violation at once, and notes what can't be decided yet. */
  judge(report: Reporter, urn: string, verdict: Verdict, { violation, undecided }: Sentences): void {
    if (verdict === "no") report.violation(violation, urn);
    if (verdict === "undecided") this.noted.set(urn, undecided);
  }

  /** Says what was noted, and forgets it. */
  tell(report: Reporter): void {
    const [first, ...others] = this.noted;
    this.noted.clear();
    if (!first) return;
    const [urn, question] = first;
    const more = others.length > 0 ? `; the same for ${others.length} more` : "";
    report.undecided(`The update will check this: ${question}${more}.`, urn);
  }
}
