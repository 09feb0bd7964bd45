import type { BucketAddress } from "../../bucket-address";
import type { Unlisted } from "../../buckets/select-buckets";
import { readText } from "../../output/files";
import { UserError } from "../../user-error";

/** What an audit has found. */
export interface FoundBuckets {
  addresses: BucketAddress[];
  /** How many it left out. */
  excluded: number;
  /** What it could not list, so that buckets may be missing. */
  unlisted: Unlisted[];
  emptyFilters: string[];
}

/** The JSON that `audit --json` printed. Throws {@link UserError} where the file isn't one. */
export async function readAudit(file: string): Promise<FoundBuckets> {
  return parseAudit(await readText("--from", file), file);
}

export function parseAudit(text: string, file: string): FoundBuckets {
  const refuse = () => new UserError(`--from: ${file} is not what oss-encryption audit --json prints.`);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw refuse();
  }
  const { version, buckets, unlisted = [], emptyFilters = [] } = fieldsOf(content);
  const lists = [buckets, unlisted, emptyFilters];
  if (version !== 1 || !lists.every(Array.isArray)) throw refuse();
  const [entries = [], gaps = [], filters = []] = lists;
  const wanted = entries.map(fieldsOf).filter((one) => !isExcluded(one));
  return {
    addresses: wanted.map(({ bucket, region, connection }) => {
      if (typeof bucket !== "string") throw refuse();
      return { bucket, region: textOrNull(region), connection: textOrNull(connection) };
    }),
    excluded: entries.length - wanted.length,
    unlisted: gaps.map(fieldsOf).map(({ connection, reason }) => ({
      connection: textOrNull(connection),
      reason: String(reason),
    })),
    emptyFilters: filters.map(String),
  };
}

const fieldsOf = (value: unknown) => (value ?? {}) as Record<string, unknown>;

const textOrNull = (value: unknown) => (typeof value === "string" ? value : null);

/** Left out by --exclude: what an exception excuses was read, and has the status that it would have. */
const isExcluded = ({ status, exemptFrom }: Record<string, unknown>) =>
  status === "exempt" && exemptFrom === null;
