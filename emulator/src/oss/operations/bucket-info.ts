import { endpointsOf } from "../../requests/addressing";
import type { EncryptionRule } from "../../store/encryption-rule";
import { parseXml, type XmlElement } from "../../requests/xml";
import type { Bucket } from "../../store/store";
import { bucketOf, isoTime, xmlAnswer, type Operation } from "../operation";

export const getBucketInfo: Operation = {
  name: "GetBucketInfo",
  method: "GET",
  on: "bucket",
  subresource: "bucketInfo",
  anyRegion: true,
  handle(call) {
    const bucket = bucketOf(call);
    const logging = kept(bucket, "logging")?.child("LoggingEnabled");
    return xmlAnswer({
      BucketInfo: {
        Bucket: {
          AccessMonitor: kept(bucket, "accessmonitor")?.text("Status") ?? "Disabled",
          CreationDate: isoTime(bucket.createdAt),
          ...endpointsOf(bucket.region),
          Location: `oss-${bucket.region}`,
          StorageClass: bucket.storageClass,
          DataRedundancyType: bucket.dataRedundancyType,
          TransferAcceleration:
            kept(bucket, "transferAcceleration")?.text("Enabled") === "true" ? "Enabled" : "Disabled",
          CrossRegionReplication: "Disabled",
          Versioning: bucket.versioning,
          Name: bucket.name,
          ResourceGroupId: "rg-default",
          Owner: { DisplayName: bucket.owner, ID: bucket.owner },
          AccessControlList: { Grant: bucket.acl },
          ServerSideEncryptionRule: flatRule(call.readRule(bucket)),
          BucketPolicy: {
            LogBucket: logging?.text("TargetBucket") ?? "",
            LogPrefix: logging?.text("TargetPrefix") ?? "",
          },
          Comment: "",
          BlockPublicAccess: kept(bucket, "publicAccessBlock")?.text("BlockPublicAccess") ?? false,
        },
      },
    });
  },
};

const roots = {
  accessmonitor: "AccessMonitorConfiguration",
  logging: "BucketLoggingStatus",
  publicAccessBlock: "PublicAccessBlockConfiguration",
  transferAcceleration: "TransferAccelerationConfiguration",
};

function kept({ documents }: Bucket, subresource: keyof typeof roots): XmlElement | undefined {
  const body = documents.get(subresource);
  return body === undefined ? undefined : parseXml(body, roots[subresource]);
}

/** Without the level that GetBucketEncryption has; "None" stands for no rule, an empty key for the one that OSS manages. */
function flatRule(rule: EncryptionRule | undefined) {
  if (rule === undefined) return { SSEAlgorithm: "None" };
  const { SSEAlgorithm, KMSMasterKeyID = "", KMSDataEncryption } = rule;
  return SSEAlgorithm === "KMS" ? { SSEAlgorithm, KMSMasterKeyID, KMSDataEncryption } : { SSEAlgorithm };
}

export const getBucketLocation: Operation = {
  name: "GetBucketLocation",
  method: "GET",
  on: "bucket",
  subresource: "location",
  anyRegion: true,
  handle: (call) => xmlAnswer({ LocationConstraint: `oss-${bucketOf(call).region}` }),
};

export const getBucketStat: Operation = {
  name: "GetBucketStat",
  method: "GET",
  on: "bucket",
  subresource: "stat",
  handle(call) {
    const { objects, uploads } = bucketOf(call);
    const all = [...objects.versions()].flatMap(([, version]) =>
      version.type === "DeleteMarker" ? [] : [version],
    );
    const inClass = (name: string) => all.filter(({ storageClass }) => storageClass === name);
    return xmlAnswer({
      BucketStat: {
        Storage: size(all),
        ObjectCount: all.length,
        DeleteMarkerCount: [...objects.versions()].length - all.length,
        MultipartUploadCount: uploads.size,
        LiveChannelCount: 0,
        LastModifiedTime: all.length === 0 ? 0 : Math.floor(call.now / 1000),
        StandardStorage: size(inClass("Standard")),
        StandardObjectCount: inClass("Standard").length,
        ...archived("InfrequentAccess", inClass("IA")),
        ...archived("Archive", inClass("Archive")),
        ...archived("ColdArchive", inClass("ColdArchive")),
        ...archived("DeepColdArchive", inClass("DeepColdArchive")),
      },
    });
  },
};

function archived(name: string, objects: { data: Buffer }[]) {
  return {
    [`${name}Storage`]: size(objects),
    [`${name}RealStorage`]: size(objects),
    [`${name}ObjectCount`]: objects.length,
  };
}

function size(objects: { data: Buffer }[]): number {
  return objects.reduce((sum, { data }) => sum + data.length, 0);
}
