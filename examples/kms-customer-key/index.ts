// Objects are encrypted under a CMK of one's own: who may use the key decides who can read them.
import * as pulumi from "@pulumi/pulumi";
import { BucketEncryption } from "pulumi-oss-encryption";

const config = new pulumi.Config();

// OSS takes any id and finds out at the first upload, so be sure that the key is enabled and in the bucket's region.
const payroll = new BucketEncryption("payroll", {
  bucket: config.require("bucket"),
  sseAlgorithm: "KMS",
  kmsMasterKeyId: config.require("kmsMasterKeyId"),
});

export const keyInUse = payroll.kmsMasterKeyId;
