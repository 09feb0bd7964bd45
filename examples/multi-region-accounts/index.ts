// One stack manages buckets in another region, and in another account whose role it takes on.
import { BucketEncryption } from "pulumi-oss-encryption";

// In the stack's own region and account.
new BucketEncryption("logs", { bucket: "example-logs", sseAlgorithm: "AES256" });

// In another region, with the stack's own credentials.
new BucketEncryption("logs-eu", {
  bucket: "example-logs-eu",
  region: "eu-central-1",
  sseAlgorithm: "AES256",
});

// In another account: what "finance" stands for is in the stack config, and no secret is needed for it.
new BucketEncryption("payroll", { bucket: "example-payroll", connection: "finance", sseAlgorithm: "KMS" });
