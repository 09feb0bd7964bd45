// Creates a bucket and a CMK with the alicloud provider, and encrypts the one under the other.
import * as pulumi from "@pulumi/pulumi";
// Not "@pulumi/alicloud" as a whole, which takes a second to load.
import * as kms from "@pulumi/alicloud/kms";
import * as oss from "@pulumi/alicloud/oss";
import { BucketEncryption } from "pulumi-oss-encryption";

const key = new kms.Key("payroll", { description: "Encrypts payroll", pendingWindowInDays: 7 });

const bucket = new oss.Bucket(
  "payroll",
  { bucket: new pulumi.Config().require("bucket") },
  // The alicloud provider reads the rule into the bucket's own property; a refreshing up would then remove it.
  { ignoreChanges: ["serverSideEncryptionRule"] },
);

// The outputs make this wait for both, and make destroy remove it before them.
new BucketEncryption("payroll", { bucket: bucket.id, sseAlgorithm: "KMS", kmsMasterKeyId: key.id });
