import { ConfigurationError } from "../errors";
import type { CredentialSpec } from "./spec";

/** A key id, its secret and its token as they are written somewhere; an empty text is as good as none. */
export interface WrittenKeys {
  accessKeyId: string | undefined;
  accessKeySecret: string | undefined;
  securityToken?: string | undefined;
}

/**
 * Keys that are there as they are. `idPlace` and `tokenName` say in an error where the key id stands and what the token
 * must be called. Throws ConfigurationError for a temporary key without its token, which OSS would call unknown.
 */
export function keysSpec(
  {
    accessKeyId,
    accessKeySecret,
    securityToken,
  }: WrittenKeys & { accessKeyId: string; accessKeySecret: string },
  origin: string,
  { idPlace, tokenName }: { idPlace: string; tokenName: string },
): Extract<CredentialSpec, { kind: "keys" }> {
  if (accessKeyId.startsWith("STS.") && !securityToken) {
    throw new ConfigurationError(
      `${idPlace} begins with STS., so it is temporary and needs its token: set ${tokenName} too.`,
    );
  }
  return {
    kind: "keys",
    credentials: { accessKeyId, accessKeySecret, securityToken: securityToken || undefined },
    origin,
  };
}
