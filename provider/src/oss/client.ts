// What is one call to OSS?

import type { Call } from "./call";
import type { EncryptionRule, LiveRule } from "../rule/rule";
import { isNotFound } from "../errors";
import type { CallSender } from "./call-sender";
import { decodeRule, encodeRule } from "./wire";

const subresource = "encryption";

/** The three OSS operations on a bucket's default rule. Failures are `OssEncryptionError`s: `OssCallError`s where OSS was called. */
export class OssClient {
  constructor(
    /** @internal */
    readonly calls: CallSender,
  ) {}

  /** The bucket's default rule; `undefined` where it has none. `timeoutMs` counts all retries. */
  async getBucketEncryption(
    bucket: string,
    options: { timeoutMs?: number } = {},
  ): Promise<LiveRule | undefined> {
    const call: Call = { operation: "GetBucketEncryption", method: "GET", bucket, subresource, ...options };
    try {
      return await this.calls.send(call, { status: 200, decode: decodeRule });
    } catch (error) {
      if (isNotFound(error, "NoSuchServerSideEncryptionRule")) return undefined;
      throw error;
    }
  }

  /** Makes `rule` the whole default rule: nothing of an earlier one stays. */
  async putBucketEncryption(bucket: string, rule: EncryptionRule): Promise<void> {
    const content = encodeRule(rule);
    // A program may keep its key id secret, and an error of OSS may repeat what was sent.
    const secrets = rule.kmsMasterKeyId ? [rule.kmsMasterKeyId] : [];
    const call: Call = {
      operation: "PutBucketEncryption",
      method: "PUT",
      bucket,
      subresource,
      content,
      secrets,
    };
    await this.calls.send(call, { status: 200, decode: ignoreBody });
  }

  /** Removes the default rule; that there is none is success. */
  async deleteBucketEncryption(bucket: string): Promise<void> {
    const call: Call = { operation: "DeleteBucketEncryption", method: "DELETE", bucket, subresource };
    try {
      await this.calls.send(call, { status: 204, decode: ignoreBody });
    } catch (error) {
      if (!isNotFound(error, "NoSuchServerSideEncryptionRule")) throw error;
    }
  }
}

const ignoreBody = () => Promise.resolve();
