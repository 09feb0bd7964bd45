import assert from "node:assert/strict";
import { auditReport, objectsText } from "../../cli/src/commands/audit/report";
import { concurrently } from "../../cli/src/buckets/concurrently";
import {
  addKey,
  applyExceptions,
  auditBucket,
  coverage,
  verdict,
  type Audit,
  type AuditedBucket,
  type Managers,
} from "../../cli/src/commands/audit/audit";
import type { Reading } from "../../cli/src/buckets/read-rules";
import { parseExceptions } from "../../cli/src/commands/audit/exceptions";
import { requirement } from "../../cli/src/commands/audit/requirement";
import { renderMarkdown } from "../../cli/src/output/markdown";
import { anAudit } from "./audits";

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

const address = { bucket: "logs", region: "cn-hangzhou", connection: null };
const audited = (reading: Reading, managers?: (bucket: string) => Managers): AuditedBucket =>
  auditBucket(reading, requirement("kms"), managers);

describe("what an audit says of a bucket", () => {
  it("an audited bucket says why its rule does not do, and which stacks manage it", () => {
    const judged = audited({ ...address, status: "read", rule: aes }, () => ({ managedBy: ["prod"] }));
    const expected = {
      ...address,
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
      const one = audited({ ...address, status: "read", rule: cmk });
      addKey(one, { state, reason: null });
      const reason = status === "fulfilled" ? null : `its CMK is ${state} in KMS`;
      assert.deepStrictEqual([one.status, one.reason], [status, reason]);
      assert.equal(verdict(anAudit({ buckets: [one] })), status === "fulfilled" ? "fulfilled" : "findings");
    }
    const untold = audited({ ...address, status: "read", rule: cmk });
    addKey(untold, { state: null, reason: "403" });
    assert.equal(untold.status, "fulfilled");
    const weak = auditBucket({ ...address, status: "read", rule: cmk }, requirement("SM4"));
    addKey(weak, { state: "Disabled", reason: null });
    assert.deepStrictEqual([weak.status, weak.reason], ["unfulfilled", "KMS with CMK key-1 instead of SM4"]);
  });

  const fulfilled = audited({ ...address, status: "read", rule: kms });
  const unfulfilled = audited({ ...address, status: "read", rule: null });
  const unreadable = audited({ ...address, status: "unreadable", reason: "403" });
  const gone = audited({ ...address, status: "gone", reason: "404" });
  const unlisted = { connection: "finance", reason: "403" };
  const exempt: AuditedBucket = {
    ...address,
    status: "exempt",
    rule: null,
    reason: "r",
    exemptFrom: "unfulfilled",
  };
  const verdicts: [string, Partial<Audit>, string][] = [
    ["is good where all fulfil", { buckets: [fulfilled, gone] }, "fulfilled"],
    ["is good where there is nothing", {}, "fulfilled"],
    ["is good beside what is exempt", { buckets: [fulfilled, exempt] }, "fulfilled"],
    [
      "is a finding even beside what is unreadable",
      { buckets: [unreadable, unfulfilled], unlisted: [unlisted] },
      "findings",
    ],
    ["is unknown where a bucket could not be read", { buckets: [fulfilled, unreadable] }, "unknown"],
    [
      "is unknown where a connection could not be listed",
      { buckets: [fulfilled], unlisted: [unlisted] },
      "unknown",
    ],
    [
      "is unknown where a filter selected nothing",
      { buckets: [fulfilled], emptyFilters: ["--region nowhere"] },
      "unknown",
    ],
  ];
  for (const [title, parts, expected] of verdicts) {
    it(`the verdict ${title}`, () => assert.equal(verdict(anAudit(parts)), expected));
  }

  it("coverage is 100 percent for all buckets that are there, and never by rounding", () => {
    const of = (...buckets: AuditedBucket[]) => coverage({ buckets });
    assert.deepEqual(
      [of(), of(gone), of(fulfilled, gone), of(fulfilled, exempt), of(fulfilled, fulfilled, unreadable)],
      [null, null, 100, 50, 66.6],
    );
    assert.equal(of(unfulfilled, ...Array.from({ length: 9_999 }, () => fulfilled)), 99.9);
  });

  describe("exceptions", () => {
    const day = new Date("2026-12-31T23:59:59Z");
    const exception = { bucket: "lo*s", reason: "moves in January", until: "2026-12-31" };
    const apply = (bucket: AuditedBucket, at = day, one = exception) => {
      const copy = { ...bucket };
      return { stale: applyExceptions([copy], [one], at), copy };
    };

    it("excuse what is wrong, up to the end of their last day, and say what it is", () => {
      const { stale, copy } = apply(unfulfilled);
      assert.deepEqual(stale, []);
      assert.deepEqual(copy, {
        ...unfulfilled,
        status: "exempt",
        exemptFrom: "unfulfilled",
        reason: "moves in January (until 2026-12-31); otherwise: no default rule",
      });
    });

    it("excuse nothing after it, and are named", () => {
      const { stale, copy } = apply(unfulfilled, new Date("2027-01-01T00:00:00Z"));
      assert.deepEqual([stale, copy], [["The exception for lo*s ended on 2026-12-31."], unfulfilled]);
    });

    it("change nothing of what is right or gone", () => {
      for (const bucket of [fulfilled, gone]) assert.deepEqual(apply(bucket).copy, bucket);
    });

    it("are named where there is no such bucket", () =>
      assert.deepEqual(apply(unfulfilled, day, { ...exception, bucket: "log" }).stale, [
        "The exception for log is for no bucket of this audit.",
      ]));

    it("are read from YAML and JSON", () => {
      const yaml = "exceptions:\n  - bucket: lo*s\n    reason: moves in January\n    until: 2026-12-31\n";
      for (const text of [yaml, JSON.stringify({ exceptions: [exception] })]) {
        assert.deepEqual(parseExceptions(text, "f"), [exception]);
      }
    });

    const mistakes: [unknown, RegExp][] = [
      ["{", /is neither YAML nor JSON/],
      [[], /must have a list named exceptions/],
      [{ exceptions: ["logs"] }, /exception 1: it must have bucket, reason, until/],
      [{ exceptions: [{ ...exception, until: "2026-02-30" }] }, /until must be a day such as 2026-12-31/],
      [{ exceptions: [{ ...exception, until: "soon" }] }, /until must be a day/],
      [{ exceptions: [exception, { ...exception, reason: " " }] }, /exception 2: reason must be a text/],
      [{ exceptions: [{ ...exception, bucket: "a b" }] }, /bucket must be a bucket's name, or a pattern/],
      [{ exceptions: [{ ...exception, untill: "x" }] }, /untill is not one of bucket, reason, until/],
    ];
    for (const [content, said] of mistakes) {
      const text = typeof content === "string" ? content : JSON.stringify(content);
      it(`can't be ${text}`, () => assert.throws(() => parseExceptions(text, "f"), said));
    }
  });

  it("a report is a table with the columns that there is something to say in", () => {
    const setBy = ["alicloud.oss.BucketServerSideEncryption", "alicloud.oss.Bucket"].map((type) => ({
      stack: "prod",
      type,
    }));
    const { blocks } = auditReport(
      anAudit({
        buckets: [
          fulfilled,
          { ...unfulfilled, managedBy: [] },
          { ...unreadable, connection: "finance" },
          ...setBy.map((by) => ({ ...fulfilled, managedBy: [], setBy: [by] })),
          exempt,
        ],
        unlisted: [unlisted],
        emptyFilters: ["--prefix x"],
      }),
    );
    assert.deepStrictEqual(renderMarkdown(blocks).split("\n"), [
      "### 6 buckets, required: kms: 1 not fulfilled, 1 could not be read, 1 exempt, 50 % fulfilled, 1 connection could not " +
        "be listed, no bucket fits 1 filter",
      "",
      "Account 1234567890123456, as acs:ram::1234567890123456:user/ci. Credentials: OSS\\_ACCESS\\_KEY\\_ID in the environment.<br>" +
        "Read on 2026-03-04 05:06 UTC by oss-encryption 1.2.3. Buckets: all. Regions: cn-hangzhou.",
      "",
      "| bucket | region | connection | rule | status | managed by |",
      "| --- | --- | --- | --- | --- | --- |",
      "| logs | cn-hangzhou |  | KMS with the CMK managed by OSS | fulfilled | nobody |",
      "| logs | cn-hangzhou |  | none | not fulfilled | nobody |",
      "| logs | cn-hangzhou | finance |  | could not be read: 403 | nobody |",
      ...setBy.map(
        ({ type }) =>
          `| logs | cn-hangzhou |  | KMS with the CMK managed by OSS | fulfilled | prod (${type}) |`,
      ),
      "| logs | cn-hangzhou |  | none | exempt: r | nobody |",
      "",
      "Connection finance: 403",
      "",
      "No bucket fits --prefix x: nothing is known of what it was to select.",
      "",
      "1 bucket has its rule from alicloud.oss.BucketServerSideEncryption: oss-encryption import --from-alicloud takes it over.",
      "",
      "1 bucket has its rule from serverSideEncryptionRule of alicloud.oss.Bucket: before oss-encryption import takes it over, set " +
        "ignoreChanges to that property there, so that one place declares it.",
      "",
      "1 bucket is managed by none of the stacks named here: oss-encryption import brings buckets into a stack.",
      "",
    ]);
  });

  it("objectsText tells what objects carry, the most frequent first", () => {
    const byMethod = { AES256: 2, none: 10 };
    const nothing = { looked: 0, complete: true, byMethod: {} };
    const all = { looked: 12, complete: true, byMethod };
    const some = { ...all, complete: false };
    assert.equal(objectsText({ ...all, oldVersions: nothing }), "12: 10 none, 2 AES256; old versions: none");
    assert.equal(
      objectsText({ ...nothing, oldVersions: some }),
      "0; old versions: 12 (first ones): 10 none, 2 AES256",
    );
    assert.equal(
      objectsText({ ...nothing, oldVersions: { ...nothing, complete: false, reason: "403" } }),
      "0; old versions: not counted: 403",
    );
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
    assert.deepStrictEqual(seen, [1, 2]);
  });
});
