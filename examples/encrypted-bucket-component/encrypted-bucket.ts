import * as pulumi from "@pulumi/pulumi";
import * as oss from "@pulumi/alicloud/oss";
import { BucketEncryption, type EncryptionRule, type SseAlgorithm } from "pulumi-oss-encryption";

/** The one place that says which data needs what. */
const rules = {
  public: { sseAlgorithm: "AES256" },
  confidential: { sseAlgorithm: "KMS" },
} satisfies Record<string, EncryptionRule & { sseAlgorithm: SseAlgorithm }>;

export interface EncryptedBucketArgs {
  /** Name of the bucket. */
  bucket: pulumi.Input<string>;
  /** What the bucket will hold. */
  data: keyof typeof rules;
}

/** A private bucket with the default encryption that its data needs. */
export class EncryptedBucket extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;

  constructor(name: string, { bucket, data }: EncryptedBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:EncryptedBucket", name, {}, opts);
    const created = new oss.Bucket(
      name,
      // The request that creates the bucket has its rule, so that it is never without one.
      { bucket, serverSideEncryptionRule: rules[data] },
      // From then on it is the BucketEncryption's: a refreshing up would take what it sets for a change, and undo it.
      { parent: this, ignoreChanges: ["serverSideEncryptionRule"] },
    );
    const encryption = new BucketEncryption(name, { bucket: created.id, ...rules[data] }, { parent: this });
    // Not created.id: whoever uses the name waits until the bucket is encrypted.
    this.bucket = encryption.bucket;
    this.registerOutputs({ bucket: this.bucket });
  }
}
