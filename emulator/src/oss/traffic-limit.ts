import { setTimeout as sleep } from "node:timers/promises";
import { OssError } from "../errors/oss-error";
import type { OssRequest } from "../requests/oss-request";
import type { Answer } from "../server/answer";

const name = "x-oss-traffic-limit";
/** Bits per second: 30 KB/s and 100 MB/s. */
const least = 245_760;
const most = 838_860_800;

/**
 * How many bits per second a request wants to be served with, `undefined` if it doesn't say.
 *
 * @throws OssError InvalidArgument
 */
export function readTrafficLimit({ headers, query }: OssRequest): number | undefined {
  const text = headers[name]?.toString() ?? query.get(name);
  if (text === undefined) return undefined;
  const limit = Number(text);
  if (limit >= least && limit <= most) return limit;
  throw new OssError("InvalidArgument", { ArgumentName: name, ArgumentValue: text });
}

/** Answers as late as if data had gone over the wire at that speed. @param received bytes of the request's body */
export async function slowDown(
  answer: Answer,
  limit: number,
  received: number,
  closing: AbortSignal,
): Promise<Answer> {
  const bytes = received + Buffer.byteLength(answer.body ?? "");
  const delay = Math.round((bytes * 8_000) / limit);
  await sleep(delay, undefined, { signal: closing }).catch(() => undefined);
  return { ...answer, headers: { ...answer.headers, "x-oss-qos-delay-time": delay } };
}
