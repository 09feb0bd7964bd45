import { createHmac } from "node:crypto";
import { OssError } from "../errors/oss-error";
import type { OssRequest } from "../requests/oss-request";
import { canonicalQuery, percentEncode, resourcePath } from "./canonical";
import type { Claim } from "./claim";
import { headerBytes } from "./headers";
import { parseHttpDate } from "./signature-v1";

const version = "OSS2";

/** The signature's own fields, from the header or from the query of a presigned URL. */
interface Fields {
  accessKeyId: string | undefined;
  additionalHeaders: string | undefined;
  signature: string | undefined;
}

/** Reads `Authorization: OSS2 …`, or the same from the query of a presigned URL: the version that old clients still offer. */
export function readSignatureV2(request: OssRequest): Claim | undefined {
  const { headers, query } = request;
  const header = headers.authorization;
  if (header?.startsWith(`${version} `)) {
    const date = headers["x-oss-date"]?.toString() ?? headers.date ?? "";
    const securityToken = headers["x-oss-security-token"]?.toString();
    const fields = readHeader(header.slice(version.length + 1));
    return { ...claim(request, fields, date), securityToken, signedAt: parseHttpDate(date) };
  }
  if (header !== undefined || query.get("x-oss-signature-version") !== version) return undefined;
  const expires = query.get("x-oss-expires") ?? "";
  if (!/^\d{1,12}$/.test(expires)) throw new OssError("MissingDate");
  const fields = {
    accessKeyId: query.get("x-oss-access-key-id"),
    additionalHeaders: query.get("x-oss-additional-headers"),
    signature: query.get("x-oss-signature"),
  };
  return {
    ...claim(request, fields, expires),
    securityToken: query.get("security-token"),
    signedAt: undefined,
    expiresAt: new Date(Number(expires) * 1000),
  };
}

function readHeader(text: string): Fields {
  const [, accessKeyId, additionalHeaders, signature] =
    /^AccessKeyId:([^,]+)(?:,AdditionalHeaders:([^,]*))?,Signature:(.+)$/.exec(text) ?? [];
  return { accessKeyId, additionalHeaders, signature };
}

function claim(request: OssRequest, { accessKeyId, additionalHeaders, signature }: Fields, date: string) {
  if (!accessKeyId || !signature) throw new OssError("InvalidAuthorization");
  const { method, headers } = request;
  const additional = additionalHeaders?.split(";").sort() ?? []; // clients list them in any order
  const ossNames = Object.keys(headers).filter((name) => name.startsWith("x-oss-"));
  const names = [...new Set([...ossNames, ...additional])].sort();
  const stringToSign = [
    method,
    headerBytes(headers["content-md5"]),
    headerBytes(headers["content-type"]),
    date,
    ...names.map((name) => `${name}:${headerBytes(headers[name])}`),
    additional.join(";"),
    canonicalResource(request),
  ].join("\n");
  const sign = (secret: string) =>
    createHmac("sha256", secret).update(stringToSign, "latin1").digest("base64");
  return { accessKeyId, signature, stringToSign, sign };
}

function canonicalResource(request: OssRequest): string {
  const path = percentEncode(resourcePath(request));
  const query = canonicalQuery(request.query);
  return query === "" ? path : `${path}?${query}`;
}
