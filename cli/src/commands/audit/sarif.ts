import type { Audit, AuditedBucket, Status } from "./audit";
import { provenanceLines } from "./provenance";
import { statusTexts } from "./report";

/** Findings as a scanner has them; what is fulfilled is there as passed, so that a report shows what was looked at. */
const rules: Partial<
  Record<Status, { level: "error" | "warning" | "none"; kind: "fail" | "review" | "pass" }>
> = {
  fulfilled: { level: "none", kind: "pass" },
  unfulfilled: { level: "error", kind: "fail" },
  keyUnusable: { level: "error", kind: "fail" },
  unreadable: { level: "warning", kind: "fail" },
  exempt: { level: "warning", kind: "fail" },
};
const ruleIds = Object.keys(rules) as Status[];

/** An audit in SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html). */
export function auditSarif(audit: Audit) {
  const { buckets, unlisted, emptyFilters, identities, time, version } = audit;
  const accounts = new Map(identities.map(({ connection, account }) => [connection, account ?? "*"]));
  const missing = [
    ...unlisted.map(({ connection, reason }) => `${connection ?? "default"} connection: ${reason}`),
    ...emptyFilters.map((filter) => `No bucket fits ${filter}.`),
  ];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "oss-encryption",
            version,
            rules: ruleIds.map((id) => ({
              id,
              shortDescription: { text: `Default encryption: ${statusTexts[id].text}` },
              defaultConfiguration: { level: rules[id]?.level },
            })),
          },
        },
        invocations: [
          {
            executionSuccessful: missing.length === 0,
            endTimeUtc: time.toISOString(),
            toolExecutionNotifications: missing.map((text) => ({ level: "error", message: { text } })),
            properties: { require: audit.require, provenance: provenanceLines(audit) },
          },
        ],
        results: buckets.flatMap((one) => resultOf(one, accounts.get(one.connection) ?? "*") ?? []),
      },
    ],
  };
}

function resultOf({ bucket, region, status, reason }: AuditedBucket, account: string) {
  const rule = rules[status];
  if (!rule) return undefined;
  const what = statusTexts[status].text;
  return {
    ruleId: status,
    ruleIndex: ruleIds.indexOf(status),
    ...rule,
    message: { text: `Bucket ${bucket}: ${what}${reason === null ? "" : `: ${reason}`}` },
    locations: [
      {
        // What shows findings in files takes this for the file's name.
        physicalLocation: { artifactLocation: { uri: `oss://${encodeURIComponent(bucket)}` } },
        logicalLocations: [
          {
            name: bucket,
            fullyQualifiedName: `acs:oss:${region ?? "*"}:${account}:${bucket}`,
            kind: "resource",
          },
        ],
      },
    ],
    partialFingerprints: { "bucket/v1": `${account}/${bucket}` },
    ...(status === "exempt" ? { suppressions: [{ kind: "external", justification: reason ?? "" }] } : {}),
  };
}
