import type { EnforcementLevel, ReportViolation } from "@pulumi/policy";

/** What the SDK's callback takes besides a string: see makeReportViolationFun in its server.js. */
type ReportObject = (violation: {
  message: string;
  urn?: string;
  enforcementLevel?: EnforcementLevel;
}) => void;

export interface Reporter {
  violation(message: string, urn?: string): void;
  /** For what only the update can decide: advisory, whatever the policy's level. */
  undecided(message: string, urn?: string): void;
}

/**
 * The object form of the SDK's callback, which its type doesn't mention, is the only one with a level of its own;
 * and it shows the message alone, where the string form repeats the policy's description above it.
 */
export function reporter(report: ReportViolation): Reporter {
  const reportObject = report as unknown as ReportObject;
  const to = (urn: string | undefined) => (urn === undefined ? {} : { urn });
  return {
    violation: (message, urn) => reportObject({ message, ...to(urn) }),
    undecided: (message, urn) => reportObject({ message, ...to(urn), enforcementLevel: "advisory" }),
  };
}
