import { createHash, createHmac } from "node:crypto";
import type { HttpRequest } from "./http";

/** A request to be signed, and what to get wrong about it. */
export interface SignedRequest extends HttpRequest {
  bucket?: string;
  key?: string;
  query?: Record<string, string>;
  accessKeyId?: string;
  accessKeySecret?: string;
  securityToken?: string;
  region?: string;
  product?: string;
  date?: Date;
  /** Replaces parts of the Authorization header. */
  tamper?: (authorization: string) => string;
}

const defaults = { accessKeyId: "emulator-access-key-id", accessKeySecret: "emulator-access-key-secret" };

/** Signs with V4 from its description alone, in path style: no code is shared with emulator or SDKs. */
export function signV4(request: SignedRequest): HttpRequest {
  const { accessKeyId, accessKeySecret } = { ...defaults, ...request };
  const { method = "GET", bucket, key = "", query = {}, region = "cn-hangzhou", product = "oss" } = request;
  const { date = new Date(), tamper = (text: string) => text } = request;
  const time = date.toISOString().replace(/[-:]|\.\d+/g, "");
  const headers: Record<string, string> = {
    ...request.headers,
    "x-oss-date": time,
    "x-oss-content-sha256": "UNSIGNED-PAYLOAD",
    ...(request.securityToken !== undefined && { "x-oss-security-token": request.securityToken }),
  };
  const path = bucket === undefined ? "/" : `/${bucket}/${key.split("/").map(encode).join("/")}`;
  const search = Object.keys(query)
    .sort()
    .map((name) => (query[name] === "" ? encode(name) : `${encode(name)}=${encode(query[name] ?? "")}`))
    .join("&");
  const lines = Object.keys(headers)
    .filter((name) => name.startsWith("x-oss-") || name === "content-type" || name === "content-md5")
    .sort()
    .map((name) => `${name}:${headers[name] ?? ""}\n`);
  const canonical = [method, path, search, lines.join(""), "", "UNSIGNED-PAYLOAD"].join("\n");
  const scope = `${time.slice(0, 8)}/${region}/${product}/aliyun_v4_request`;
  const hash = createHash("sha256").update(canonical).digest("hex");
  const toSign = `OSS4-HMAC-SHA256\n${time}\n${scope}\n${hash}`;
  let signature: Buffer | string = `aliyun_v4${accessKeySecret}`;
  for (const part of [...scope.split("/"), toSign]) {
    signature = createHmac("sha256", signature).update(part).digest();
  }
  const authorization = `OSS4-HMAC-SHA256 Credential=${accessKeyId}/${scope},Signature=${signature.toString("hex")}`;
  return {
    method,
    path: search === "" ? path : `${path}?${search}`,
    headers: { ...headers, authorization: tamper(authorization) },
    ...(request.body !== undefined && { body: request.body }),
  };
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Signs with V2, in the header or as a presigned URL; old clients still offer it. */
export function signV2(
  { bucket = "", key = "", query = {}, date = new Date(), ...request }: SignedRequest,
  expires?: Date,
): HttpRequest {
  const { accessKeyId, accessKeySecret } = { ...defaults, ...request };
  const { method = "GET", tamper = (text: string) => text, headers = {} } = request;
  const additional = Object.keys(headers).sort();
  const until = expires && String(Math.floor(expires.getTime() / 1000));
  const presigned: Record<string, string> =
    until === undefined
      ? {}
      : {
          "x-oss-signature-version": "OSS2",
          "x-oss-expires": until,
          "x-oss-access-key-id": accessKeyId,
          ...(additional.length > 0 && { "x-oss-additional-headers": additional.join(";") }),
        };
  const pairs = Object.entries({ ...query, ...presigned })
    .map(([name, value]) => (value === "" ? encode(name) : `${encode(name)}=${encode(value)}`))
    .sort();
  const time = until ?? date.toUTCString();
  const lines = additional.map((name) => `${name}:${headers[name] ?? ""}\n`).join("");
  const resource = encode(`/${bucket}/${key}`) + (pairs.length > 0 ? `?${pairs.join("&")}` : "");
  const toSign = `${method}\n\n\n${time}\n${lines}${additional.join(";")}\n${resource}`;
  const signature = createHmac("sha256", accessKeySecret).update(toSign).digest("base64");
  const path = `/${bucket}/${key.split("/").map(encode).join("/")}`;
  if (until !== undefined) {
    const signed = [...pairs, `x-oss-signature=${encode(signature)}`];
    return { method, path: tamper(`${path}?${signed.join("&")}`), headers };
  }
  const names = additional.length > 0 ? `,AdditionalHeaders:${additional.join(";")}` : "";
  const authorization = tamper(`OSS2 AccessKeyId:${accessKeyId}${names},Signature:${signature}`);
  return {
    method,
    path: pairs.length > 0 ? `${path}?${pairs.join("&")}` : path,
    headers: { ...headers, date: time, authorization },
  };
}

/** Signs with V1 a request without body and headers of its own. */
export function signV1({
  bucket = "",
  query = {},
  date = new Date(),
  ...request
}: SignedRequest): HttpRequest {
  const { accessKeyId, accessKeySecret } = { ...defaults, ...request };
  const { method = "GET", tamper = (text: string) => text } = request;
  const names = Object.keys(query).join("&");
  const time = date.toUTCString();
  const toSign = `${method}\n\n\n${time}\n/${bucket}/${names && `?${names}`}`;
  const signature = createHmac("sha1", accessKeySecret).update(toSign).digest("base64");
  return {
    method,
    path: `/${bucket}?${names}`,
    headers: { date: time, authorization: tamper(`OSS ${accessKeyId}:${signature}`) },
  };
}
