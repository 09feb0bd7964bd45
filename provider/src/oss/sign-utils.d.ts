/** What is used of the part of ali-oss that signs, and does nothing else. Its types leave it out, so the version is pinned. */
declare module "ali-oss/lib/common/signUtils" {
  interface SignedParts {
    /** Names in lower case. */
    headers: Record<string, string>;
  }

  /** Authorization header of version 4. `region` is without `oss-`; with a CloudBox it is the box's id. */
  export function authorizationV4(
    accessKeyId: string,
    accessKeySecret: string,
    region: string,
    method: string,
    request: SignedParts & { queries: Record<string, string | null> },
    bucket: string | undefined,
    object: string | undefined,
    additionalHeaders?: string[],
    headerEncoding?: string,
    cloudBoxId?: string,
  ): string;

  /** String to sign of version 1; `parameters` are those of the query that name a resource. */
  export function buildCanonicalString(
    method: string,
    resource: string,
    request: SignedParts & { parameters: Record<string, string> },
  ): string;

  /** Authorization header of version 1. */
  export function authorization(
    accessKeyId: string,
    accessKeySecret: string,
    canonicalString: string,
  ): string;
}
