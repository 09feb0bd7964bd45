import * as pulumi from "@pulumi/pulumi";
import type { BucketEncryptionArgs } from "./bucket-encryption";
import { printable } from "../printable";
import { inputFailures } from "../rule/inputs";

/**
 * The arguments for one `BucketEncryption` per bucket, from a value such as the stack config
 * `{ "logs-prod": { sseAlgorithm: "AES256" } }`. Throws one RunError with every mistake of every bucket:
 * left to the engine, a run would end at the first.
 */
export function parseRules(rules: unknown): Record<string, BucketEncryptionArgs> {
  // Without a stack: the SDK for Node.js 20 takes many seconds to inspect one that begins at a program's top level.
  const refuse = (what: string) =>
    Object.assign(new pulumi.RunError(`oss-encryption:rules ${what}`), { stack: "" });
  if (!isObject(rules)) {
    throw refuse("must map bucket names to rules, such as logs-prod: { sseAlgorithm: AES256 }");
  }

  const declared = Object.entries(rules).map(([bucket, rule]) => ({
    bucket,
    args: isObject(rule) ? { ...rule, bucket } : { bucket },
    mistakes: isObject(rule) ? ownBucket(rule) : ["must be an object such as { sseAlgorithm: AES256 }"],
  }));
  const mistakes = declared.flatMap(({ bucket, args, mistakes }) => {
    const reasons = mistakes.length > 0 ? mistakes : inputFailures(args);
    return reasons.map((reason) => `  ${printable(bucket)}: ${printable(reason)}`);
  });
  if (mistakes.length > 0) throw refuse(`has mistakes:\n${mistakes.join("\n")}`);
  return Object.fromEntries(
    declared.map(({ bucket, args }) => [bucket, args as unknown as BucketEncryptionArgs]),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const ownBucket = (rule: Record<string, unknown>) =>
  "bucket" in rule ? ["bucket is the name of the entry: leave it out"] : [];
