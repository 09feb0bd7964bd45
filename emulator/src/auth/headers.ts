import type { IncomingHttpHeaders } from "node:http";

// Signatures are made over bytes. Node gives header values with one character per byte (Latin-1); texts to be signed beside them take the same form.

/** A header's bytes, without the white space around them. */
export function headerBytes(value: string | string[] | undefined): string {
  return value?.toString().trim() ?? "";
}

/** The UTF-8 bytes of a text, one character per byte. */
export function utf8Bytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** All `x-oss-*` headers with their bytes, sorted by name. */
export function ossHeaders(headers: IncomingHttpHeaders): [string, string][] {
  return Object.keys(headers)
    .filter((name) => name.startsWith("x-oss-"))
    .sort()
    .map((name) => [name, headerBytes(headers[name])]);
}
