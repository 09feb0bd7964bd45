/** Why a request got no answer. */
export interface NetworkFailure {
  /** Node's error code (`ECONNREFUSED`, `CERT_HAS_EXPIRED` …), or one of ours: see {@link ownFailures}. */
  code: string;
  /** The connection had served an earlier call, so the server may just have closed it for being idle. */
  reused: boolean;
  /** The proxy that it failed at, such as `proxy 10.0.0.1:3128 of HTTPS_PROXY`. */
  proxy?: string | undefined;
}

/** Failures that Node has no code for, and what they mean. */
export const ownFailures = {
  CONNECT_TIMEOUT: "no connection in time",
  READ_TIMEOUT: "no complete answer in time",
  BODY_TOO_LARGE: "the answer is larger than OSS documents",
  BODY_CUT_OFF: "the connection broke inside the answer",
  PROXY_REFUSED: "the proxy refused to connect",
  PROXY_UNAVAILABLE: "the proxy could not connect",
  PROXY_LOGIN: "the proxy asks for another user name and password",
  NOT_SENT: "the request could not be built",
} as const;

export type OwnFailureCode = keyof typeof ownFailures;

/** One of {@link ownFailures} on its way to where it is told. */
export class NetworkError extends Error {
  constructor(readonly code: OwnFailureCode) {
    super(ownFailures[code]);
  }
}

/** Who gave no answer and why: the proxy, where it failed there, and else the host. */
export const describeNoAnswer = (host: string, failure: NetworkFailure): string =>
  `no answer from ${failure.proxy ?? host}: ${describeNetworkFailure(failure)}`;

/** What a failure is for a person: Node's code, which is known to the web, or the meaning of one of ours. */
function describeNetworkFailure({ code }: NetworkFailure): string {
  if (isOutOfFiles(code)) return `${code}, this machine has no file or connection left to open`;
  return code in ownFailures ? ownFailures[code as OwnFailureCode] : code;
}

/** The process, or the machine, has as many files and connections open as it may. */
export const isOutOfFiles = (code: string): boolean => code === "EMFILE" || code === "ENFILE";

/** Codes that may be gone at the next try. Certificates and wrong host names don't mend themselves. */
const transientCodes = new Set([
  "CONNECT_TIMEOUT",
  "PROXY_UNAVAILABLE",
  "READ_TIMEOUT",
  "BODY_CUT_OFF",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "EMFILE",
  "ENFILE",
]);

export const isTransient = ({ code }: NetworkFailure): boolean => transientCodes.has(code);

/** The server closed an idle connection just as it was taken up again: nothing is wrong. */
export const isStaleConnection = ({ code, reused }: NetworkFailure): boolean =>
  reused && code === "ECONNRESET";
