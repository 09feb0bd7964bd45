// Creates a bucket and a CMK with the alicloud provider, and encrypts the one under the other from its first second.
import * as pulumi from "@pulumi/pulumi";
// Not "@pulumi/alicloud" as a whole, which takes a second to load.
import * as kms from "@pulumi/alicloud/kms";
import * as oss from "@pulumi/alicloud/oss";
import { BucketEncryption } from "pulumi-oss-encryption";

const key = new kms.Key("payroll", { description: "Encrypts payroll", pendingWindowInDays: 7 });

const rule = { sseAlgorithm: "KMS", kmsMasterKeyId: key.id } as const;

const bucket = new oss.Bucket(
  "payroll",
  // The request that creates the bucket has its rule, so that it is never without one.
  { bucket: new pulumi.Config().require("bucket"), serverSideEncryptionRule: rule },
  // From then on it is the BucketEncryption's. Without this a refreshing up would take the rule for a change, and undo it.
  { ignoreChanges: ["serverSideEncryptionRule"] },
);

// The outputs make this wait for both, and make destroy remove it before them.
new BucketEncryption("payroll", { bucket: bucket.id, ...rule });
