// Declares the default encryption of every bucket in the stack config `oss-encryption:rules`.
import * as pulumi from "@pulumi/pulumi";
import { BucketEncryption, parseRules } from "pulumi-oss-encryption";

const config = new pulumi.Config("oss-encryption");

for (const [bucket, args] of Object.entries(parseRules(config.getObject("rules") ?? {}))) {
  new BucketEncryption(bucket, args);
}
