// What does OSS do?

import { authenticate, type Authenticated } from "../auth/authenticate";
import type { Answer } from "../server/answer";
import type { ActiveFault } from "../server/faults";
import { RequestBody } from "../requests/request-body";
import { loggablePath } from "../server/request-log";
import type { ServerState } from "../server/server-state";
import type { Service } from "../server/service";
import { authorize } from "./authorize";
import { refuseEncryption } from "../store/encryption-rule";
import { xmlAnswer, type Operation } from "./operation";
import { OssError } from "../errors/oss-error";
import { parseRequest, type OssRequest } from "../requests/oss-request";
import { deleteObject, getObject } from "./operations/object";
import { findOperation } from "./routes";
import { readTrafficLimit, slowDown } from "./traffic-limit";
import type { XmlContent } from "../errors/xml-content";

/** OSS itself. */
export const ossService: Service = {
  understand(state, message, target, entry) {
    const request = parseRequest(message, target, state.hosts);
    Object.assign(entry, { bucket: request.bucket, key: request.key, path: loggablePath(request) });
    const operation = findOperation(request);
    entry.operation = operation.name;
    const sender = findSender(state, request, operation);
    Object.assign(entry, { account: sender?.identity.account, identity: sender?.identity.name });
    limitRate(state, operation, sender?.identity.account ?? "");
    const body = new RequestBody(message);
    return {
      operation: operation.name,
      bucket: request.bucket,
      run: (fault) => carryOut(state, operation, request, sender, body, fault),
    };
  },

  /** An error in OSS's XML. An answer to HEAD has no body: there the XML travels in a header. */
  refuse({ status, code, message, ec, details, headers }, { id, host, method }) {
    const answer = xmlAnswer(
      {
        Error: {
          Code: code,
          Message: message,
          RequestId: id,
          HostId: host,
          ...(details as XmlContent),
          EC: ec,
          RecommendDoc: ec && `https://api.alibabacloud.com/troubleshoot?q=${ec}`,
        },
      },
      { ...(ec !== undefined && { "x-oss-ec": ec }), ...headers },
      status,
    );
    if (method !== "HEAD") return answer;
    const header = Buffer.from(answer.body ?? "").toString("base64");
    return { status, headers: { ...answer.headers, "x-oss-err": header } };
  },
};

/** @throws OssError: a bucket that doesn't exist is told also to those whose key nobody knows */
function findSender(
  { accounts, store, now }: ServerState,
  request: OssRequest,
  operation: Operation,
): Authenticated | undefined {
  try {
    return authenticate(request, accounts, now());
  } catch (error) {
    const unknownKey = error instanceof OssError && error.code === "InvalidAccessKeyId";
    if (unknownKey && request.bucket !== undefined && !operation.createsBucket) {
      store.bucket(request.bucket);
    }
    throw error;
  }
}

/** @throws OssError NotImplemented: an upload must not look as if a callback had been sent */
function refuseCallback({ headers, query }: OssRequest): void {
  if (headers["x-oss-callback"] === undefined && !query.has("callback")) return;
  throw new OssError(
    "NotImplemented",
    { Header: "x-oss-callback" },
    "The emulator does not implement callbacks.",
  );
}

function limitRate(
  { metaLimiter, totalLimiter, now }: ServerState,
  operation: Operation,
  account: string,
): void {
  const isMeta = operation.on === "bucket" && !operation.name.startsWith("ListObject");
  const wait = isMeta ? metaLimiter.take(account, now()) : 0;
  const delay = wait || totalLimiter.take(account, now());
  if (delay === 0) return;
  const error = new OssError(wait ? "MetaOperationQpsLimitExceeded" : "TotalQpsLimitExceeded");
  error.headers = { "x-oss-qos-delay-time": delay };
  throw error;
}

function carryOut(
  state: ServerState,
  operation: Operation,
  request: OssRequest,
  sender: Authenticated | undefined,
  body: RequestBody,
  fault: ActiveFault | undefined,
): Answer | Promise<Answer> {
  const { store, consistencyDelay } = state;
  authorize(operation, request, sender, store);
  if (!operation.encrypts) refuseEncryption(request.headers);
  refuseCallback(request);
  const limit = readTrafficLimit(request);
  const now = state.now();
  const answer = operation.handle({
    request,
    identity: sender?.identity,
    store,
    body,
    now,
    authorizeRead: (bucket, key) => authorize(getObject, { ...request, bucket, key }, sender, store),
    authorizeDelete: (key) => authorize(deleteObject, { ...request, key }, sender, store),
    region: request.region ?? sender?.signedRegion ?? state.region,
    writeRule: ({ encryption }, rule) => encryption.set(rule, state.now(), state.now() - consistencyDelay),
    readRule: ({ name, encryption }) =>
      fault?.stale ? fault.snapshot.get(name) : encryption.asOf(now - consistencyDelay),
  });
  if (limit === undefined) return answer;
  return Promise.resolve(answer).then((full) => slowDown(full, limit, body.received, state.closing));
}
