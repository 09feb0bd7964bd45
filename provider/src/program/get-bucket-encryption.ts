import * as pulumi from "@pulumi/pulumi";
import type { Connections } from "../connections";
import { normalRule, type EncryptionRule } from "../rule/rule";

/** Which bucket to ask for. */
export interface GetBucketEncryptionArgs {
  /** Name of the bucket. */
  bucket: string;
  /** Region of the bucket. Default: as for a `BucketEncryption`. */
  region?: string;
  /** Name of an entry of `oss-encryption:connections`. Default: the stack's own settings. */
  connection?: string;
}

/** Query connections by the config they were made from: one process may run the programs of several stacks. */
const connections = new Map<string, Connections>();

/**
 * A bucket's default rule as it is now; `undefined` where the bucket has none.
 * Rejects with ConfigurationError where settings or credentials are missing or contradict each other, and with
 * OssCallError where the bucket is missing, may not be read, or OSS gives no answer within `alicloud:maxRetryTimeout`.
 */
export async function getBucketEncryption(
  args: GetBucketEncryptionArgs,
): Promise<EncryptionRule | undefined> {
  // Only a program that asks pays for loading ali-oss.
  const { Connections } = await import("../connections.js");
  const config = pulumi.runtime.allConfig();
  const key = JSON.stringify(config);
  const shared = connections.get(key) ?? new Connections((name) => config[name], { isConfigCurrent: true });
  connections.set(key, shared);
  const live = await shared.client(args).getBucketEncryption(args.bucket);
  // Nothing but what can be declared: a program may spread it into a BucketEncryption.
  return live && normalRule(live);
}

/** {@link getBucketEncryption} for arguments that other resources give. */
export function getBucketEncryptionOutput(args: {
  bucket: pulumi.Input<string>;
  region?: pulumi.Input<string>;
  connection?: pulumi.Input<string>;
}): pulumi.Output<EncryptionRule | undefined> {
  return pulumi.output(args).apply((known) => getBucketEncryption(known as GetBucketEncryptionArgs));
}
