import type { Audit } from "../../cli/src/commands/audit/audit";

/** When the audits of tests were made. */
export const time = new Date("2026-03-04T05:06:07Z");

/** An audit of nothing, with whatever is to be otherwise. */
export const anAudit = (parts: Partial<Audit> = {}): Audit => ({
  require: "kms",
  buckets: [],
  unlisted: [],
  emptyFilters: [],
  staleExceptions: [],
  time,
  version: "1.2.3",
  identities: [
    {
      connection: null,
      account: "1234567890123456",
      arn: "acs:ram::1234567890123456:user/ci",
      type: "RAMUser",
      origin: "OSS_ACCESS_KEY_ID in the environment",
      reason: null,
    },
  ],
  filters: [],
  ...parts,
});
