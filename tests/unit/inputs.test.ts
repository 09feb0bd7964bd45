import assert from "node:assert/strict";
import fc from "fast-check";
import { inputDifferences, inputFailures, normalInputs } from "../../provider/src/rule/inputs";
import { unknownValue } from "../../provider/src/rule/rule";

const valid = {
  bucket: "logs-prod",
  sseAlgorithm: "KMS",
  kmsMasterKeyId: "key-1",
  region: "cn-hangzhou",
  connection: "finance",
};

const bucketReason =
  "must be 3 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit (in the names of old buckets, underscores too)";
const allowed = "allowed are bucket, sseAlgorithm, kmsMasterKeyId, kmsDataEncryption, region, connection";

describe("inputs", () => {
  it("inputs have no failures where all is right, known or not", () => {
    assert.deepEqual(inputFailures(valid), []);
    for (const property of Object.keys(valid)) {
      assert.deepEqual(inputFailures({ ...valid, [property]: unknownValue }), [], property);
    }
  });

  const mistakes: [string, Record<string, unknown>, string][] = [
    ["no bucket", { bucket: undefined }, `bucket is required: ${bucketReason}`],
    ...["", "ab", "Logs", "logs.prod", "-logs", "logs-", "a/b?x=1#", "a".repeat(64), 7].map(
      (bucket): [string, Record<string, unknown>, string] => [
        `the bucket name ${JSON.stringify(bucket)}`,
        { bucket },
        `bucket ${bucketReason}`,
      ],
    ),
    [
      "a region that is a number",
      { region: 1 },
      'region must be a region id such as "cn-hangzhou": lower-case letters, digits and hyphens',
    ],
    [
      "a region that is a host",
      { region: "oss-cn-hangzhou.aliyuncs.com" },
      'region must be a region id such as "cn-hangzhou": lower-case letters, digits and hyphens',
    ],
    ...["oss-", "oss-oss-"].map((region): [string, Record<string, unknown>, string] => [
      `the region ${region} with nothing after it`,
      { region },
      'region must be a region id such as "cn-hangzhou": lower-case letters, digits and hyphens',
    ]),
    [
      "a connection that is an object",
      { connection: {} },
      "connection must be the name of an entry of oss-encryption:connections",
    ],
    [
      "a misspelt property",
      { kmsMasterKeyID: "k" },
      "kmsMasterKeyID is not a property of BucketEncryption: did you mean kmsMasterKeyId?",
    ],
    [
      "a Terraform spelling",
      { sse_algorithm: "KMS" },
      "sse_algorithm is not a property of BucketEncryption: did you mean sseAlgorithm?",
    ],
    [
      "a property of something else",
      { acl: "private" },
      `acl is not a property of BucketEncryption: ${allowed}`,
    ],
  ];
  for (const [name, change, reason] of mistakes) {
    it(`inputs are refused with ${name}`, () =>
      assert.deepEqual(inputFailures({ ...valid, ...change }), [reason]));
  }

  it("no reason repeats a value", () => {
    const secret = "s3cr3t value";
    for (const property of Object.keys(valid)) {
      const failures = inputFailures({ ...valid, sseAlgorithm: "AES256", [property]: { secret } });
      assert.ok(failures.length > 0);
      assert.ok(!JSON.stringify(failures).includes(secret));
    }
  });

  it("the engine's own keys are no failure", () => {
    assert.deepEqual(inputFailures({ ...valid, __provider: "code" }), []);
  });

  it("the normal form has neither empty, null nor undefined values, nor the engine's keys", () => {
    const given = {
      ...valid,
      kmsDataEncryption: "",
      kmsMasterKeyId: null,
      region: "oss-cn-hangzhou",
      connection: undefined,
      __provider: "code",
    };
    assert.deepEqual(normalInputs(given), {
      bucket: "logs-prod",
      sseAlgorithm: "KMS",
      region: "cn-hangzhou",
    });
  });

  it("a normal form is its own normal form and differs in nothing", () => {
    const some = (...values: string[]) =>
      fc.constantFrom<(string | null | undefined)[]>("", null, undefined, ...values);
    const given = fc.record({
      bucket: fc.constant("logs-prod"),
      sseAlgorithm: fc.constantFrom("AES256", "KMS", "SM4", unknownValue),
      kmsMasterKeyId: some("k", unknownValue),
      kmsDataEncryption: some("SM4", "AES256"),
      region: some("oss-cn-hangzhou", "oss-oss-cn-hangzhou", "cn-shanghai"),
      connection: some("finance"),
    });
    fc.assert(
      fc.property(given, (props) => {
        const once = normalInputs(props);
        assert.deepEqual(normalInputs({ ...once }), once);
        assert.deepEqual(inputDifferences(props, once), []);
      }),
    );
  });

  it("inputs differ in every property that changed, and unknown counts as changed", () => {
    for (const property of Object.keys(valid)) {
      assert.deepEqual(inputDifferences(valid, { ...valid, [property]: unknownValue }), [property]);
    }
  });
});
