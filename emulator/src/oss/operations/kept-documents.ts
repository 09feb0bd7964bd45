import type { ErrorName } from "../../errors/error-codes";
import { OssError } from "../../errors/oss-error";
import type { XmlContent } from "../../errors/xml-content";
import { parseXml } from "../../requests/xml";
import { readBucketPolicy } from "../bucket-policy";
import { bucketOf, xmlAnswer, type Operation } from "../operation";

/** A configuration of a bucket that is kept as it was sent, and given back so. */
interface KeptDocument {
  subresource: string;
  /** What its operations are called behind Get, Put and Delete. */
  name: string;
  /** Throws OssError for what isn't such a document. */
  check: (body: string) => void;
  /** What GET answers before the first PUT: an error, or a document. */
  unset: ErrorName | XmlContent;
  /** Whether there is a DELETE. */
  deletable?: true;
}

const xml = (root: string) => (body: string) => void parseXml(body, root);

const documents: readonly KeptDocument[] = [
  {
    subresource: "accessmonitor",
    name: "BucketAccessMonitor",
    check: xml("AccessMonitorConfiguration"),
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
    unset: "NoSuchCORSConfiguration",
    deletable: true,
  },
  {
    subresource: "httpsConfig",
    name: "BucketHttpsConfig",
    check: xml("HttpsConfiguration"),
    unset: { HttpsConfiguration: { TLS: { Enable: false } } },
  },
  {
    subresource: "lifecycle",
    name: "BucketLifecycle",
    check: xml("LifecycleConfiguration"),
    unset: "NoSuchLifecycle",
    deletable: true,
  },
  {
    subresource: "logging",
    name: "BucketLogging",
    check: xml("BucketLoggingStatus"),
    unset: { BucketLoggingStatus: "" },
    deletable: true,
  },
  {
    subresource: "policy",
    name: "BucketPolicy",
    check: readBucketPolicy,
    unset: "NoSuchBucketPolicy",
    deletable: true,
  },
  {
    subresource: "publicAccessBlock",
    name: "BucketPublicAccessBlock",
    check: xml("PublicAccessBlockConfiguration"),
    unset: { PublicAccessBlockConfiguration: { BlockPublicAccess: false } },
    deletable: true,
  },
  {
    subresource: "referer",
    name: "BucketReferer",
    check: xml("RefererConfiguration"),
    unset: {
      RefererConfiguration: { AllowEmptyReferer: true, AllowTruncateQueryString: true, RefererList: "" },
    },
  },
  {
    subresource: "requestPayment",
    name: "BucketRequestPayment",
    check: xml("RequestPaymentConfiguration"),
    unset: { RequestPaymentConfiguration: { Payer: "BucketOwner" } },
  },
  {
    subresource: "transferAcceleration",
    name: "BucketTransferAcceleration",
    check: xml("TransferAccelerationConfiguration"),
    unset: "NoSuchTransferAccelerationConfiguration",
  },
  {
    subresource: "website",
    name: "BucketWebsite",
    check: xml("WebsiteConfiguration"),
    unset: "NoSuchWebsiteConfiguration",
    deletable: true,
  },
];

/** Their operations. */
export const keptDocuments: readonly Operation[] = documents.flatMap(operationsOf);

function operationsOf({ subresource, name, check, unset, deletable }: KeptDocument): Operation[] {
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
      if (typeof unset === "string") throw new OssError(unset, { BucketName: bucket.name });
      return xmlAnswer(unset);
    },
  };
  const put: Operation = {
    name: `Put${name}`,
    method: "PUT",
    on: "bucket",
    subresource,
    async handle(call) {
      const body = await call.body.text();
      check(body);
      bucketOf(call).documents.set(subresource, body);
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
