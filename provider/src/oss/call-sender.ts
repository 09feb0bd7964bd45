import { bucketNameRule, isBucketName } from "../rule/bucket-name";
import type { Call, ClientHooks, ClientOptions } from "./call";
import { redirectedAddress, type Address } from "../settings/endpoint";
import { EngineEndedError, OssCallError, OssEncryptionError } from "../errors";
import { signedOnAnotherDay } from "./error-messages";
import { readAnswer, type Expectation, type CallResult } from "./read-answer";
import { retrying, systemClock, type Attempt } from "../net/retry";
import type { Answer } from "../net/transport";
import type { Credentials } from "../net/credentials";
import type { ErrorBody } from "./wire";

/** How a try was sent, so that the next one can differ. */
interface Sent extends Address {
  credentials: Credentials;
  /** How far ahead of this machine's clock it was signed. */
  aheadMs: number;
}

/** A call on its way, with what its tries have shown so far. */
interface Sending {
  readonly call: Call;
  /** New temporary credentials were fetched for it. */
  isRenewed?: true;
  /** It is a write of which a try got no answer, or one that does not say whether it was carried out. */
  isUnanswered?: true;
}

/** Tries for failures that more patience seldom heals. */
const fewTries = 5;

/** Calls of OSS, signed by ali-oss, with retries. Failures are {@link OssEncryptionError}s: {@link OssCallError}s where OSS was called. */
export class CallSender {
  readonly #hooks: ClientHooks;
  /** Buckets that OSS said are to be addressed elsewhere. */
  readonly #redirected = new Map<string, Address>();

