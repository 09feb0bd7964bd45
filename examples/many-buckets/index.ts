// Stack config lists the buckets and their rules; the program declares one resource each.
import * as pulumi from "@pulumi/pulumi";
import { BucketEncryption, parseRules } from "pulumi-oss-encryption";

const rules = new pulumi.Config("oss-encryption").requireObject("rules");

// All entries are checked first, so that every mistake shows in one run.
for (const [bucket, args] of Object.entries(parseRules(rules))) {
  new BucketEncryption(bucket, args);
}
