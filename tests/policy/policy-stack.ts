import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { packFolder } from "./policy-host";

/** Flags that run the pack with one of its presets. */
export const withPreset = (name: string) => withConfig(join(packFolder, "presets", `${name}.json`));

export const withConfig = (file: string) => ["--policy-pack", packFolder, "--policy-pack-config", file];

/** What `pulumi policy analyze --json` prints: one event a line, among other lines. */
export function eventsOf(stdout: string): EngineEvent[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as EngineEvent);
}

/** What policies said, as `rule resource level`, sorted: the engine analyses resources side by side. */
export function violations(events: readonly EngineEvent[]): string[] {
  return events
    .flatMap(({ policyEvent }) => policyEvent ?? [])
    .map(({ policyName, resourceUrn, enforcementLevel }) =>
      [
        policyName.replace("oss-bucket-encryption-", ""),
        resourceUrn?.split("::").at(-1),
        enforcementLevel,
      ].join(" "),
    )
    .sort();
}
