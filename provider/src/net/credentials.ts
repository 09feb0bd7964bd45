/** What a request is signed with. Handed to the signer only: never printed, and never put into state. */
export interface Credentials {
  accessKeyId: string;
  accessKeySecret: string;
  /** Present with temporary (STS) credentials. */
  securityToken?: string | undefined;
}
