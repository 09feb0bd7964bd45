// How is a request taken in, disturbed, answered and logged?

import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parseTarget, type Target } from "../requests/oss-request";
import { Refusal } from "../errors/refusal";
import type { Answer } from "./answer";
import { deliver } from "./deliver";
import { answerOf, isCarriedOut, type ActiveFault } from "./faults";
import type { LoggedRequest } from "./request-log";
import type { ServerState } from "./server-state";
import type { Service } from "./service";

/** Answers one request, from its first line to the end of its entry in the log. */
export async function handleRequest(
  state: ServerState,
  findService: (target: Target) => Service,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = parseTarget(message);
  const entry = newEntry(message, target, state.now());
  const service = findService(target);
  if (!service.silent) state.log.begin(entry);
  const { answer, fault } = await findAnswer(service, state, message, target, entry);
  const isDropped = response.closed || fault?.connection === "reset" || fault?.connection === "hang";
  entry.status = isDropped ? 0 : answer.status;
  entry.fault = fault !== undefined;
  entry.dropped = fault?.connection?.startsWith("reset") ?? false;
  response.setHeader("server", "AliyunOSS");
  response.setHeader("x-oss-request-id", entry.id);
  response.setHeader("x-oss-server-time", Math.round(state.now() - entry.time.getTime()));
  // A body that no read asks for must not become the beginning of the next request.
  if (!message.complete && /^(GET|HEAD)$/.test(entry.method)) response.setHeader("connection", "close");
  try {
    response.setHeader("date", new Date(state.now()).toUTCString());
    await deliver(answer, response, fault?.connection, state.closing);
  } catch (error) {
    entry.bug = stackOf(error); // such as a scripted header that HTTP doesn't allow
    response.destroy();
  }
  entry.duration = state.now() - entry.time.getTime();
  entry.dropped ||= !response.writableFinished;
  if (!service.silent) state.log.end(entry);
}

async function findAnswer(
  service: Service,
  state: ServerState,
  message: IncomingMessage,
  target: Target,
  entry: LoggedRequest,
): Promise<{ answer: Answer; fault: ActiveFault | undefined }> {
  let fault: ActiveFault | undefined;
  let answer: Answer = { status: 200 };
  try {
    const task = await service.understand(state, message, target, entry);
    if (!service.silent) {
      fault = state.faults.take(task.operation, task.bucket, state.now());
      await pause(state.latency(), state.closing);
      if (fault?.delay) await pause(fault.delay, AbortSignal.any([state.closing, fault.takenBack]));
    }
    if (fault === undefined || isCarriedOut(fault)) answer = await task.run(fault);
  } catch (error) {
    const refusal = asRefusal(error, message, entry);
    entry.code = refusal.code;
    answer = service.refuse(refusal, entry);
  }
  if (fault?.answer) {
    entry.code = fault.answer.code;
    answer = answerOf(fault.answer, (refusal) => service.refuse(refusal, entry));
  }
  return { answer, fault };
}

function asRefusal(error: unknown, message: IncomingMessage, entry: LoggedRequest): Refusal {
  if (error instanceof Refusal) return error;
  if (message.destroyed && !message.complete) {
    return new Refusal(400, "IncompleteBody", "The client left before the end of the body.");
  }
  entry.bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Refusal(
    500,
    "InternalError",
    "Please contact the server administrator, oss@service.aliyun.com.",
  );
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function newEntry(message: IncomingMessage, { host }: Target, now: number): LoggedRequest {
  return {
    id: randomBytes(12).toString("hex").toUpperCase(),
    time: new Date(now),
    operation: undefined,
    bucket: undefined,
    key: undefined,
    method: message.method ?? "GET",
    host: host.replace(/:\d+$/, ""),
    path: "",
    account: undefined,
    identity: undefined,
    status: 0,
    code: undefined,
    fault: false,
    dropped: false,
    duration: 0,
  };
}
