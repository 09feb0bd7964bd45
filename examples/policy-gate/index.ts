// Run with `npm run preview` and `npm run up`: whatever the config says, nothing but KMS gets to OSS.
import * as pulumi from "@pulumi/pulumi";
import { BucketEncryption, type SseAlgorithm } from "pulumi-oss-encryption";

const config = new pulumi.Config();

new BucketEncryption("reports", {
  bucket: config.require("bucket"),
  sseAlgorithm: config.require<SseAlgorithm>("sseAlgorithm"),
});
