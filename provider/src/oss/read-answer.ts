import type { OssCallError } from "../errors";
import { refusedError, unexpectedAnswerError, unreachableError, type CallContext } from "./error-messages";
import { isStaleConnection, isTransient } from "../net/network-failure";
import type { Answer } from "../net/transport";
import { decodeError, type ErrorBody } from "./wire";
import { UnexpectedBodyError } from "./xml";

/** What an operation takes for success, and how it reads the body then. */
export interface Expectation<T> {
  status: number;
  decode: (body: Buffer, headers: Answer["headers"]) => Promise<T>;
}

/**
 * How much sense another try makes: `immediately`, where nothing is wrong; `fewTimes`, where it may heal;
 * `untilDeadline`, where OSS asks to wait.
 */
export type RetryPolicy = "never" | "immediately" | "fewTimes" | "untilDeadline";

/** What an answer means for the call that got it. */
export type CallResult<T> =
  | { value: T }
  | {
      error: OssCallError;
      retry: RetryPolicy;
      notBeforeMs?: number;
      /** OSS's error, where the answer held one. */
      body?: ErrorBody;
    };

/** Reads an answer: the value, or the error with how much sense another try makes. */
export async function readAnswer<T>(
  answer: Answer,
  context: CallContext,
  expected: Expectation<T>,
): Promise<CallResult<T>> {
  const { status, headers, data, failure } = answer;
  if (failure) {
    const error = unreachableError(context, failure);
    if (isStaleConnection(failure)) return { error, retry: "immediately" };
    return { error, retry: isTransient(failure) ? "fewTimes" : "never" };
  }

  const requestId = headers["x-oss-request-id"]?.toString();
  try {
    if (status === expected.status) return { value: await expected.decode(data, headers) };
    const body = { requestId, ...(await decodeError(errorBody(answer))) };
    return { error: refusedError(context, status, body), body, ...retryFor(answer, body.code) };
  } catch (error) {
    if (!(error instanceof UnexpectedBodyError)) throw error;
    return { error: unexpectedAnswerError(context, status, requestId, error.message), ...retryFor(answer) };
  }
}

/** An answer to HEAD has no body: there OSS puts the error into a header. */
function errorBody({ headers, data }: Answer): Buffer {
  const header = headers["x-oss-err"];
  return data.length === 0 && header ? Buffer.from(header.toString(), "base64") : data;
}

function retryFor({ status, headers }: Answer, code?: string): { retry: RetryPolicy; notBeforeMs?: number } {
  if (status === 429 || status === 503) {
    return { retry: "untilDeadline", notBeforeMs: throttlingDelay(headers) };
  }
  // A 400, although nothing is wrong with the request: it did not arrive in time.
  if (code === "RequestTimeout") return { retry: "fewTimes" };
  // 501 NotImplemented stays so.
  return { retry: status >= 500 && status !== 501 ? "fewTimes" : "never" };
}

/** `x-oss-qos-delay-time` (ms) is documented as how long OSS held a request back, not as advice: a floor, and capped. */
function throttlingDelay(headers: Answer["headers"]): number {
  const ms = Number(headers["x-oss-qos-delay-time"] ?? 0);
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 2_000) : 0;
}
