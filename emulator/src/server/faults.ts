import type { EncryptionRule } from "../store/encryption-rule";
import { findErrorCode } from "../errors/error-codes";
import { Refusal } from "../errors/refusal";
import type { Answer } from "./answer";
import type { Fault, FaultAnswer } from "./fault";

/** A fault that is about to happen to one request. */
export interface ActiveFault extends Fault {
  /** Default rules at the time of scripting, by bucket. */
  snapshot: ReadonlyMap<string, EncryptionRule | undefined>;
  /** Aborted where the fault is taken back, also after it was used up. */
  takenBack: AbortSignal;
}

interface Scripted extends ActiveFault {
  passesLeft: number;
  timesLeft: number;
  endsAt: number;
}

/** The faults scripted for an emulator. */
export class Faults {
  private scripted: Scripted[] = [];
  private cleared = new AbortController();

  /** @returns a function that takes the fault back */
  add(fault: Fault, snapshot: ActiveFault["snapshot"], now: number): () => void {
    const { after = 0, times = 1, forMs = Infinity } = fault;
    const end = new AbortController();
    const takenBack = AbortSignal.any([end.signal, this.cleared.signal]);
    const scripted = {
      ...fault,
      snapshot,
      takenBack,
      passesLeft: after,
      timesLeft: times,
      endsAt: now + forMs,
    };
    this.scripted.push(scripted);
    return () => {
      this.scripted = this.scripted.filter((other) => other !== scripted);
      end.abort();
    };
  }

  clear(): void {
    this.scripted = [];
    this.cleared.abort();
    this.cleared = new AbortController();
  }

  /** How many faults may still happen. */
  get pending(): number {
    return this.scripted.length;
  }

  /** The fault for this request, if any; uses it up by one. */
  take(operation: string, bucket: string | undefined, now: number): ActiveFault | undefined {
    this.scripted = this.scripted.filter(({ timesLeft, endsAt }) => timesLeft > 0 && now < endsAt);
    const fault = this.scripted.find(
      (other) =>
        (other.operation === undefined || [other.operation].flat().includes(operation)) &&
        (other.bucket === undefined || other.bucket === bucket) &&
        other.passesLeft-- <= 0,
    );
    if (fault) fault.timesLeft--;
    return fault;
  }
}

/** Whether the operation itself happens under this fault. */
export function isCarriedOut({ carriedOut, answer, connection }: Fault): boolean {
  return carriedOut ?? (answer === undefined && connection !== "reset" && connection !== "hang");
}

/**
 * The answer that a fault makes up.
 *
 * @param refuse puts an error into the format of the service that was asked
 */
export function answerOf(fault: FaultAnswer, refuse: (refusal: Refusal) => Answer): Answer {
  const { code, message, details, body, headers } = fault;
  const known = code === undefined ? undefined : findErrorCode(code);
  const status = fault.status ?? known?.status ?? 200;
  const base: Answer =
    code === undefined
      ? { status }
      : refuse(
          new Refusal(status, known?.code ?? code, message ?? known?.message ?? code, known?.ec, details),
        );
  return {
    ...base,
    headers: { ...base.headers, ...headers },
    ...(body !== undefined && { body: Buffer.from(body) }),
  };
}
