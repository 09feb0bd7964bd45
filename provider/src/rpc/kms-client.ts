import { randomUUID } from "node:crypto";
import { KmsCallError } from "../errors";
import { retrying, type Attempt, type Clock } from "../net/retry";
import { refusalIn, rpcBody, signedQuery } from "./rpc-api";
import { describeNetworkFailure } from "../net/network-failure";
import type { Answer, Transport } from "../net/transport";
import type { Credentials } from "../net/credentials";

export interface KmsOptions {
  /** Scheme and host of KMS in the region of the keys. */
  endpoint: string;
  credentials: { get(): Promise<Credentials> };
  /** Where the credentials come from. */
  origin: string;
  transport: Transport;
  clock: Clock;
  /** Milliseconds since 1970. */
  time: () => number;
}

/** Looking at a key is a side-line: it must not hold up an audit for long. */
const timeoutMs = 15_000;
const mostTries = 4;

/** RAM action that looking takes. */
const action = "kms:DescribeKey";

const notFound = new Set(["Forbidden.KeyNotFound", "Forbidden.AliasNotFound"]);

/** Looks up the customer master keys of one account in one region. */
export class KmsClient {
  constructor(
    /** @internal */
    readonly options: KmsOptions,
  ) {}

  /**
   * The state of a key in KMS's own word: `Enabled`, `Disabled`, `PendingDeletion`, `PendingImport`. Undefined: there is
   * no such key. Throws KmsCallError where there is no telling.
   */
  async keyState(keyId: string): Promise<string | undefined> {
    const { transport, clock } = this.options;
    const answer = await retrying(
      (tries, msLeft) => transport.withSlot(() => this.#describeKey(keyId, tries, msLeft)),
      timeoutMs,
      clock,
    );
    const { KeyMetadata } = rpcBody(answer);
    const { KeyState } = (KeyMetadata ?? {}) as Record<string, unknown>;
    if (answer.status === 200 && typeof KeyState === "string" && /^\w{1,32}$/.test(KeyState)) return KeyState;
    if (answer.status === 404 && notFound.has(refusalIn(answer).code ?? "")) return undefined;
    throw this.#failure(keyId, answer);
  }

  async #describeKey(keyId: string, tries: number, msLeft: number): Promise<Attempt<Answer>> {
    const { endpoint, credentials, transport, time } = this.options;
    const call = { action: "DescribeKey", version: "2016-01-20", parameters: { KeyId: keyId } };
    const query = signedQuery(call, await credentials.get(), new Date(time()), randomUUID());
    const request = { method: "GET", headers: {}, ctx: { msLeft } };
    const answer = await transport.request(`${endpoint}/?${query}`, request);
    return tries < mostTries && isTransient(answer) ? { again: answer } : { done: answer };
  }

  #failure(keyId: string, answer: Answer): KmsCallError {
    const { endpoint, origin } = this.options;
    const { status, failure } = answer;
    const { host } = new URL(endpoint);
    const sentence = (what: string) => `DescribeKey of KMS failed: ${what}.`;
    if (failure) {
      const { code } = failure;
      return new KmsCallError(sentence(`no answer from ${host}: ${describeNetworkFailure(failure)}`), {
        status,
        code,
      });
    }
    const { code, text } = refusalIn(answer);
    const known = { status, code };
    if (status === 200) {
      return new KmsCallError(sentence(`the answer of ${host} names no state of a key`), known);
    }
    const refused = sentence(`${host} answered ${text}`);
    if (status !== 403 || code?.startsWith("InvalidAccessKeyId")) return new KmsCallError(refused, known);
    const allow = `Allow ${action} on acs:kms:*:*:key/${keyId} for the identity behind the credentials from ${origin}.`;
    return new KmsCallError(`${refused} ${allow}`, { ...known, missingAction: action });
  }
}

/** Whether another try may get another answer. KMS throttles with status 400. */
function isTransient(answer: Answer): boolean {
  const { status, failure } = answer;
  if (failure) return failure.reused || failure.code === "READ_TIMEOUT" || failure.code.startsWith("ECONN");
  return status === 429 || status >= 500 || (refusalIn(answer).code ?? "").startsWith("Throttling");
}
