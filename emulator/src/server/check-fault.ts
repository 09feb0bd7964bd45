import { findErrorCode } from "../oss/error-codes";
import type { Fault } from "./fault";

const connections = ["reset", "reset-mid-body", "hang", "endless"];
const numbers = ["times", "after", "forMs", "delay"] as const;
const names = ["operation", "bucket", ...numbers, "carriedOut", "answer", "connection", "stale"];
const answerNames = ["status", "code", "message", "details", "body", "headers"];

/** JSON has no infinity: there `"always"` stands for it. */
export function faultFromJson(content: unknown): Fault {
  const { times, ...rest } = (content ?? {}) as Omit<Fault, "times"> & { times?: number | "always" };
  return { ...rest, ...(times !== undefined && { times: times === "always" ? Infinity : times }) };
}

/** Says what is wrong with a fault, also where it comes from JSON and no type was checked. @throws TypeError */
export function checkFault(fault: Fault): void {
  const { answer, connection } = fault;
  checkKeys("A fault", fault, names);
  checkKeys("The answer of a fault", answer ?? {}, answerNames);
  const wrong = numbers.find((name) => {
    const value: unknown = fault[name];
    return value !== undefined && !(typeof value === "number" && value >= 0);
  });
  if (wrong !== undefined) throw new TypeError(`${wrong} takes a number from 0 on.`);
  if (connection !== undefined && !connections.includes(connection)) {
    throw new TypeError(`connection is one of ${connections.join(", ")}.`);
  }
  if (answer?.code !== undefined && answer.status === undefined && !findErrorCode(answer.code)) {
    throw new TypeError(
      `answer.status is needed, because "${answer.code}" is not in the table of error codes.`,
    );
  }
}

function checkKeys(what: string, value: object, known: readonly string[]): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`${what} has no "${unknown}"; there are ${known.join(", ")}.`);
  }
}