  constructor(
    readonly options: ClientOptions,
    hooks: Partial<ClientHooks> = {},
  ) {
    this.#hooks = {
      clock: systemClock,
      beforeWrite: () => Promise.resolve(),
      log: () => undefined,
      ...hooks,
    };
  }

  /** Carries a call out, with as many tries as its failures deserve. */
  async send<T>(call: Call, expected: Expectation<T>): Promise<T> {
    // A name with "/" or "?" would make another host of the URL.
    if ("bucket" in call && !isBucketName(call.bucket)) {
      throw new OssEncryptionError(`A bucket's name ${bucketNameRule}.`);
    }
    const sending: Sending = { call };
    try {
      const outcome = await retrying(
        (attempts, msLeft) => this.#attempt(sending, expected, attempts, msLeft),
        call.timeoutMs ?? this.options.retryTimeoutMs,
        this.#hooks.clock,
      );
      if ("error" in outcome) throw outcome.error;
      return outcome.value;
    } catch (error) {
      // Whatever the last try ended with, such as a refusal, or credentials that can't be had any more.
      const isOurs = error instanceof OssEncryptionError && !(error instanceof EngineEndedError);
      throw isOurs && sending.isUnanswered ? mayHaveLanded(error) : error;
    }
  }

  /** Where a bucket is, as far as it is known by now: OSS corrects it when the bucket is called. */
  regionOf(bucket: string): string {
    return (this.#redirected.get(bucket) ?? this.options).region;
  }

  async #attempt<T>(
    sending: Sending,
    expected: Expectation<T>,
    attempts: number,
    msLeft: number,
  ): Promise<Attempt<CallResult<T>>> {
    const { call } = sending;
    const credentials = await this.options.credentials.get();
    const { origin, originNote, configNames, transport } = this.options;
    const { operation, action = `oss:${operation}`, bucket = "" } = call;
    const { region, endpoint } = this.#redirected.get(bucket) ?? this.options;
    const sent: Sent = { region, endpoint, aheadMs: this.options.serverClock.aheadMs, credentials };
    const answer = await transport.withSlot(async () => {
      // The last thing before it is sent: waiting for credentials and for a turn may have taken long.
      if (isWrite(call)) await this.#hooks.beforeWrite();
      return this.#send(call, sent, msLeft);
    });
    const context = {
      operation,
      action,
      bucket,
      attempts,
      endpoint,
      origin,
      originNote,
      configNames,
      isOnObject: call.object !== undefined,
      secrets: [...(Object.values(credentials) as string[]), ...(call.secrets ?? [])],
    };
    const outcome = await readAnswer(answer, context, expected);

    if ("value" in outcome) return { done: outcome };
    // What answers in OSS's place may have passed the call on: only OSS's own refusal says that nothing was done.
    const isRefused = outcome.body !== undefined && answer.status < 500;
    if (isWrite(call) && !isRefused) sending.isUnanswered = true;
    const again = { again: outcome };
    if (attempts < fewTries && (await this.#learn(outcome.body, answer, sending, sent))) {
      return { ...again, immediately: true };
    }
    if (outcome.retry === "untilDeadline") return { ...again, notBeforeMs: outcome.notBeforeMs ?? 0 };
    if (outcome.retry === "never" || attempts >= fewTries) return { done: outcome };
    return { ...again, immediately: outcome.retry === "immediately" };
  }

  async #send(call: Call, sent: Sent, msLeft: number): Promise<Answer> {
    // What signs takes longer to load than all else of this package, and a preview without anything new never calls OSS.
    const { signedRequest } = await import("./signed-request.js");
    const now = Date.now() + sent.aheadMs;
    const { url, ...request } = signedRequest(call, sent, this.options, sent.credentials, now);
    const limits = { timeoutMs: msLeft, largestBody: call.largestBody };
    return this.options.transport.request(url, { ...request, ...limits });
  }

  /** Takes from OSS's error what the next try should do differently; whether there is anything. */
  async #learn(body: ErrorBody | undefined, answer: Answer, sending: Sending, sent: Sent): Promise<boolean> {
    if (body?.code === "RequestTimeTooSkewed" || body?.ec === signedOnAnotherDay) {
      // The Date header may be that of something between: it counts where the body has no time.
      return this.options.serverClock.learn(body.serverTime ?? answer.headers.date, sent.aheadMs);
    }
    switch (body?.code) {
      case "InvalidAccessKeyId":
        // A permanent key that OSS doesn't know stays unknown; temporary ones are forgotten some time after they end.
        if (!sent.credentials.securityToken) return false;
        return this.#renew(sending, sent);
      case "InvalidSecurityToken":
      case "SecurityTokenExpired":
        return this.#renew(sending, sent);
      default:
        return (
          body?.endpoint !== undefined && this.#learnEndpoint(sending.call.bucket ?? "", body.endpoint, sent)
        );
    }
  }

  async #renew(sending: Sending, sent: Sent): Promise<boolean> {
    // Once: a token that is new and refused as well says that another one won't help.
    if (sending.isRenewed) return false;
    sending.isRenewed = true;
    return this.options.credentials.replace(sent.credentials);
  }

  #learnEndpoint(bucket: string, said: string, sent: Sent): boolean {
    const known = this.#redirected.get(bucket);
    // Another call of the same bucket may have learned it while this one was under way.
    if (known) return known.endpoint !== sent.endpoint || known.region !== sent.region;
    if (this.options.cname) return false;
    const address = redirectedAddress(sent, said);
    if (!address) return false;
    this.#redirected.set(bucket, address);
    this.#hooks.log(
      `bucket ${bucket}: OSS serves it in ${address.region}, not ${sent.region}; ` +
        `region: "${address.region}" on its resource or connection saves the detour`,
    );
    return true;
  }
}

/** What is not about one call may be thrown to others, too, so it is marked in a copy. */
function mayHaveLanded(error: OssEncryptionError): OssEncryptionError {
  const own = error instanceof OssCallError ? error : new OssEncryptionError(error.message, { cause: error });
  own.mayHaveLanded = true;
  return own;
}

const isWrite = ({ method }: Call) => method === "PUT" || method === "DELETE";
