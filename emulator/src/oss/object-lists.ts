import { OssError } from "../errors/oss-error";

/** What a listing asks for. */
export interface ListQuery {
  prefix: string;
  delimiter: string;
  /** Only keys, and common prefixes, after this one. */
  after: string;
  maxKeys: number;
}

/** One page of a listing. */
export interface ListPage<T> {
  entries: [key: string, value: T][];
  commonPrefixes: string[];
  isTruncated: boolean;
  /** Where the next page goes on; "" on the last page. */
  next: string;
}

/** Reads the parameters that all listings share. @throws OssError InvalidArgument */
export function readListQuery(query: ReadonlyMap<string, string>, afterName: string): ListQuery {
  const maxKeys = query.get("max-keys") ?? "100";
  if (!/^\d{1,4}$/.test(maxKeys) || Number(maxKeys) > 1000) {
    throw new OssError("InvalidArgument", { ArgumentName: "max-keys", ArgumentValue: maxKeys });
  }
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    after: query.get(afterName) ?? "",
    maxKeys: Number(maxKeys),
  };
}

/** Picks a page in the order of UTF-8 bytes, grouping keys that share everything up to a delimiter. */
export function listPage<T>(
  items: Iterable<readonly [string, T]>,
  { prefix, delimiter, after, maxKeys }: ListQuery,
): ListPage<T> {
  const page: ListPage<T> = { entries: [], commonPrefixes: [], isTruncated: false, next: "" };
  const matching = [...items]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => ({ key, value, bytes: Buffer.from(key) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  let last = after;
  for (const { key, value } of matching) {
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? key : key.slice(0, end + delimiter.length);
    if (Buffer.compare(Buffer.from(name), Buffer.from(last)) <= 0) continue;
    if (page.entries.length + page.commonPrefixes.length === maxKeys) {
      return { ...page, isTruncated: true, next: last };
    }
    if (end < 0) page.entries.push([key, value]);
    else page.commonPrefixes.push(name);
    last = name;
  }
  return page;
}

/** How names are written in a listing: percent-encoded where the request asks for that. */
export function nameEncoder(query: ReadonlyMap<string, string>): (name: string) => string {
  const type = query.get("encoding-type");
  if (type !== undefined && type !== "url") {
    throw new OssError("InvalidArgument", { ArgumentName: "encoding-type", ArgumentValue: type });
  }
  return type === "url" ? (name) => encodeURIComponent(name).replaceAll("%2F", "/") : (name) => name;
}
