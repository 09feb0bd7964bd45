import type { OssCallError } from "./errors";
import { refused, unexpected, unreachable, type CallContext } from "./explain";
import type { Answer } from "./transport";
import { decodeError, type ErrorBody } from "./wire";
import { UnexpectedBodyError } from "./xml";

/** What an operation takes for success, and how it reads the body then. */
export interface Expectation<T> {
  statuses: readonly number[];
  decode: (body: Buffer, headers: Answer["headers"]) => Promise<T>;
}

/** What an answer means for the call that got it. */
export type Outcome<T> =
  | { value: T }
  | {
      error: OssCallError;
      /** `few`: a handful of tries may heal it. `patiently`: OSS asks to wait, up to the time limit. */
      retry: "never" | "at once" | "few" | "patiently";
      notBeforeMs?: number;
      /** OSS's error, where the answer held one. */
      body?: ErrorBody;
    };

/** Network errors that may be gone at the next try. Certificates and wrong host names don't mend themselves. */
const passing = new Set([
  ...["CONNECT_TIMEOUT", "READ_TIMEOUT", "BODY_CUT_OFF"],
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"],
]);

/** Reads an answer: the value, or the error with how much sense another try makes. */
export async function judge<T>(
  answer: Answer,
  context: CallContext,
  expected: Expectation<T>,
): Promise<Outcome<T>> {
  const { status, headers, data, failure } = answer;
  if (failure) {
    const error = unreachable(context, failure);
    // The server closed an idle connection just as it was taken up again: nothing is wrong.
    if (failure.reused && failure.code === "ECONNRESET") return { error, retry: "at once" };
    return { error, retry: passing.has(failure.code) ? "few" : "never" };
  }

  const requestId = headers["x-oss-request-id"]?.toString();
  const isSuccess = expected.statuses.includes(status);
  try {
    if (isSuccess) return { value: await expected.decode(data, headers) };
    const body = { ...(requestId ? { requestId } : {}), ...(await decodeError(errorBody(answer))) };
    return { error: refused(context, status, body), body, ...retryFor(answer) };
  } catch (error) {
    if (!(error instanceof UnexpectedBodyError)) throw error;
    return { error: unexpected(context, status, requestId, error.message), ...retryFor(answer) };
  }
}

/** An answer to HEAD has no body: there OSS puts the error into a header. */
function errorBody({ headers, data }: Answer): Buffer {
  const header = headers["x-oss-err"];
  return data.length === 0 && header ? Buffer.from(header.toString(), "base64") : data;
}

function retryFor({ status, headers }: Answer): {
  retry: "never" | "few" | "patiently";
  notBeforeMs?: number;
} {
  if (status === 429 || status === 503) return { retry: "patiently", notBeforeMs: throttlingDelay(headers) };
  // 501 NotImplemented stays so.
  return { retry: status >= 500 && status !== 501 ? "few" : "never" };
}

/** `x-oss-qos-delay-time` (ms) is documented as how long OSS held a request back, not as advice: a floor, and capped. */
function throttlingDelay(headers: Answer["headers"]): number {
  const ms = Number(headers["x-oss-qos-delay-time"] ?? 0);
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 2_000) : 0;
}
