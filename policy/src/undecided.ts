import type { Reporter } from "./report";

/** What only the update can decide: one line in the preview, however many resources it is about. */
export class Undecided {
  private readonly noted = new Map<string, string>();

  /** @param question what is not known of the resource, beginning with "whether" */
  note(urn: string, question: string): void {
    this.noted.set(urn, question);
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
