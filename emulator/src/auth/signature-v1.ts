import { createHmac } from "node:crypto";
import { OssError } from "../errors/oss-error";
import type { OssRequest } from "../requests/oss-request";
import { resourcePath } from "./canonical";
import type { Claim } from "./claim";
import { headerBytes, ossHeaders, utf8Bytes } from "./headers";

/** Query parameters that belong to the signed resource, as the SDKs list them; `response-*` and `x-oss-*` do too. */
const signedParameters = new Set(
  `accessPoint accessPointPolicy acl append asyncFetch bucketArchiveDirectRead bucketInfo callback callback-var
  cloudboxes cname comp continuation-token cors delete encryption endTime httpsConfig img inventory inventoryId lifecycle live
  location logging metaQuery objectMeta partNumber policy policyStatus position publicAccessBlock qos qosInfo referer
  regionList replication replicationLocation replicationProgress requestPayment resourceGroup responseHeader restore rtc
  security-token sequential startTime stat status style styleName symlink tagging transferAcceleration udf udfApplication
  udfApplicationLog udfId udfImage udfImageDesc udfName uploadId uploads versionId versioning versions vod website
  withHashContext worm wormExtend wormId`.split(/\s+/),
);

/** Reads `Authorization: OSS <key id>:<signature>`, or the same from the query of a presigned URL. */
export function readSignatureV1(request: OssRequest): Claim | undefined {
  const { headers, query } = request;
  const header = headers.authorization;
  if (header?.startsWith("OSS ")) {
    const [, accessKeyId, signature] = /^OSS ([^:]+):?(.*)$/.exec(header) ?? [];
    if (!accessKeyId || !signature) {
      throw new OssError(accessKeyId ? "MissingSignature" : "InvalidAuthorization");
    }
    const date = headers["x-oss-date"]?.toString() ?? headers.date ?? "";
    const token = headers["x-oss-security-token"]?.toString();
    return claim(
      request,
      { accessKeyId, signature, securityToken: token, signedAt: parseHttpDate(date) },
      date,
    );
  }
  const accessKeyId = query.get("OSSAccessKeyId");
  if (header !== undefined || accessKeyId === undefined) return undefined;
  const expires = query.get("Expires") ?? "";
  const expiresAt = /^\d{1,12}$/.test(expires) ? new Date(Number(expires) * 1000) : undefined;
  if (expiresAt === undefined) throw new OssError("MissingDate");
  const signature = query.get("Signature") ?? "";
  const token = query.get("security-token") ?? headers["x-oss-security-token"]?.toString();
  return claim(
    request,
    { accessKeyId, signature, securityToken: token, signedAt: undefined, expiresAt },
    expires,
  );
}

function claim(request: OssRequest, given: Omit<Claim, "stringToSign" | "sign">, date: string): Claim {
  const { method, headers } = request;
  const canonicalHeaders = ossHeaders(headers).map(([name, value]) => `${name}:${value}`);
  const stringToSign = [
    method,
    headerBytes(headers["content-md5"]),
    headerBytes(headers["content-type"]),
    date,
    ...canonicalHeaders,
    utf8Bytes(canonicalResource(request)),
  ].join("\n");
  const sign = (secret: string) => createHmac("sha1", secret).update(stringToSign, "latin1").digest("base64");
  return { ...given, stringToSign, sign };
}

function canonicalResource(request: OssRequest): string {
  const { query } = request;
  const parameters = [...query.keys()]
    .filter((name) => signedParameters.has(name) || /^(response-|x-oss-)/.test(name))
    .sort()
    .map((name) => (query.get(name) ? `${name}=${query.get(name) ?? ""}` : name));
  const path = resourcePath(request);
  return parameters.length === 0 ? path : `${path}?${parameters.join("&")}`;
}

/** Reads the form that the header Date has. */
export function parseHttpDate(text: string): Date | undefined {
  const date = new Date(text);
  return text.endsWith(" GMT") && !Number.isNaN(date.getTime()) ? date : undefined;
}
