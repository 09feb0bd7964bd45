import { identityText } from "../../buckets/identities";
import { flag, type Selection } from "../../buckets/select-buckets";
import type { Audit } from "./audit";

/** Which buckets were asked for, as flags; empty: all of them. */
export function filtersOf(selection: Selection & { exceptions?: string | undefined }): string[] {
  const names = ["bucket", "prefix", "region", "connection", "exclude"] as const;
  const flags = names.flatMap((name) => (selection[name] ?? []).map((value) => flag(name, value)));
  return selection.exceptions === undefined ? flags : [...flags, flag("exceptions", selection.exceptions)];
}

/** What every report says before all else, line by line: whose account, through which credentials, when and of what. */
export function provenanceLines(audit: Audit): string[] {
  const { identities, time, version, filters } = audit;
  const day = time.toISOString().slice(0, 16).replace("T", " ");
  const regions = regionsOf(audit);
  return [
    ...identities.map(identityText),
    `Read on ${day} UTC by oss-encryption ${version}. ` +
      `Buckets: ${filters.length > 0 ? filters.join(" ") : "all"}. ` +
      `Regions: ${regions.length > 0 ? regions.join(", ") : "none"}.`,
  ];
}

/** Regions in which there are buckets of the audit, in the order of their names. */
export const regionsOf = ({ buckets }: Pick<Audit, "buckets">): string[] =>
  [...new Set(buckets.flatMap(({ region }) => region ?? []))].sort();
