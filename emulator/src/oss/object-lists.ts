import { OssError } from "../errors/oss-error";

/** What a listing asks for. */
export interface ListQuery {
  prefix: string;
  delimiter: string;
  /** Only keys, and common prefixes, after this one. */
  after: string;
  /** Where several items have the key `after`: only those behind this rank; absent: none of them. */
  afterRank?: string | undefined;
  maxKeys: number;
}

/** What is listed; items of the same key are in the order of their ranks. */
export type ListItem<T> = readonly [key: string, value: T, rank?: string];

/** One page of a listing. */
export interface ListPage<T> {
  entries: [key: string, value: T][];
  commonPrefixes: string[];
  isTruncated: boolean;
  /** Where the next page goes on; "" on the last page. */
  next: string;
  /** The item that the page ends with, unless that is a common prefix. */
  last: T | undefined;
}

const behindAll = "\uffff";
const longestText = 1024;

/** Reads the parameters that all listings share. @throws OssError InvalidArgument */
export function readListQuery(query: ReadonlyMap<string, string>, afterName: string): ListQuery {
  const maxKeys = query.get("max-keys") ?? "100";
  if (!/^\d{1,4}$/.test(maxKeys) || Number(maxKeys) > 1000) {
    throw new OssError("InvalidArgument", { ArgumentName: "max-keys", ArgumentValue: maxKeys });
  }
  const texts = ["prefix", "delimiter", afterName, "version-id-marker"];
  const tooLong = texts.find((name) => Buffer.byteLength(query.get(name) ?? "") > longestText);
  if (tooLong !== undefined) throw new OssError("InvalidArgument", { ArgumentName: tooLong });
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    after: query.get(afterName) ?? "",
    maxKeys: Number(maxKeys),
  };
}

/** Picks a page in the order of UTF-8 bytes, grouping keys that share everything up to a delimiter. */
export function listPage<T>(
  items: Iterable<ListItem<T>>,
  { prefix, delimiter, after, afterRank = behindAll, maxKeys }: ListQuery,
): ListPage<T> {
  const page: ListPage<T> = {
    entries: [],
    commonPrefixes: [],
    isTruncated: false,
    next: "",
    last: undefined,
  };
  const matching = [...items]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value, rank = ""]) => ({ key, value, rank, bytes: Buffer.from(key) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes) || compare(a.rank, b.rank));
  let last = { name: Buffer.from(after), rank: afterRank };
  let lastValue: T | undefined;
  for (const { key, value, rank } of matching) {
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const text = end < 0 ? key : key.slice(0, end + delimiter.length);
    const name = Buffer.from(text);
    if ((Buffer.compare(name, last.name) || compare(rank, last.rank)) <= 0) continue;
    if (page.entries.length + page.commonPrefixes.length === maxKeys) {
      return { ...page, isTruncated: true, next: last.name.toString(), last: lastValue };
    }
    if (end < 0) page.entries.push([key, value]);
    else page.commonPrefixes.push(text);
    last = { name, rank: end < 0 ? rank : behindAll };
    lastValue = end < 0 ? value : undefined;
  }
  return page;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** How names are written in a listing: percent-encoded where the request asks for that. */
export function nameEncoder(query: ReadonlyMap<string, string>): (name: string) => string {
  const type = query.get("encoding-type");
  if (type !== undefined && type !== "url") {
    throw new OssError("InvalidArgument", { ArgumentName: "encoding-type", ArgumentValue: type });
  }
  return type === "url" ? (name) => encodeURIComponent(name).replaceAll("%2F", "/") : (name) => name;
}
