// How are STS and KMS asked?

import { createHmac } from "node:crypto";
import type { Answer } from "../net/transport";
import type { Credentials } from "../net/credentials";
import { uriEncode } from "../net/uri-encode";

/** One call of Alibaba Cloud's query-signed API ("RPC style" in its documentation), as STS and KMS have it. */
export interface RpcCall {
  action: string;
  /** Of the API, such as `2016-01-20`. */
  version: string;
  parameters: Readonly<Record<string, string>>;
  /** Milliseconds that it may take with all its tries; default 15 seconds. */
  timeoutMs?: number;
}

/** The query to GET for a call, which is where KMS wants everything. A nonce must not be used twice. */
export function signedQuery(
  { action, version, parameters }: RpcCall,
  { accessKeyId, accessKeySecret, securityToken }: Credentials,
  time: Date,
  nonce: string,
): string {
  const all = {
    Action: action,
    Version: version,
    Format: "JSON",
    ...parameters,
    AccessKeyId: accessKeyId,
    SignatureMethod: "HMAC-SHA1",
    SignatureVersion: "1.0",
    SignatureNonce: nonce,
    Timestamp: timestamp(time),
    ...(securityToken ? { SecurityToken: securityToken } : {}),
  };
  return query({ ...all, Signature: signature("GET", all, accessKeySecret) });
}

/** A time as these services take it: without milliseconds. */
export const timestamp = (time: Date) => time.toISOString().replace(/\.\d+/, "");

/** Signature version 1.0, which every RPC-style API takes. */
export function signature(
  method: string,
  parameters: Readonly<Record<string, string>>,
  accessKeySecret: string,
): string {
  const text = [method, uriEncode("/"), uriEncode(query(parameters))].join("&");
  return createHmac("sha1", `${accessKeySecret}&`).update(text).digest("base64");
}

function query(parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.map((pair) => pair.map(uriEncode).join("=")).join("&");
}

/** The object in an answer's body; empty where there is none. */
export function rpcBody({ data }: Answer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Code and request id tell what is wrong; messages can hold the string to sign, and with it the token. */
export function refusalIn(answer: Answer): { code: string | undefined; text: string } {
  const { Code, RequestId } = rpcBody(answer);
  const code = typeof Code === "string" && /^[\w.]{1,64}$/.test(Code) ? Code : undefined;
  const id =
    typeof RequestId === "string" && /^[\w-]{1,64}$/.test(RequestId) ? ` (request id ${RequestId})` : "";
  return { code, text: `${answer.status}${code ? ` ${code}` : ""}${id}` };
}

/** Whether a request was refused for its time; the answer's Date header then is all that tells the service's. */
export const isWrongTime = (answer: Answer): boolean =>
  answer.status !== 200 && (refusalIn(answer).code ?? "").startsWith("InvalidTimeStamp");
