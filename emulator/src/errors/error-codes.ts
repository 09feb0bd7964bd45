import { accessErrors } from "./access-errors";
import { bucketErrors } from "./bucket-errors";
import type { ErrorCode } from "./error-code";
import { generalErrors } from "./general-errors";
import { objectErrors } from "./object-errors";

/** Every error that this emulator answers with, by the name of its cause. */
export const errorCodes = { ...accessErrors, ...generalErrors, ...bucketErrors, ...objectErrors };

/** The name of a cause in the table. */
export type ErrorName = keyof typeof errorCodes;

/** Looks a name up without knowing whether the table has it. */
export function findErrorCode(name: string): ErrorCode | undefined {
  return Object.hasOwn(errorCodes, name) ? errorCodes[name as ErrorName] : undefined;
}
