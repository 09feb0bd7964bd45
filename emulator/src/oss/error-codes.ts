import { accessErrors } from "./errors/access-errors";
import { bucketErrors } from "./errors/bucket-errors";
import { generalErrors } from "./errors/general-errors";
import { objectErrors } from "./errors/object-errors";

/** How OSS words one kind of failure. */
export interface ErrorCode {
  status: number;
  message: string;
  /** The `<Code>` on the wire, where it isn't the key of the table: OSS uses InvalidArgument and AccessDenied for many causes. */
  code?: string;
  /** OSS's number for the cause ("error code", EC); absent where none is documented. */
  ec?: string;
}

/** Every error that this emulator answers with, by the name of its cause. */
export const errorCodes = { ...accessErrors, ...generalErrors, ...bucketErrors, ...objectErrors };

/** The name of a cause in the table. */
export type ErrorName = keyof typeof errorCodes;

/** Looks a name up without knowing whether the table has it. */
export function findErrorCode(name: string): ErrorCode | undefined {
  return Object.hasOwn(errorCodes, name) ? errorCodes[name as ErrorName] : undefined;
}
