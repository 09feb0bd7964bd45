import assert from "node:assert/strict";
import { auditReport, objectsText } from "../../cli/src/commands/audit/report";
import { concurrently } from "../../cli/src/buckets/concurrently";
import { addKey, auditBucket, verdict, type AuditedBucket } from "../../cli/src/commands/audit/audit";
import type { Reading } from "../../cli/src/buckets/read-rules";
import { requirement } from "../../cli/src/commands/audit/requirement";
import { renderMarkdown } from "../../cli/src/output/markdown";

const none = null;
const aes = { sseAlgorithm: "AES256" };
const sm4 = { sseAlgorithm: "SM4" };
const kms = { sseAlgorithm: "KMS" };
const cmk = { sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" };

describe("a requirement", () => {
  const failures: [string, (string | undefined)[]][] = [
    ["declared", ["no default rule", undefined, undefined, undefined, undefined]],
    ["kms", ["no default rule", "AES256 instead of KMS", "SM4 instead of KMS", undefined, undefined]],
    [
      "customer-managed-key",
      [
        "no default rule",
        "AES256 instead of KMS with a CMK of one's own",
        "SM4 instead of KMS with a CMK of one's own",
        "KMS with the CMK managed by OSS instead of KMS with a CMK of one's own",
        undefined,
      ],
    ],
    [
      "SM4",
      [
        "no default rule",
        "AES256 instead of SM4",
        undefined,
        "KMS with the CMK managed by OSS instead of SM4",
        "KMS with CMK key-1 instead of SM4",
      ],
    ],
    ["AES256, KMS", ["no default rule", undefined, "SM4 instead of AES256 or KMS", undefined, undefined]],
  ];
  for (const [text, expected] of failures) {
    it(`${text} is fulfilled by some rules, and says why not by the others`, () =>
      assert.deepStrictEqual([none, aes, sm4, kms, cmk].map(requirement(text).failure), expected));
  }

  for (const text of ["", "aes256", "AES256,", "toString", "kms,AES256"]) {
    it(`a requirement can't be "${text}"`, () =>
      assert.throws(() => requirement(text), /^UserError: --require must be declared, kms,/));
  }
});

const place = { bucket: "logs", region: "cn-hangzhou", connection: null };
const audited = (reading: Reading, managers?: (bucket: string) => string[]): AuditedBucket =>
  auditBucket(reading, requirement("kms"), managers);

describe("what an audit says of a bucket", () => {
  it("an audited bucket says why its rule does not do, and which stacks manage it", () => {
    const judged = audited({ ...place, status: "read", rule: aes }, () => ["prod"]);
    const expected = {
      ...place,
      status: "unfulfilled",
      rule: aes,
      reason: "AES256 instead of KMS",
      managedBy: ["prod"],
    };
    assert.deepStrictEqual(judged, expected);
  });

  it("a CMK that uploads fail with is a finding, where the rule itself is as required", () => {
    const states = { Enabled: "fulfilled", Disabled: "keyUnusable", NotFound: "keyUnusable" };
    for (const [state, status] of Object.entries(states)) {
      const one = audited({ ...place, status: "read", rule: cmk });
      addKey(one, { state, reason: null });
      const reason = status === "fulfilled" ? null : `its CMK is ${state} in KMS`;
      assert.deepStrictEqual([one.status, one.reason], [status, reason]);
      assert.equal(
        verdict({ require: "kms", buckets: [one], unlisted: [] }),
        status === "fulfilled" ? "fulfilled" : "findings",
      );
    }
    const untold = audited({ ...place, status: "read", rule: cmk });
    addKey(untold, { state: null, reason: "403" });
    assert.equal(untold.status, "fulfilled");
    const weak = auditBucket({ ...place, status: "read", rule: cmk }, requirement("SM4"));
    addKey(weak, { state: "Disabled", reason: null });
    assert.deepStrictEqual([weak.status, weak.reason], ["unfulfilled", "KMS with CMK key-1 instead of SM4"]);
  });

  const fulfilled = audited({ ...place, status: "read", rule: kms });
  const unfulfilled = audited({ ...place, status: "read", rule: null });
  const unreadable = audited({ ...place, status: "unreadable", reason: "403" });
  const gone = audited({ ...place, status: "gone" });
  const unlisted = { connection: "finance", reason: "403" };
  const verdicts: [string, AuditedBucket[], (typeof unlisted)[], string][] = [
    ["is good where all fulfil", [fulfilled, gone], [], "fulfilled"],
    ["is good where there is nothing", [], [], "fulfilled"],
    ["is a finding even beside what is unreadable", [unreadable, unfulfilled], [unlisted], "findings"],
    ["is unknown where a bucket could not be read", [fulfilled, unreadable], [], "unknown"],
    ["is unknown where a connection could not be listed", [fulfilled], [unlisted], "unknown"],
  ];
  for (const [title, buckets, unlistedOnes, expected] of verdicts) {
    it(`the verdict ${title}`, () =>
      assert.equal(verdict({ require: "kms", buckets, unlisted: unlistedOnes }), expected));
  }

  it("a report is a table with the columns that there is something to say in", () => {
    const { blocks } = auditReport({
      require: "kms",
      buckets: [fulfilled, { ...unfulfilled, managedBy: [] }, { ...unreadable, connection: "finance" }],
      unlisted: [unlisted],
    });
    assert.deepStrictEqual(renderMarkdown(blocks).split("\n"), [
      "### 3 buckets, required: kms: 1 not fulfilled, 1 could not be read, 1 connection could not be listed",
      "",
      "| bucket | region | connection | rule | status | managed by |",
      "| --- | --- | --- | --- | --- | --- |",
      "| logs | cn-hangzhou |  | KMS with the CMK managed by OSS | fulfilled | nobody |",
      "| logs | cn-hangzhou |  | none | not fulfilled | nobody |",
      "| logs | cn-hangzhou | finance |  | could not be read: 403 | nobody |",
      "",
      "Connection finance: 403",
      "",
      "1 bucket is managed by none of the stacks named here: oss-encryption import brings buckets into a stack.",
      "",
    ]);
  });

  it("objectsText tells what objects carry, the most frequent first", () => {
    const byMethod = { AES256: 2, none: 10 };
    assert.equal(objectsText({ looked: 12, complete: true, byMethod }), "12: 10 none, 2 AES256");
    assert.equal(
      objectsText({ looked: 12, complete: false, byMethod }),
      "12 (first ones): 10 none, 2 AES256",
    );
    assert.equal(objectsText({ looked: 0, complete: true, byMethod: {} }), "0");
  });
});

describe("concurrently", () => {
  it("concurrently keeps the items' order, and takes no item before there is room", async () => {
    let taken = 0;
    let done = 0;
    function* items() {
      for (; taken < 20;) {
        assert.ok(taken - done < 4, `${taken} taken, ${done} done`);
        yield taken++;
      }
    }
    const results = await concurrently(items(), 4, async (item) => {
      for (let turns = 20 - item; turns > 0; turns--) await Promise.resolve();
      done++;
      return item * 2;
    });
    assert.deepStrictEqual(
      results,
      Array.from({ length: 20 }, (_, n) => n * 2),
    );
  });

  it("concurrently takes no further item after an error", async () => {
    const seen: number[] = [];
    const work = async (item: number) => {
      seen.push(item);
      await Promise.resolve();
      if (item === 2) throw new Error("two");
    };
    await assert.rejects(concurrently([1, 2, 3, 4, 5, 6, 7], 2, work), /two/);
    assert.ok(seen.length < 6, seen.join());
  });
});
