import type { OutgoingHttpHeaders } from "node:http";

/** A request that can't be served, in the words of the service asked. Thrown anywhere, turned into an answer in one place. */
export class Refusal extends Error {
  override readonly name: string = "Refusal";
  /** Headers that the answer carries beside the usual ones. */
  headers: OutgoingHttpHeaders = {};

  /**
   * @param ec OSS's number for the cause
   * @param details elements of the answer beyond the common ones
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly ec?: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
