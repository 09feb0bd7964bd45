import { createHash } from "node:crypto";
import { isIP } from "node:net";
import * as signUtils from "ali-oss/lib/common/signUtils";
import type { Credentials } from "../net/credentials";
import { uriEncode } from "../net/uri-encode";
import type { Address } from "../settings/endpoint";
import type { Call, ClientOptions } from "./call";

/** How an endpoint wants to be asked. */
type Manner = Pick<ClientOptions, "cname" | "cloudBoxId" | "signVersion" | "pathStyle">;

/** A request as it is sent. */
export interface SignedRequest {
  url: string;
  method: Call["method"];
  headers: Record<string, string>;
  content?: Buffer | undefined;
}

/** Parameters that V1 signs besides the sub-resource: they name what is asked for. */
const signedByV1 = ["continuation-token", "versionId"];

/** The request of a call, signed by ali-oss; `now` is OSS's time in milliseconds since 1970. */
export function signedRequest(
  call: Call,
  { region, endpoint }: Address,
  { cname, cloudBoxId, signVersion, pathStyle }: Manner,
  { accessKeyId, accessKeySecret, securityToken }: Credentials,
  now: number,
): SignedRequest {
  const { method, bucket, object, subresource, query = {}, content } = call;
  const isV4 = signVersion === "v4";
  const time = new Date(now);
  const headers: Record<string, string> = {
    "x-oss-date": isV4 ? time.toISOString().replace(/[-:]|\.\d+/g, "") : time.toUTCString(),
    ...(isV4 && { "x-oss-content-sha256": "UNSIGNED-PAYLOAD" }),
    ...(securityToken && { "x-oss-security-token": securityToken }),
    ...(content && {
      "content-type": "application/xml",
      "content-md5": createHash("md5").update(content).digest("base64"),
      "content-length": String(content.length),
    }),
  };
  const parameters = subresource ? { ...query, [subresource]: "" } : query;
  if (isV4) {
    const queries = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, value || null]),
    );
    headers.authorization = signUtils.authorizationV4(
      accessKeyId,
      accessKeySecret,
      cloudBoxId ?? region,
      method,
      { headers, queries },
      bucket,
      object,
      undefined,
      undefined,
      cloudBoxId,
    );
  } else {
    const isSigned = (name: string) => name === subresource || signedByV1.includes(name);
    const signed = Object.fromEntries(Object.entries(parameters).filter(([name]) => isSigned(name)));
    const resource = `/${bucket ? `${bucket}/` : ""}${object ?? ""}`;
    const text = signUtils.buildCanonicalString(method, resource, { headers, parameters: signed });
    headers.authorization = signUtils.authorization(accessKeyId, accessKeySecret, text);
  }

  // No signature covers host and path: both versions sign the names of bucket and object.
  const url = new URL(endpoint);
  if (!pathStyle && isIP(url.hostname)) {
    headers.host = `${bucket ? `${bucket}.` : ""}oss-${region}.aliyuncs.com`;
  }
  if (bucket && !pathStyle && !cname && !isIP(url.hostname)) url.hostname = `${bucket}.${url.hostname}`;
  const path = [pathStyle ? bucket : undefined, ...(object?.split("/") ?? [""])].filter(
    (part) => part !== undefined,
  );
  const search = Object.entries(parameters).map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`);
  const tail = search.length > 0 ? `?${search.join("&")}` : "";
  return { url: `${url.origin}/${path.map(uriEncode).join("/")}${tail}`, method, headers, content };
}
