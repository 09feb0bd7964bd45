/** What a signed request says about who sent it, before anything is believed. */
export interface Claim {
  accessKeyId: string;
  signature: string;
  /** Security token of temporary keys (STS). */
  securityToken: string | undefined;
  /** When the request was signed; `undefined` where it carries no readable date. */
  signedAt: Date | undefined;
  /** When a presigned URL ends. */
  expiresAt?: Date | undefined;
  /** Region of the signature (V4 only). */
  region?: string | undefined;
  /** One character per byte. */
  stringToSign: string;
  /** The signature that this secret would have made. */
  sign: (secret: string) => string;
}
