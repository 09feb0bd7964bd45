import { endpointsOf } from "../../requests/addressing";
import type { EncryptionRule } from "../../store/encryption-rule";
import { bucketOf, xmlAnswer, type Operation } from "../operation";

export const getBucketInfo: Operation = {
  name: "GetBucketInfo",
  method: "GET",
  on: "bucket",
  subresource: "bucketInfo",
  anyRegion: true,
  handle(call) {
    const bucket = bucketOf(call);
    return xmlAnswer({
      BucketInfo: {
        Bucket: {
          AccessMonitor: "Disabled",
          CreationDate: bucket.createdAt.toISOString(),
          ...endpointsOf(bucket.region),
          Location: `oss-${bucket.region}`,
          StorageClass: bucket.storageClass,
          DataRedundancyType: bucket.dataRedundancyType,
          TransferAcceleration: "Disabled",
          CrossRegionReplication: "Disabled",
          Versioning: bucket.versioning,
          Name: bucket.name,
          ResourceGroupId: "rg-default",
          Owner: { DisplayName: bucket.owner, ID: bucket.owner },
          AccessControlList: { Grant: bucket.acl },
          ServerSideEncryptionRule: flatRule(call.readRule(bucket)),
          BucketPolicy: { LogBucket: "", LogPrefix: "" },
          Comment: "",
          BlockPublicAccess: false,
        },
      },
    });
  },
};

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
    const all = [...objects.values()];
    const inClass = (name: string) => all.filter(({ storageClass }) => storageClass === name);
    return xmlAnswer({
      BucketStat: {
        Storage: size(all),
        ObjectCount: all.length,
        MultipartUploadCount: uploads.size,
        LiveChannelCount: 0,
        LastModifiedTime: Math.floor(call.now / 1000),
        StandardStorage: size(inClass("Standard")),
        StandardObjectCount: inClass("Standard").length,
        InfrequentAccessStorage: size(inClass("IA")),
        InfrequentAccessRealStorage: size(inClass("IA")),
        InfrequentAccessObjectCount: inClass("IA").length,
        ArchiveStorage: size(inClass("Archive")),
        ArchiveRealStorage: size(inClass("Archive")),
        ArchiveObjectCount: inClass("Archive").length,
      },
    });
  },
};

function size(objects: { data: Buffer }[]): number {
  return objects.reduce((sum, { data }) => sum + data.length, 0);
}
