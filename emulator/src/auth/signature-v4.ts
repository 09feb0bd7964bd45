import { createHash, createHmac } from "node:crypto";
import { OssError } from "../errors/oss-error";
import type { OssRequest } from "../requests/oss-request";
import { canonicalQuery, percentEncode, resourcePath } from "./canonical";
import type { Claim } from "./claim";
import { headerBytes } from "./headers";

const algorithm = "OSS4-HMAC-SHA256";
/** How a presigned URL of a wrong region is refused. */
export const invalidRegion = "The signing region in credential is invalid.";
const longestPresigned = 7 * 24 * 3600;
const parameters = {
  version: "x-oss-signature-version",
  credential: "x-oss-credential",
  date: "x-oss-date",
  expires: "x-oss-expires",
  additionalHeaders: "x-oss-additional-headers",
  signature: "x-oss-signature",
  securityToken: "x-oss-security-token",
} as const;

/** The signature's own fields, from the header or from the query of a presigned URL. */
interface Fields {
  credential: string | undefined;
  additionalHeaders: string | undefined;
  signature: string | undefined;
  date: string | undefined;
  securityToken: string | undefined;
}

/** Reads `Authorization: OSS4-HMAC-SHA256 …`, or the same from the query of a presigned URL. */
export function readSignatureV4(request: OssRequest): Claim | undefined {
  const { headers, query } = request;
  const header = headers.authorization;
  if (header?.startsWith(algorithm)) {
    if (headers["x-oss-content-sha256"] !== "UNSIGNED-PAYLOAD") throw new OssError("InvalidPayloadHash");
    const date = headers["x-oss-date"]?.toString() ?? headers.date; // signed as it was sent
    const securityToken = headers[parameters.securityToken]?.toString();
    return claim(request, { ...readHeader(header.slice(algorithm.length)), date, securityToken });
  }
  if (header !== undefined || query.get(parameters.version) !== algorithm) return undefined;
  const expires = Number(query.get(parameters.expires));
  if (!Number.isInteger(expires) || expires < 1 || expires > longestPresigned) {
    throw new OssError("InvalidArgument", { ArgumentName: parameters.expires });
  }
  const fields = {
    credential: query.get(parameters.credential),
    additionalHeaders: query.get(parameters.additionalHeaders),
    signature: query.get(parameters.signature),
    date: query.get(parameters.date),
    securityToken: query.get(parameters.securityToken),
  };
  if (fields.credential?.split("/")[2] === "") throw new OssError("InvalidSigningRegion", {}, invalidRegion);
  const read = claim(request, fields);
  return { ...read, expiresAt: new Date((read.signedAt?.getTime() ?? 0) + expires * 1000) };
}

function readHeader(text: string) {
  const fields = new Map(text.split(",").map((field) => splitOnce(field.trim(), "=")));
  return {
    credential: fields.get("Credential"),
    additionalHeaders: fields.get("AdditionalHeaders"),
    signature: fields.get("Signature"),
  };
}

function claim(
  request: OssRequest,
  { credential, additionalHeaders, signature, date, securityToken }: Fields,
): Claim {
  if (!signature) throw new OssError("MissingSignature");
  const [accessKeyId, day, region, product, suffix, ...rest] = credential?.split("/") ?? [];
  if (!accessKeyId || !day || !region || suffix !== "aliyun_v4_request" || rest.length > 0) {
    throw new OssError("InvalidCredential");
  }
  if (product !== "oss" && product !== "oss-cloudbox") throw new OssError("InvalidSigningProduct");
  if (additionalHeaders === "") throw new OssError("EmptyAdditionalHeaders");
  const additional = additionalHeaders?.split(";") ?? [];
  const absent = additional.find((name) => request.headers[name] === undefined);
  if (absent !== undefined) throw new OssError("AbsentAdditionalHeader", { ArgumentName: absent });
  const signedAt = parseDate(date);
  if (date === undefined || signedAt?.toISOString().slice(0, 10).replaceAll("-", "") !== day) {
    throw new OssError("InvalidSigningDate");
  }

  const scope = `${day}/${region}/${product}/aliyun_v4_request`;
  const canonical = canonicalRequest(request, additional);
  const stringToSign = [
    algorithm,
    date,
    scope,
    createHash("sha256").update(canonical, "latin1").digest("hex"),
  ].join("\n");
  const sign = (secret: string) =>
    [day, region, product, "aliyun_v4_request", stringToSign]
      .reduce<Buffer | string>(
        (key, part) => createHmac("sha256", key).update(part).digest(),
        `aliyun_v4${secret}`,
      )
      .toString("hex");
  return { accessKeyId, signature, securityToken, signedAt, region, stringToSign, sign };
}

function canonicalRequest(request: OssRequest, additional: string[]): string {
  const { method, query, headers } = request;
  const always = Object.keys(headers).filter(
    (name) => name === "content-type" || name === "content-md5" || name.startsWith("x-oss-"),
  );
  const names = [...new Set([...always, ...additional])].sort();
  const lines = names.map((name) => `${name}:${headerBytes(headers[name])}\n`).join("");
  return [
    method,
    percentEncode(resourcePath(request)).replaceAll("%2F", "/"),
    canonicalQuery(query),
    lines,
    additional.join(";"),
    "UNSIGNED-PAYLOAD",
  ].join("\n");
}

/** Reads `20251123T182913Z`, or the form that the header Date has. */
function parseDate(text = ""): Date | undefined {
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
  const iso = text.replace(basic, "$1-$2-$3T$4:$5:$6Z");
  const date = new Date(iso !== text || text.endsWith(" GMT") ? iso : NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
