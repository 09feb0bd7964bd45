import { OssCallError, type CallFailure } from "../errors";
import { printable } from "../printable";
import { describeNoAnswer, type NetworkFailure } from "../net/network-failure";
import type { ConfigNames } from "../settings/lookups";
import type { ErrorBody } from "./wire";

/** What the next-step sentences need to know about a call. */
export interface CallContext {
  operation: string;
  /** RAM action that the operation needs. */
  action: string;
  /** Empty where the call is about no bucket. */
  bucket: string;
  /** The call is about an object of the bucket. */
  isOnObject: boolean;
  attempts: number;
  /** Scheme and host that the call went to, without the bucket. */
  endpoint: string;
  /** Where the credentials came from. */
  origin: string;
  /** What else is worth knowing of that when OSS refuses them. */
  originNote?: string | undefined;
  configNames: ConfigNames;
  /** What must not show in a message, whatever OSS or something in its place answers. */
  secrets: readonly string[];
}

type NextStep = (context: CallContext) => string;

const noted = ({ originNote }: CallContext) => (originNote ? ` ${originNote}` : "");
const allow: NextStep = (context) =>
  `Allow ${context.action} on acs:oss:*:*:${context.bucket || "*"}${context.isOnObject ? "/*" : ""} ` +
  `for the identity behind the credentials from ${context.origin}.${noted(context)}`;
const allowOrForget: NextStep = (context) =>
  `${allow(context)} If the bucket belongs to another account, since it was deleted and somebody else has taken its ` +
  "name, take the resource out of the state: pulumi state delete, with its URN.";
const checkKeys: NextStep = (context) => `Check the credentials from ${context.origin}.${noted(context)}`;
const renewToken: NextStep = (context) =>
  `Renew the temporary credentials from ${context.origin}.${noted(context)}`;
const slowDown: NextStep = ({ configNames: { nameOf } }) =>
  `OSS limits the rate of bucket operations: lower --parallel or raise ${nameOf("alicloud:maxRetryTimeout")} (seconds).`;

const setRegion: NextStep = () =>
  "The bucket is in another region than the one set: correct region on its resource or connection.";

const useV1: NextStep = ({ configNames: { nameOf } }) =>
  "This OSS may know signatures of version 1 only: set signVersion: v1 on the connection, or v1 for OSS in " +
  `${nameOf("alicloud:signVersion")}.`;

const setClock: NextStep = () => "Set this machine's clock: OSS allows 15 minutes.";

/** What OSS may answer to a signature of another day, in place of RequestTimeTooSkewed: "Invalid signing date …". */
export const signedOnAnotherDay = "0002-00000212";

/** OSS of one's own may be too old for V4; then it has neither a code nor an EC that says so. */
const olderSignature = "olderSignature";

/** What to do about OSS's error codes, and finer ones where a code says little; where there is something to do. */
const nextSteps: Record<string, NextStep> = {
  AccessDenied: allow,
  NoSuchBucket: ({ bucket }) =>
    `If ${bucket} is created in the same program, pass the bucket resource's output (bucket.id), so that it is there ` +
    "first; otherwise check its name and account.",
  InvalidAccessKeyId: checkKeys,
  SignatureDoesNotMatch: checkKeys,
  InvalidSecurityToken: renewToken,
  SecurityTokenExpired: renewToken,
  AccessKeyIdAndSecurityTokenNotMatch: (context) =>
    `Key and token come from two different sign-ins: take id, secret and token from one (${context.origin}).${noted(context)}`,
  RequestTimeTooSkewed: setClock,
  [signedOnAnotherDay]: setClock,
  UserDisable: ({ origin }) => `The account behind the credentials from ${origin} is disabled or in debt.`,
  MetaOperationQpsLimitExceeded: slowDown,
  TotalQpsLimitExceeded: slowDown,
  QpsLimitExceeded: slowDown,
  // "The bucket you access does not belong to you.": without a permission, or because it is somebody else's.
  "0003-00000001": allowOrForget,
  "0002-00000063": useV1,
  [olderSignature]: useV1,
  // A custom domain or an address of one's own names no region, so OSS sees only the signature's.
  "0002-00000226": setRegion,
  "0002-00000228": setRegion,
};

