/** Percent-encodes everything but letters, digits and `-._~`. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Parameters as they are signed: percent-encoded, in order, without the one that holds the signature. */
export function encodedPairs(
  parameters: ReadonlyMap<string, string>,
  signature: string,
): (readonly [name: string, value: string])[] {
  return [...parameters]
    .filter(([name]) => name !== signature)
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A query as OSS's signatures V2 and V4 hold it: of an empty value the name alone. */
export function canonicalQuery(query: ReadonlyMap<string, string>): string {
  return encodedPairs(query, "x-oss-signature")
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`))
    .join("&");
}

/** What a request is about, as OSS's signatures name it. */
export function resourcePath({
  bucket,
  key,
}: {
  bucket?: string | undefined;
  key?: string | undefined;
}): string {
  return bucket === undefined ? "/" : `/${bucket}/${key ?? ""}`;
}
