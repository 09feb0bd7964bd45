import assert from "node:assert/strict";
import { inspect } from "node:util";
import { RunError } from "@pulumi/pulumi";
import { parseRules } from "../../provider/src/program/parse-rules";

/** What is said of a value that is refused. */
function refusal(rules: unknown): string {
  try {
    parseRules(rules);
  } catch (error) {
    assert.ok(error instanceof RunError);
    return error.message;
  }
  return assert.fail("It was taken.");
}

describe("parseRules", () => {
  const logs = { sseAlgorithm: "AES256" };

  it("parseRules gives each bucket's arguments", () => {
    const data = {
      sseAlgorithm: "KMS",
      kmsMasterKeyId: "key-1",
      region: "cn-hangzhou",
      connection: "finance",
    };
    assert.deepStrictEqual(parseRules({ logs, data }), {
      logs: { ...logs, bucket: "logs" },
      data: { ...data, bucket: "data" },
    });
    assert.deepStrictEqual(parseRules({}), {});
  });

  for (const value of [undefined, null, "logs", [logs], 1]) {
    it(`parseRules refuses ${inspect(value)} in place of the rules of buckets`, () =>
      assert.equal(
        refusal(value),
        "oss-encryption:rules must map bucket names to rules, such as logs-prod: { sseAlgorithm: AES256 }",
      ));
  }

  for (const rule of [null, "AES256", [logs]]) {
    it(`parseRules refuses ${inspect(rule)} in place of a rule`, () =>
      assert.equal(
        refusal({ logs: rule }),
        "oss-encryption:rules has mistakes:\n  logs: must be an object such as { sseAlgorithm: AES256 }",
      ));
  }

  it("parseRules refuses a rule that names its bucket", () =>
    assert.equal(
      refusal({ logs: { ...logs, bucket: "logs" } }),
      "oss-encryption:rules has mistakes:\n  logs: bucket is the name of the entry: leave it out",
    ));

  it("parseRules names every mistake of every bucket, and no value", () =>
    assert.equal(
      refusal({ data: logs, logs: "AES256", payroll: { sseAlgorithm: "AES-256", kmsDataEncryption: "SM4" } }),
      [
        "oss-encryption:rules has mistakes:",
        "  logs: must be an object such as { sseAlgorithm: AES256 }",
        '  payroll: sseAlgorithm is not a method OSS knows: use "AES256", "SM4" or "KMS" (upper case)',
        '  payroll: kmsDataEncryption applies to sseAlgorithm "KMS" only: leave it out',
      ].join("\n"),
    ));
});
