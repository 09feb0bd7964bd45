// Teams say what kind of data a bucket is for, and get a bucket that is encrypted accordingly.
import * as pulumi from "@pulumi/pulumi";
import { EncryptedBucket } from "./encrypted-bucket";

const prefix = new pulumi.Config().require("prefix");

new EncryptedBucket("downloads", { bucket: `${prefix}-downloads`, data: "public" });

const reports = new EncryptedBucket("reports", { bucket: `${prefix}-reports`, data: "confidential" });

export const reportsBucket = reports.bucket;
