/** A mistake in flags or configuration, worded for the person who made it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
