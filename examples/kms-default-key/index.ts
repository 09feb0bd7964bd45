// Objects are encrypted with KMS, under the CMK that OSS creates there by itself: no key to look after.
import * as pulumi from "@pulumi/pulumi";
import { BucketEncryption } from "pulumi-oss-encryption";

const bucket = new pulumi.Config().require("bucket");

new BucketEncryption("documents", { bucket, sseAlgorithm: "KMS" });
