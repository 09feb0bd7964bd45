import type { ErrorName } from "../../errors/error-codes";
import { bucketOf, xmlAnswer, type Operation } from "../operation";
import { OssError } from "../../errors/oss-error";
import type { XmlContent } from "../../errors/xml-content";

/** What OSS answers about a bucket on which something was never configured: an error, or a document that says so. */
const answers: readonly [subresource: string, operation: string, answer: ErrorName | XmlContent][] = [
  ["accessmonitor", "GetBucketAccessMonitor", { AccessMonitorConfiguration: { Status: "Disabled" } }],
  [
    "bucketArchiveDirectRead",
    "GetBucketArchiveDirectRead",
    { ArchiveDirectReadConfiguration: { Enabled: false } },
  ],
  ["cname", "ListCname", { ListCnameResult: {} }],
  ["cors", "GetBucketCors", "NoSuchCORSConfiguration"],
  ["httpsConfig", "GetBucketHttpsConfig", { HttpsConfiguration: { TLS: { Enable: false } } }],
  ["inventory", "ListBucketInventory", "NoSuchInventory"],
  ["lifecycle", "GetBucketLifecycle", "NoSuchLifecycle"],
  ["logging", "GetBucketLogging", { BucketLoggingStatus: "" }],
  ["policy", "GetBucketPolicy", "NoSuchBucketPolicy"],
  ["policyStatus", "GetBucketPolicyStatus", { PolicyStatus: { IsPublic: false } }],
  [
    "publicAccessBlock",
    "GetBucketPublicAccessBlock",
    { PublicAccessBlockConfiguration: { BlockPublicAccess: false } },
  ],
  [
    "referer",
    "GetBucketReferer",
    { RefererConfiguration: { AllowEmptyReferer: true, AllowTruncateQueryString: true, RefererList: "" } },
  ],
  ["replication", "GetBucketReplication", "NoSuchReplicationConfiguration"],
  ["requestPayment", "GetBucketRequestPayment", { RequestPaymentConfiguration: { Payer: "BucketOwner" } }],
  [
    "resourceGroup",
    "GetBucketResourceGroup",
    { BucketResourceGroupConfiguration: { ResourceGroupId: "rg-default" } },
  ],
  ["transferAcceleration", "GetBucketTransferAcceleration", "NoSuchTransferAccelerationConfiguration"],
  ["website", "GetBucketWebsite", "NoSuchWebsiteConfiguration"],
  ["worm", "GetBucketWorm", "NoSuchWORMConfiguration"],
];

/** Reads of what this emulator can't configure. */
export const unconfiguredReads: readonly Operation[] = answers.map(([subresource, name, answer]) => ({
  name,
  method: "GET",
  on: "bucket",
  subresource,
  handle(call) {
    const { name: bucket } = bucketOf(call);
    if (typeof answer === "string") throw new OssError(answer, { BucketName: bucket });
    return xmlAnswer(answer);
  },
}));
