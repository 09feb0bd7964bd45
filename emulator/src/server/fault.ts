/**
 * Something that goes wrong on purpose. Says which requests it hits, how often, and what happens to them; where several
 * faults fit a request, the one scripted first is used. Requests reach a fault only with a valid signature.
 *
 * @example an answer that is lost although the rule was written
 * emulator.fault({ operation: "PutBucketEncryption", connection: "reset", carriedOut: true });
 * @example throttled twice
 * emulator.fault({ bucket: "logs", times: 2, answer: { code: "MetaOperationQpsLimitExceeded" } });
 * @example a proxy's page
 * emulator.fault({ answer: { status: 502, headers: { "content-type": "text/html" }, body: "<html><br></html>" } });
 * @example reads that stay as they are now, whatever is written
 * emulator.fault({ operation: "GetBucketEncryption", times: Infinity, stale: true });
 */
export interface Fault {
  /** Operation hit, or several, such as `PutBucketEncryption` or `AssumeRole`; absent: every operation. */
  operation?: string | readonly string[];
  /** Bucket hit; absent: every bucket. */
  bucket?: string;
  /** How many requests are hit; default 1, `Infinity` for all. */
  times?: number;
  /** How many fitting requests pass unharmed first; default 0. */
  after?: number;
  /** Ends the fault this many milliseconds after it was scripted, however often it was used. */
  forMs?: number;
  /** Milliseconds to wait before anything else happens, 24 days at most; taking the fault back ends the wait. */
  delay?: number;
  /**
   * Whether the operation is carried out before things go wrong. Default: not with an `answer`, "reset" or "hang" (a write
   * leaves no trace), otherwise yes.
   */
  carriedOut?: boolean;
  /** Takes the place of the true answer. */
  answer?: FaultAnswer;
  /**
   * What happens to the connection:
   * - `reset`: it is reset, without any answer;
   * - `reset-mid-body`: reset after the head and half of the body;
   * - `hang`: no answer ever comes;
   * - `endless`: the head comes, then a body that never ends, a byte every 50 ms.
   *
   * An answer that has no body (to HEAD, or 204) has no middle either: nothing of it is sent then, not even the head.
   */
  connection?: "reset" | "reset-mid-body" | "hang" | "endless";
  /** Reads of default rules see what there was when the fault was scripted. */
  stale?: true;
}

/** An answer made up by a test: an OSS error, or any bytes. */
export interface FaultAnswer {
  /** HTTP status; default: that of `code`, or 200. */
  status?: number;
  /** Answer with an error in OSS's XML: a name of the table of error codes (`NoSuchBucket`, `WrongEndpoint` …), or any other code. */
  code?: string;
  /** Message of the error; default: OSS's own. */
  message?: string;
  /** More elements of the error, such as `{ Endpoint: "oss-cn-shanghai.aliyuncs.com" }`. */
  details?: Record<string, string>;
  /** Raw body; default: empty, or the XML of `code`. */
  body?: string | Uint8Array;
  /** More headers, or other values for those that OSS sends. */
  headers?: Record<string, string>;
}
