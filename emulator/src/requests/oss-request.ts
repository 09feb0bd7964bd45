// What was sent?

import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { parseAddress, type Address, type KnownHosts } from "./addressing";
import { OssError } from "../errors/oss-error";

/** A request as OSS sees it. */
export interface OssRequest extends Address {
  method: string;
  /** Host asked for, without port. */
  host: string;
  /** Path and query as sent. */
  target: string;
  headers: IncomingHttpHeaders;
  /** Query parameters, decoded; a parameter without value holds "". */
  query: ReadonlyMap<string, string>;
}

/** Where a request line points: origin form (`/key`), or absolute form, which is what a forward proxy gets. */
export interface Target {
  host: string;
  path: string;
  search: string;
}

/** Takes a request line apart without decoding anything. */
export function parseTarget({ url = "/", headers }: Pick<IncomingMessage, "url" | "headers">): Target {
  const [, absoluteHost, target = ""] = /^(?:https?:\/\/([^/?#]*))?(.*)$/i.exec(url) ?? [];
  const mark = target.indexOf("?");
  return {
    host: absoluteHost ?? headers.host ?? "",
    path: (mark < 0 ? target : target.slice(0, mark)) || "/",
    search: mark < 0 ? "" : target.slice(mark + 1),
  };
}

/** @throws OssError where host, path or query can't be understood */
export function parseRequest(message: IncomingMessage, target: Target, hosts: KnownHosts): OssRequest {
  const { host, path, search } = target;
  return {
    ...parseAddress(host, path, hosts),
    method: message.method ?? "GET",
    host: host.replace(/:\d+$/, ""),
    target: search === "" ? path : `${path}?${search}`,
    headers: message.headers,
    query: parseQuery(search),
  };
}

function parseQuery(search: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of search.split("&").filter(Boolean)) {
    const mark = pair.indexOf("=");
    const [name, value] = mark < 0 ? [pair, ""] : [pair.slice(0, mark), pair.slice(mark + 1)];
    query.set(decode(name), decode(value));
  }
  return query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new OssError("InvalidURI");
  }
}
