// What is refused, in which words?

import { Refusal } from "./refusal";
import { errorCodes, type ErrorName } from "./error-codes";
import type { ErrorCode } from "./error-code";
import type { XmlContent } from "./xml-content";

/** A refusal in OSS's words. */
export class OssError extends Refusal {
  override readonly name = "OssError";

  /**
   * @param cause an entry of the table of error codes
   * @param details elements of the XML answer beyond the common ones, such as `BucketName`
   * @param message replaces the message of the table
   */
  constructor(cause: ErrorName, details: XmlContent = {}, message?: string) {
    const entry: ErrorCode = errorCodes[cause];
    super(entry.status, entry.code ?? cause, message ?? entry.message, entry.ec, details);
  }
}
