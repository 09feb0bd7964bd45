import assert from "node:assert/strict";
import fc from "fast-check";
import {
  describeRule as inWords,
  ruleDifferences,
  normalRule,
  ruleFailures,
  sameRule,
  unknownValue,
} from "../../provider/src/rule/rule";

const valid = {
  AES256: { sseAlgorithm: "AES256" },
  SM4: { sseAlgorithm: "SM4" },
  KMS: { sseAlgorithm: "KMS" },
  "KMS with a key": { sseAlgorithm: "KMS", kmsMasterKeyId: "9468da86-3509-4f8d-a61e-6eab1eac1f8b" },
  "KMS with SM4 data": { sseAlgorithm: "KMS", kmsDataEncryption: "SM4" },
  "KMS with a key and SM4 data": { sseAlgorithm: "KMS", kmsMasterKeyId: "k", kmsDataEncryption: "SM4" },
};

const anyRule = fc.record(
  {
    sseAlgorithm: fc.constantFrom("AES256", "KMS", "SM4", "NEW"),
    kmsMasterKeyId: fc.constantFrom(undefined, null, "", "key-1", "key-2"),
    kmsDataEncryption: fc.constantFrom(undefined, null, "", "AES256", "SM4"),
  },
  { requiredKeys: ["sseAlgorithm"] },
);
const anyNormalRule = anyRule.map(normalRule);

describe("rule", () => {
  for (const [name, rule] of Object.entries(valid)) {
    it(`${name} is a rule`, () => assert.deepEqual(ruleFailures(rule), []));
  }

  it("an empty key id counts as absent with every algorithm", () => {
    assert.deepEqual(ruleFailures({ sseAlgorithm: "AES256", kmsMasterKeyId: "", kmsDataEncryption: "" }), []);
  });

  it("an unknown value is right in any property", () => {
    const unknown = {
      sseAlgorithm: unknownValue,
      kmsMasterKeyId: unknownValue,
      kmsDataEncryption: unknownValue,
    };
    assert.deepEqual(ruleFailures(unknown), []);
    assert.deepEqual(ruleFailures({ ...unknown, sseAlgorithm: "KMS" }), []);
  });

  it("an unknown key or data algorithm may turn out to be absent, as it is right without KMS", () => {
    for (const sseAlgorithm of ["AES256", "SM4"]) {
      for (const property of ["kmsMasterKeyId", "kmsDataEncryption"]) {
        assert.deepEqual(ruleFailures({ sseAlgorithm, [property]: unknownValue }), []);
      }
    }
  });

  const mistakes: [string, Record<string, unknown>, string][] = [
    ["no algorithm", {}, 'sseAlgorithm is required: use "AES256", "SM4" or "KMS" (upper case)'],
    [
      "a lower-case algorithm",
      { sseAlgorithm: "aes256" },
      'sseAlgorithm is not a method OSS knows: use "AES256", "SM4" or "KMS" (upper case)',
    ],
    [
      "a number for an algorithm",
      { sseAlgorithm: 256 },
      'sseAlgorithm is not a method OSS knows: use "AES256", "SM4" or "KMS" (upper case)',
    ],
    [
      "a key without KMS",
      { sseAlgorithm: "AES256", kmsMasterKeyId: "k" },
      'kmsMasterKeyId applies to sseAlgorithm "KMS" only: leave it out',
    ],
    [
      "a number for a key",
      { sseAlgorithm: "KMS", kmsMasterKeyId: 7 },
      "kmsMasterKeyId must be a CMK id: a string without spaces or control characters",
    ],
    [
      "a key with a line end",
      { sseAlgorithm: "KMS", kmsMasterKeyId: "k\n" },
      "kmsMasterKeyId must be a CMK id: a string without spaces or control characters",
    ],
    [
      "half a surrogate pair in a key",
      { sseAlgorithm: "KMS", kmsMasterKeyId: "k\ud800" },
      "kmsMasterKeyId must be a CMK id: a string without spaces or control characters",
    ],
    [
      "a data algorithm without KMS",
      { sseAlgorithm: "SM4", kmsDataEncryption: "SM4" },
      'kmsDataEncryption applies to sseAlgorithm "KMS" only: leave it out',
    ],
    [
      "AES256 as data algorithm",
      { sseAlgorithm: "KMS", kmsDataEncryption: "AES256" },
      'kmsDataEncryption must be "SM4", or be left out for AES256',
    ],
  ];
  for (const [name, props, reason] of mistakes) {
    it(`a rule is refused with ${name}`, () => assert.deepEqual(ruleFailures(props), [reason]));
  }

  it("a normal form is its own normal form", () => {
    fc.assert(
      fc.property(anyRule, (rule) => assert.deepEqual(normalRule(normalRule(rule)), normalRule(rule))),
    );
  });

  it("the normal form leaves out what means nothing", () => {
    const rule = { sseAlgorithm: "KMS", kmsMasterKeyId: "", kmsDataEncryption: "AES256" };
    assert.deepEqual(normalRule(rule), { sseAlgorithm: "KMS" });
  });

  it("equality of rules is an equivalence", () => {
    fc.assert(
      fc.property(anyNormalRule, anyNormalRule, anyNormalRule, (a, b, c) => {
        assert.ok(sameRule(a, a));
        assert.equal(sameRule(a, b), sameRule(b, a));
        if (sameRule(a, b) && sameRule(b, c)) assert.ok(sameRule(a, c));
        assert.equal(sameRule(a, b), JSON.stringify(a) === JSON.stringify(b));
      }),
    );
    assert.ok(sameRule(undefined, undefined));
    assert.ok(!sameRule(undefined, valid.AES256));
  });

  it("ruleDifferences names the properties that differ", () => {
    assert.deepEqual(ruleDifferences(valid.AES256, valid["KMS with a key and SM4 data"]), [
      "sseAlgorithm",
      "kmsMasterKeyId",
      "kmsDataEncryption",
    ]);
    assert.deepEqual(ruleDifferences(valid.KMS, valid["KMS with SM4 data"]), ["kmsDataEncryption"]);
  });

  it("describeRule is one line, without the key where that is asked for", () => {
    assert.equal(inWords(undefined), "none");
    assert.equal(inWords(valid.SM4), "SM4");
    assert.equal(inWords(valid.KMS), "KMS with the CMK managed by OSS");
    assert.equal(inWords(valid["KMS with a key and SM4 data"]), "KMS with CMK k, data SM4");
    assert.equal(inWords(valid["KMS with a key"], { hideKey: true }), "KMS with the CMK it names");
  });
});
