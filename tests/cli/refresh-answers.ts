import type { Operation } from "../../tools/pulumi-project";

const type = "pulumi-nodejs:dynamic/oss:BucketEncryption";

/** Flags of `pulumi refresh` that ask for nothing but the drift of our resources. */
export const previewOnly = [
  "--preview-only",
  "--expect-no-changes",
  "--target",
  `urn:pulumi:*::*::**${type}::**`,
];

export const nameIn = (urn: string) => urn.split("::").at(-1) ?? "";

/** What a refresh says of each resource, by name: the step, with the properties that differ, or `error`. */
export function answers({ events }: Operation): Record<string, string> {
  const said: Record<string, string> = {};
  for (const { resOutputsEvent, diagnosticEvent } of events) {
    const { urn = "", op, type: of, detailedDiff } = resOutputsEvent?.metadata ?? {};
    const properties = Object.keys(detailedDiff ?? {})
      .sort()
      .join();
    if (op && of === type) said[nameIn(urn)] = `${op} ${properties}`.trim();
    const about = diagnosticEvent?.severity === "error" ? diagnosticEvent.urn : undefined;
    if (about?.includes(`${type}::`)) said[nameIn(about)] = "error";
  }
  return said;
}

/** A change as `drift --json` has it. */
export const change = (property: string, declared: string | null, live: string | null) => ({
  property,
  declared,
  live,
});