const refusesV4 = ({ message = "" }: ErrorBody) => /authorization header is invalid/i.test(message);

/** An error that OSS answered with, as a sentence with bucket, code, status, request id, EC and the next step. */
export function refusedError(context: CallContext, status: number, body: ErrorBody): OssCallError {
  const { code, message, requestId, ec, endpoint } = body;
  const known = [ec ?? "", refusesV4(body) ? olderSignature : "", code].find((name) =>
    Object.hasOwn(nextSteps, name),
  );
  const next = endpoint
    ? `The bucket is served by ${clean(endpoint, context)}: set the resource's or the connection's region or endpoint accordingly.`
    : known && nextSteps[known]?.(context);
  const said = message ? `: ${clean(message, context)}` : "";
  return callError(
    context,
    `${status} ${clean(code, context)}${said}`,
    { status, code, requestId, ec },
    next || undefined,
  );
}

/** An answer that isn't what OSS documents; `what` completes "OSS answered with …". */
export function unexpectedAnswerError(
  context: CallContext,
  status: number,
  requestId: string | undefined,
  what: string,
): OssCallError {
  const next = `Check that ${context.endpoint} is an OSS endpoint and that no proxy answers in its place.`;
  return callError(context, `the answer has status ${status} and ${what}`, { status, requestId }, next);
}

/** No answer arrived. */
export function unreachableError(context: CallContext, failure: NetworkFailure): OssCallError {
  const { code } = failure;
  const host = new URL(context.endpoint).host;
  const otherwise = isTls(code) ? untrusted : "Check region and endpoint, and the network between.";
  return callError(
    context,
    describeNoAnswer(host, failure),
    { network: code },
    failure.proxy ? checkProxy(failure.proxy) : (networkSteps[code]?.(context) ?? otherwise),
  );
}

const checkProxy = (proxy: string) =>
  `Check ${proxy.split(" ").at(-1) ?? proxy}, and what the proxy allows; hosts in NO_PROXY are asked without it.`;

const networkSteps: Record<string, NextStep> = {
  ERR_TLS_CERT_ALTNAME_INVALID: () =>
    "The certificate is for another host: check the endpoint, and that nothing answers in its place.",
  CONNECT_TIMEOUT: ({ configNames: { nameOf } }) =>
    `Raise ${nameOf("alicloud:clientConnectTimeout")} (milliseconds).`,
  READ_TIMEOUT: ({ configNames: { nameOf } }) =>
    `Raise ${nameOf("alicloud:clientReadTimeout")} (milliseconds).`,
  EMFILE: () => "Raise the limit of open files (ulimit -n), or close what else holds them.",
  ENFILE: () => "Close what holds files open: the limit of the whole machine is reached.",
  NOT_SENT: () => "Check that keys and token are copied exactly, and the login in the proxy's URL.",
};

const untrusted = "Set NODE_EXTRA_CA_CERTS if its certificate is signed by an authority of your own.";
const isTls = (code: string) => /CERT|^UNABLE_TO_|^ERR_TLS/.test(code);

type Details = { [Key in "status" | "code" | "requestId" | "ec" | "network"]?: CallFailure[Key] | undefined };

function callError(
  context: CallContext,
  what: string,
  details: Details,
  next: string | undefined,
): OssCallError {
  const { operation, bucket, attempts } = context;
  const known: Partial<CallFailure> = Object.fromEntries(
    Object.entries(details)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === "string" ? clean(value, context) : value]),
  );
  const { requestId, ec } = known;
  const facts = [
    requestId && `request id ${requestId}`,
    ec && `EC ${ec}`,
    attempts > 1 && `tried ${attempts} times`,
  ].filter(Boolean);
  const inBrackets = facts.length > 0 ? ` (${facts.join(", ")})` : "";
  const call = bucket ? `${operation} of bucket ${bucket}` : operation;
  const sentence = `${call} failed: ${what.replace(/\.$/, "")}${inBrackets}.`;
  return new OssCallError(next ? `${sentence} ${next}` : sentence, { operation, bucket, attempts, ...known });
}

/** Text of an answer, fit for a message: without secrets, which something in OSS's place may repeat, in one short line. */
function clean(text: string, { secrets }: CallContext): string {
  const redacted = secrets.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
  const line = printable(redacted).replace(/ +/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
