import type { LifecycleOptions } from "../lifecycle/options";
import { inputFailures } from "../rule/inputs";
import { normalRule, type EncryptionRule } from "../rule/rule";

/** What `getBucketEncryption` answers: a bucket's rule, without properties where it has none, or what is wrong with its arguments. */
export type QueryAnswer = { failures: string[] } | { rule: Partial<EncryptionRule> };

/** Reads a bucket's default rule. Rejects with ConfigurationError or OssCallError. */
export async function query(
  { connections }: LifecycleOptions,
  args: Record<string, unknown>,
): Promise<QueryAnswer> {
  const { bucket, region, connection, ...others } = args as {
    bucket: string;
    region?: string;
    connection?: string;
  };
  const target = { bucket, region, connection };
  // What is no argument is refused by name; a rule stands in, which a query doesn't have.
  const failures = [
    ...inputFailures({ ...target, sseAlgorithm: "AES256" }),
    ...Object.keys(others).map(
      (name) =>
        `${name} is not an argument of getBucketEncryption: allowed are ${Object.keys(target).join(", ")}`,
    ),
  ];
  if (failures.length > 0) return { failures };
  const live = await connections.client({ region, connection }).getBucketEncryption(bucket);
  return { rule: live ? normalRule(live) : {} };
}
