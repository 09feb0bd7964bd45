import type { Answer, Transport, TransportRequest } from "../net/transport";

/* What an OSS of one's own, as in Apsara Stack or behind a gateway, may need to be asked in another way. */

/** V1 signs of the query only what names a resource, and ali-oss takes that apart from the rest. */
export function signedByV1(subresource: string | undefined, query: Record<string, string> = {}) {
  const { "continuation-token": token, ...rest } = query;
  const subres = {
    ...(subresource ? { [subresource]: "" } : {}),
    ...(token ? { "continuation-token": token } : {}),
  };
  return { subres, query: rest };
}

/**
 * Puts the bucket's name into the path of a request that ali-oss made for a host of the bucket's own. No signature covers
 * the host. ali-oss's own option for it, sldEnable, does both at once where the endpoint is an IP address.
 */
export class PathStyle {
  constructor(
    readonly transport: Pick<Transport, "request">,
    readonly endpoint: string,
    readonly bucket: string,
  ) {}

  request(url: string, { headers, ...args }: TransportRequest): Promise<Answer> {
    const path = url.slice(url.indexOf("/", "https://".length));
    const before = this.bucket ? `${this.endpoint}/${this.bucket}` : this.endpoint;
    // For an IP address ali-oss names the bucket's host, which is not asked here.
    const others = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "host"));
    return this.transport.request(before + path, { ...args, headers: others });
  }
}
