import { randomUUID } from "node:crypto";
import { retrying, type Attempt, type Clock } from "../net/retry";
import { isWrongTime, refusalIn, signedQuery, type RpcCall } from "./rpc-api";
import type { ServerClock } from "../net/server-clock";
import type { Answer, Transport } from "../net/transport";
import type { Credentials } from "../net/credentials";

export interface RpcOptions {
  /** Scheme and host of the service. */
  endpoint: string;
  credentials: { get(): Promise<Credentials> };
  /** Where the credentials come from. */
  origin: string;
  transport: Transport;
  clock: Clock;
  serverClock: ServerClock;
}

/** These calls only look, beside what a run is about: they must not hold it up for long. */
const defaultTimeoutMs = 15_000;
const mostTries = 4;

/** Sends a call that only reads, as often as its failures deserve. The last answer, whatever it is. */
export async function sendRpc(call: RpcCall, options: RpcOptions): Promise<Answer> {
  const { endpoint, credentials, transport, clock, serverClock } = options;
  const attempt = async (tries: number, msLeft: number): Promise<Attempt<Answer>> => {
    const { aheadMs } = serverClock;
    const query = signedQuery(call, await credentials.get(), new Date(serverClock.now()), randomUUID());
    const request = { method: "GET", headers: {}, timeoutMs: msLeft };
    const answer = await transport.request(`${endpoint}/?${query}`, request);
    if (tries < mostTries && isWrongTime(answer) && serverClock.learn(answer.headers.date, aheadMs)) {
      return { again: answer, immediately: true };
    }
    return tries < mostTries && isTransient(answer) ? { again: answer } : { done: answer };
  };
  const { timeoutMs = defaultTimeoutMs } = call;
  return retrying((tries, msLeft) => transport.withSlot(() => attempt(tries, msLeft)), timeoutMs, clock);
}

/** Whether another try may get another answer. These services throttle with status 400. */
function isTransient(answer: Answer): boolean {
  const { status, failure } = answer;
  if (failure) return failure.reused || failure.code === "READ_TIMEOUT" || failure.code.startsWith("ECONN");
  return status === 429 || status >= 500 || (refusalIn(answer).code ?? "").startsWith("Throttling");
}
