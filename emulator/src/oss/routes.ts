import type { Operation } from "./operation";
import { appendObject } from "./operations/append";
import { getBucketAcl, putBucketAcl } from "./operations/bucket-acl";
import { deleteBucketTags, getBucketTags, putBucketTags } from "./operations/bucket-tagging";
import { getBucketVersioning, putBucketVersioning } from "./operations/bucket-versioning";
import {
  completeMultipartUpload,
  abortMultipartUpload,
  initiateMultipartUpload,
  uploadPart,
  uploadPartCopy,
} from "./operations/multipart-upload";
import { copyObject } from "./operations/copy";
import {
  deleteBucketEncryption,
  getBucketEncryption,
  putBucketEncryption,
} from "./operations/bucket-encryption";
import { deleteBucket, headBucket, putBucket } from "./operations/bucket";
import { deleteMultipleObjects } from "./operations/delete-multiple";
import { deleteObject, getObject, getObjectMeta, headObject, putObject } from "./operations/object";
import { getBucketInfo, getBucketLocation, getBucketStat } from "./operations/bucket-info";
import { describeRegions } from "./operations/describe-regions";
import { listBuckets } from "./operations/list-buckets";
import { listObjects, listObjectsV2 } from "./operations/list-objects";
import { listObjectVersions } from "./operations/list-versions";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./operations/object-tagging";
import { getObjectAcl, putObjectAcl } from "./operations/object-acl";
import { getSymlink, putSymlink } from "./operations/symlink";
import { restoreObject } from "./operations/restore";
import { listMultipartUploads, listParts } from "./operations/multipart-lists";
import { keptDocuments } from "./operations/kept-documents";
import { listLiveChannel } from "./operations/live-channel";
import { preflight } from "./operations/preflight";
import { unconfiguredReads } from "./operations/unconfigured";
import { OssError } from "../errors/oss-error";
import type { OssRequest } from "../requests/oss-request";

/** Every operation there is. */
export const operations: readonly Operation[] = [
  listBuckets,
  describeRegions,
  putBucket,
  deleteBucket,
  headBucket,
  getBucketInfo,
  getBucketLocation,
  getBucketStat,
  putBucketEncryption,
  getBucketEncryption,
  deleteBucketEncryption,
  putBucketAcl,
  getBucketAcl,
  putBucketVersioning,
  getBucketVersioning,
  putBucketTags,
  getBucketTags,
  deleteBucketTags,
  ...keptDocuments,
  ...unconfiguredReads,
  listLiveChannel,
  listObjects,
  listObjectsV2,
  listObjectVersions,
  deleteMultipleObjects,
  copyObject,
  putObject,
  appendObject,
  getObject,
  headObject,
  getObjectMeta,
  deleteObject,
  { ...deleteObject, subresource: "symlink" }, // deletes the link, as without it
  putObjectAcl,
  getObjectAcl,
  putObjectTagging,
  getObjectTagging,
  deleteObjectTagging,
  putSymlink,
  getSymlink,
  restoreObject,
  ...preflight,
  initiateMultipartUpload,
  uploadPartCopy,
  uploadPart,
  completeMultipartUpload,
  abortMultipartUpload,
  listMultipartUploads,
  listParts,
];

/** Operations on what they are about: level and sub-resource. */
const byTarget = new Map<string, Operation[]>();
for (const operation of operations) {
  const target = `${operation.on} ${operation.subresource ?? ""}`;
  byTarget.set(target, [...(byTarget.get(target) ?? []), operation]);
}

/** Sub-resources of OSS, whether this emulator has operations for them or not. */
const subresources = new Set(
  `accessmonitor accessPoint accessPointPolicy acl append asyncFetch bucketArchiveDirectRead bucketInfo callback cname comp cors delete
  encryption httpsConfig inventory lifecycle list-type live location logging metaQuery objectMeta policy policyStatus
  publicAccessBlock qosInfo referer regionList regions replication replicationLocation replicationProgress requestPayment
  requesterQosInfo resourceGroup responseHeader restore rtc stat status style symlink tagging transferAcceleration
  uploadId uploads versioning versions vod website worm wormExtend wormId x-oss-async-process x-oss-process`.split(
    /\s+/,
  ),
);

/** Parameters of operations that may be empty. Any other parameter without a value asks for a sub-resource. */
const parameters = new Set(
  `continuation-token delimiter encoding-type fetch-owner key-marker marker max-keys max-parts max-uploads
  part-number-marker partNumber position prefix security-token start-after tag-key tag-value upload-id-marker
  version-id-marker versionId`.split(/\s+/),
);

/**
 * Finds the operation that a request asks for.
 *
 * @throws OssError NotImplemented, naming a sub-resource that there is no operation for, or MethodNotAllowed
 */
export function findOperation({ method, bucket, key, query, headers }: OssRequest): Operation {
  const level = levelOf(bucket, key);
  const subresource =
    (query.has("comp") ? "comp" : undefined) ?? // one of several operations of another sub-resource
    [...query.keys()].find((name) => subresources.has(name) && !isFilter(level, name)) ??
    [...query].find(([name, value]) => value === "" && !isParameter(name))?.[0];
  const candidates = byTarget.get(`${level} ${subresource ?? ""}`) ?? [];
  const operation = candidates.find(
    (one) => one.method === method && (one.header === undefined || headers[one.header] !== undefined),
  );
  if (operation) return operation;
  if (subresource === undefined && level === "bucket" && method === "POST") {
    throw new OssError("NotImplemented", {}, "The emulator does not implement PostObject.");
  }
  const isKnown = candidates.length > 0 && !candidates.some(({ partial }) => partial);
  if (subresource === undefined || isKnown) {
    throw new OssError("MethodNotAllowed", { Method: method, ResourceType: level });
  }
  throw new OssError(
    "NotImplemented",
    { Header: subresource },
    `The emulator does not implement ${method} ?${subresource} on a ${level}.`,
  );
}

function levelOf(bucket: string | undefined, key: string | undefined): Operation["on"] {
  if (bucket === undefined) return "service";
  return key === undefined ? "bucket" : "object";
}

/** Whether a name that is a sub-resource elsewhere only narrows a listing of buckets. */
function isFilter(level: Operation["on"], name: string): boolean {
  return level === "service" && name === "tagging";
}

function isParameter(name: string): boolean {
  return parameters.has(name) || /^(?:response-|x-oss-)/.test(name);
}
