// Every object uploaded to the bucket is encrypted with AES256, under keys that OSS manages, at no extra cost.
import * as pulumi from "@pulumi/pulumi";
import { BucketEncryption } from "pulumi-oss-encryption";

const bucket = new pulumi.Config().require("bucket");

new BucketEncryption("logs", { bucket, sseAlgorithm: "AES256" });
