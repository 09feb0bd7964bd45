import { stringify } from "csv-stringify/sync";
import { printable } from "pulumi-oss-encryption/oss";
import type { Audit, AuditedBucket } from "./audit";
import { methodsText } from "./report";

const columns: readonly [name: string, value: (one: AuditedBucket) => string | null | undefined][] = [
  ["bucket", ({ bucket }) => bucket],
  ["region", ({ region }) => region],
  ["connection", ({ connection }) => connection],
  ["status", ({ status }) => status],
  ["reason", ({ reason }) => reason],
  ["sseAlgorithm", ({ rule }) => rule?.sseAlgorithm],
  ["kmsMasterKeyId", ({ rule }) => rule?.kmsMasterKeyId],
  ["kmsDataEncryption", ({ rule }) => rule?.kmsDataEncryption],
  ["keyState", ({ key }) => (key ? (key.state ?? "unknown") : "")],
  ["managedBy", ({ managedBy }) => managedBy?.join(" ")],
  ["setBy", ({ setBy }) => setBy?.map(({ stack, type }) => `${stack}:${type}`).join(" ")],
  ["objects", ({ objects }) => objects && methodsText(objects)],
  ["oldVersions", ({ objects }) => objects && methodsText(objects.oldVersions)],
];

/**
 * An audit as CSV by RFC 4180, a line for each bucket. A connection that could not be listed, and a filter that no bucket
 * fits, have a line too, with `unlisted` as status: without it the file would seem to be all there is.
 */
export function auditCsv(audit: Audit): string {
  const accounts = new Map(audit.identities.map(({ connection, account }) => [connection, account]));
  const line = (connection: string | null, cells: readonly string[]) => [
    ...cells,
    accounts.get(connection) ?? "",
    audit.time.toISOString(),
  ];
  const rows = audit.buckets.map((one) =>
    line(
      one.connection,
      columns.map(([, value]) => value(one) ?? ""),
    ),
  );
  const missing = [
    ...audit.unlisted.map(({ connection, reason }) => ({ connection, reason })),
    ...audit.emptyFilters.map((filter) => ({ connection: null, reason: `No bucket fits ${filter}.` })),
  ].map(({ connection, reason }) => {
    const known: Record<string, string | null> = { connection, reason, status: "unlisted" };
    return line(
      connection,
      columns.map(([name]) => known[name] ?? ""),
    );
  });
  return stringify(
    [...rows, ...missing].map((row) => row.map(printable)),
    {
      header: true,
      columns: [...columns.map(([name]) => name), "account", "time"],
      // A spreadsheet would run a name that begins like a formula.
      escape_formulas: true,
      record_delimiter: "windows",
    },
  );
}
