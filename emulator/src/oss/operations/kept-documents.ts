import type { ErrorName } from "../../errors/error-codes";
import { OssError } from "../../errors/oss-error";
import type { XmlContent } from "../../errors/xml-content";
import { parseXml } from "../../requests/xml";
import { readBucketPolicy } from "../bucket-policy";
import { checkLifecycle } from "../lifecycle-rules";
import { checkWebsite, completeWebsite } from "../website-defaults";
import { bucketOf, type Call, type Operation } from "../operation";
import { answerUnset } from "./unconfigured";

/** A configuration of a bucket that is kept as it was sent, and given back so. */
interface KeptDocument {
  subresource: string;
  /** What its operations are called behind Get, Put and Delete. */
  name: string;
  /** Throws OssError for what isn't such a document. */
  check: (body: string, call: Call) => void;
  /** Adds what OSS adds; absent: nothing. */
  complete?: (body: string) => string;
  /** What GET answers before the first PUT: an error, or a document. */
  unset: ErrorName | XmlContent;
  /** Whether there is a DELETE. */
  deletable?: true;
}

/** @param texts elements that GetBucketInfo reads */
const xml =
  (root: string, ...texts: string[]) =>
  (body: string) => {
    const document = parseXml(body, root);
    for (const name of texts) document.text(name);
  };

const documents: readonly KeptDocument[] = [
  {
    subresource: "accessmonitor",
    name: "BucketAccessMonitor",
    check: checkAccessMonitor,
    unset: { AccessMonitorConfiguration: { Status: "Disabled" } },
  },
  {
    subresource: "bucketArchiveDirectRead",
    name: "BucketArchiveDirectRead",
    check: xml("ArchiveDirectReadConfiguration"),
    unset: { ArchiveDirectReadConfiguration: { Enabled: false } },
  },
  {
    subresource: "cors",
    name: "BucketCors",
    check: xml("CORSConfiguration"),
    complete: withDefault("CORSConfiguration", "ResponseVary", false),
    unset: "NoSuchCORSConfiguration",
    deletable: true,
  },
  {
    subresource: "httpsConfig",
    name: "BucketHttpsConfig",
    check: checkHttps,
    complete: (body) => body.replace(/(<TLSVersion>[^<]*<\/TLSVersion>)(?=[\s\S]*\1)/g, ""),
    unset: { HttpsConfiguration: { TLS: { Enable: false } } },
  },
  {
    subresource: "lifecycle",
    name: "BucketLifecycle",
    check: (body, { request: { headers } }) =>
      checkLifecycle(body, headers["x-oss-allow-same-action-overlap"] === "true"),
    unset: "NoSuchLifecycle",
    deletable: true,
  },
  {
    subresource: "logging",
    name: "BucketLogging",
    check: checkLogging,
    unset: { BucketLoggingStatus: "" },
    deletable: true,
  },
  {
    subresource: "policy",
    name: "BucketPolicy",
    check: (body) => void readBucketPolicy(body),
    unset: "NoSuchBucketPolicy",
    deletable: true,
  },
  {
    subresource: "publicAccessBlock",
    name: "BucketPublicAccessBlock",
    check: xml("PublicAccessBlockConfiguration", "BlockPublicAccess"),
    unset: { PublicAccessBlockConfiguration: { BlockPublicAccess: false } },
    deletable: true,
  },
  {
    subresource: "referer",
    name: "BucketReferer",
    check: xml("RefererConfiguration"),
    complete: withDefault("RefererConfiguration", "AllowTruncateQueryString", true),
    unset: {
      RefererConfiguration: { AllowEmptyReferer: true, AllowTruncateQueryString: true, RefererList: "" },
    },
  },
  {
    subresource: "requestPayment",
    name: "BucketRequestPayment",
    check: checkPayer,
    unset: { RequestPaymentConfiguration: { Payer: "BucketOwner" } },
  },
  {
    subresource: "transferAcceleration",
    name: "BucketTransferAcceleration",
    check: xml("TransferAccelerationConfiguration", "Enabled"),
    unset: "NoSuchTransferAccelerationConfiguration",
    deletable: true,
  },
  {
    subresource: "website",
    name: "BucketWebsite",
    check: checkWebsite,
    complete: completeWebsite,
    unset: "NoSuchWebsiteConfiguration",
    deletable: true,
  },
];

function checkHttps(body: string): void {
  const tls = parseXml(body, "HttpsConfiguration").child("TLS");
  const versions = tls?.texts("TLSVersion") ?? [];
  const known = versions.every((version) => /^TLSv1\.[0-3]$/.test(version));
  if (!known || (tls?.text("Enable")?.toLowerCase() === "true" && versions.length === 0)) {
    throw new OssError("MalformedXML");
  }
}

/** Adds an element at the end, unless it is there. */
function withDefault(root: string, name: string, value: boolean) {
  return (body: string) =>
    body.includes(`<${name}>`)
      ? body
      : body.replace(`</${root}>`, `<${name}>${String(value)}</${name}></${root}>`);
}

/** Writes truth values as OSS does. */
function lowerTruth(body: string): string {
  return body.replace(/>(True|False)</g, (text) => text.toLowerCase());
}

function checkAccessMonitor(body: string, call: Call): void {
  const isOff = parseXml(body, "AccessMonitorConfiguration").text("Status") !== "Enabled";
  const rules = bucketOf(call).documents.get("lifecycle") ?? "";
  if (isOff && rules.includes("<IsAccessTime>true<")) throw new OssError("AccessMonitorInUse");
}

function checkLogging(body: string, { store }: Call): void {
  const logging = parseXml(body, "BucketLoggingStatus").child("LoggingEnabled");
  logging?.text("TargetPrefix"); // GetBucketInfo reads it
  const target = logging?.text("TargetBucket");
  if (target === undefined || store.buckets.has(target)) return;
  throw new OssError("InvalidTargetBucketForLogging", { TargetBucket: target });
}

function checkPayer(body: string): void {
  const payer = parseXml(body, "RequestPaymentConfiguration").text("Payer");
  if (payer !== "BucketOwner" && payer !== "Requester") throw new OssError("MalformedXML");
}

/** Their operations. */
export const keptDocuments: readonly Operation[] = documents.flatMap(operationsOf);

function operationsOf({
  subresource,
  name,
  check,
  complete = (body) => body,
  unset,
  deletable,
}: KeptDocument): Operation[] {
  const get: Operation = {
    name: `Get${name}`,
    method: "GET",
    on: "bucket",
    subresource,
    handle(call) {
      const bucket = bucketOf(call);
      const body = bucket.documents.get(subresource);
      if (body !== undefined) {
        const type = body.trimStart().startsWith("{") ? "application/json" : "application/xml";
        return { status: 200, headers: { "content-type": type }, body };
      }
      return answerUnset(unset, bucket);
    },
  };
  const put: Operation = {
    name: `Put${name}`,
    method: "PUT",
    on: "bucket",
    subresource,
    async handle(call) {
      const body = await call.body.text();
      check(body, call);
      bucketOf(call).documents.set(subresource, complete(lowerTruth(body)));
      return { status: 200 };
    },
  };
  const remove: Operation = {
    name: `Delete${name}`,
    method: "DELETE",
    on: "bucket",
    subresource,
    handle(call) {
      bucketOf(call).documents.delete(subresource);
      return { status: 204 };
    },
  };
  return deletable ? [get, put, remove] : [get, put];
}
