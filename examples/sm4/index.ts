// Objects are encrypted with SM4, China's national standard, whoever manages the keys.
import * as pulumi from "@pulumi/pulumi";
import { BucketEncryption } from "pulumi-oss-encryption";

const config = new pulumi.Config();

new BucketEncryption("oss-managed", { bucket: config.require("ossManaged"), sseAlgorithm: "SM4" });

// With KMS the method says who keeps the key, and this says what the data is encrypted with.
new BucketEncryption("kms-managed", {
  bucket: config.require("kmsManaged"),
  sseAlgorithm: "KMS",
  kmsDataEncryption: "SM4",
});
