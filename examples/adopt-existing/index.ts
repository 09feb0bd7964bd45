// Takes over the rule that a bucket has, without writing to OSS: if it is a different one, the preview fails and says how.
import * as pulumi from "@pulumi/pulumi";
import { BucketEncryption, getBucketEncryption } from "pulumi-oss-encryption";

const bucket = new pulumi.Config().require("bucket");

// Once the import is through, the option can stay or go: neither shows as a change.
new BucketEncryption("archive", { bucket, sseAlgorithm: "SM4" }, { import: bucket });

// What to write into the program is what this shows.
export const found = getBucketEncryption({ bucket });
