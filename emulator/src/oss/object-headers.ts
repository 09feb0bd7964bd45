import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { ruleToHeaders } from "../store/encryption-rule";
import { OssError } from "../errors/oss-error";
import type { StoredObject } from "../store/object-versions";

const standardHeaders = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "expires",
];
const overridable = ["content-type", ...standardHeaders];

/** The headers of an upload that every answer about the object repeats. */
export function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers)
    .filter(([name]) => standardHeaders.includes(name) || name.startsWith("x-oss-meta-"))
    .map(([name, value]) => [name, value?.toString() ?? ""] as const);
  return Object.fromEntries([
    ["content-type", headers["content-type"] ?? "application/octet-stream"],
    ...kept,
  ]);
}

/** User metadata of an object. */
export function metadata({ headers }: StoredObject): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("x-oss-meta-")));
}

/** Headers of GetObject and HeadObject; `response-*` parameters replace what was stored. */
export function objectHeaders(object: StoredObject, query: ReadonlyMap<string, string>): OutgoingHttpHeaders {
  const overrides = overridable.flatMap((name) => {
    const value = query.get(`response-${name}`);
    return value === undefined ? [] : [[name, headerValue(`response-${name}`, value)] as const];
  });
  return {
    ...object.headers,
    ...Object.fromEntries(overrides),
    "accept-ranges": "bytes",
    etag: object.etag,
    "last-modified": object.lastModified.toUTCString(),
    "x-oss-object-type": object.type,
    "x-oss-storage-class": object.storageClass,
    "x-oss-hash-crc64ecma": object.crc64,
    ...(object.md5 !== undefined && { "content-md5": object.md5 }),
    ...(object.type === "Appendable" && { "x-oss-next-append-position": object.data.length }),
    ...(object.tags.size > 0 && { "x-oss-tagging-count": object.tags.size }),
    ...ruleToHeaders(object.encryption),
  };
}

/** A text as the value of a header, in UTF-8. @throws OssError for what no header can hold */
function headerValue(parameter: string, text: string): string {
  if (/[^\t\x20-\x7e\x80-\uffff]/.test(text)) {
    throw new OssError("InvalidArgument", {
      ArgumentName: parameter,
      ArgumentValue: encodeURIComponent(text),
    });
  }
  return Buffer.from(text).toString("latin1");
}

/**
 * Checks the conditions of a read, or, with the prefix `x-oss-copy-source-`, those of a copy.
 *
 * @throws OssError NotModified, or PreconditionFailed, which names the condition
 */
export function checkConditions(
  { etag, lastModified }: StoredObject,
  headers: IncomingHttpHeaders,
  prefix = "",
): void {
  const header = (name: string) => headers[`${prefix}${name}`]?.toString();
  const names = (list: string) =>
    list.split(",").some((one) => one.trim() === etag || one.trim() === "*" || `"${one.trim()}"` === etag);
  const modified = Math.floor(lastModified.getTime() / 1000) * 1000;
  const match = header("if-match");
  const noneMatch = header("if-none-match");
  const since = Date.parse(header("if-modified-since") ?? "");
  const unmodifiedSince = Date.parse(header("if-unmodified-since") ?? "");
  if (match !== undefined && !names(match)) {
    throw new OssError("PreconditionFailed", { Condition: "If-Match" });
  }
  if (modified > unmodifiedSince) {
    throw new OssError("PreconditionFailed", { Condition: "If-Unmodified-Since" });
  }
  if ((noneMatch !== undefined && names(noneMatch)) || modified <= since) throw new OssError("NotModified");
}

/**
 * The part that a Range header asks for, as first and last byte; `undefined`: all of it. What isn't a range, or lies
 * outside, gets everything, unless the request asks for the standard's behaviour.
 *
 * @throws OssError InvalidRange
 */
export function readRange(
  range: string | undefined,
  size: number,
  strict: boolean,
): [number, number] | undefined {
  if (range === undefined) return undefined;
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const first = from === "" ? Math.max(size - Number(to), 0) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if ((from !== "" || to !== "") && first <= last) return [first, last];
  if (strict) throw new OssError("InvalidRange", { ActualObjectSize: size, RangeHeader: range });
  return undefined;
}
