/** How OSS words one kind of failure. */
export interface ErrorCode {
  status: number;
  message: string;
  /** The `<Code>` on the wire, where it isn't the key of the table: OSS uses InvalidArgument and AccessDenied for many causes. */
  code?: string;
  /** OSS's number for the cause ("error code", EC); absent where none is documented. */
  ec?: string;
}
