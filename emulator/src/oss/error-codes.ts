import { accessErrors } from "./errors/access-errors";
import { bucketErrors } from "./errors/bucket-errors";
import type { ErrorCode } from "./errors/error-code";
import { generalErrors } from "./errors/general-errors";
import { objectErrors } from "./errors/object-errors";

/** Every error that this emulator answers with, by the name of its cause. */
export const errorCodes = { ...accessErrors, ...generalErrors, ...bucketErrors, ...objectErrors };

/** The name of a cause in the table. */
export type ErrorName = keyof typeof errorCodes;

/** Looks a name up without knowing whether the table has it. */
export function findErrorCode(name: string): ErrorCode | undefined {
  return Object.hasOwn(errorCodes, name) ? errorCodes[name as ErrorName] : undefined;
}
