import assert from "node:assert/strict";
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { compareBuckets, engineFailure } from "../../cli/src/commands/drift/refresh-events";
import { resourceType } from "pulumi-oss-encryption/oss";
import { managedBuckets } from "../../cli/src/pulumi/stack-state";
import { replaceable } from "../../cli/src/commands/drift/resource-options";
import { driftReport, verdict, type StackReport } from "../../cli/src/commands/drift/report";
import { renderMarkdown } from "../../cli/src/output/markdown";

const urn = `urn:pulumi:prod::infra::${resourceType}::logs`;
const logs = { urn, bucket: "logs", region: null, connection: null };
const secret = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "v1:abc",
};

const result = (metadata: object): EngineEvent =>
  ({
    resOutputsEvent: { metadata: { urn, type: resourceType, ...metadata } as StepEventMetadata },
  }) as EngineEvent;
const error = (message: string, about?: string): EngineEvent =>
  ({ diagnosticEvent: { message, severity: "error", ...(about && { urn: about }) } }) as EngineEvent;

describe("what a refresh says of buckets", () => {
  it("managed buckets are those of the state that are neither looked up nor replaced", () => {
    const resource = {
      urn,
      type: resourceType,
      id: "logs",
      inputs: { bucket: "logs", region: "cn-shanghai" },
    };
    const state = {
      version: 3,
      deployment: {
        resources: [
          resource,
          { ...resource, delete: true },
          { ...resource, external: true },
          { ...resource, type: "alicloud:oss/bucket:Bucket" },
          { ...resource, inputs: { bucket: secret } },
        ],
      },
    };
    assert.deepEqual(managedBuckets(state), [
      { ...logs, region: "cn-shanghai" },
      { ...logs, bucket: "[secret]" },
    ]);
  });

  it("a bucket about which the engine says nothing is unreadable", () => {
    assert.deepEqual(compareBuckets([logs], []), [
      {
        ...logs,
        status: "unreadable",
        reason: "The engine ended without a result for this bucket, and gave no reason.",
      },
    ]);
  });

  it("a bucket's first error counts, whatever else is said of it", () => {
    const events = [error("Preview failed: no\n  way.\n", urn), error("other", urn), result({ op: "same" })];
    assert.deepEqual(compareBuckets([logs], events), [{ ...logs, status: "unreadable", reason: "no way." }]);
  });

  it("a replaced resource that waits for its deletion is passed over", () => {
    const events = [result({ op: "same" }), result({ op: "delete", old: { delete: true, inputs: {} } })];
    assert.deepEqual(compareBuckets([logs], events), [{ ...logs, status: "same" }]);
  });

  it("a comparison shows no secret, and still which one changed", () => {
    const old = {
      inputs: { bucket: "logs", kmsMasterKeyId: secret, kmsDataEncryption: secret, __provider: "x" },
    };
    const events = [result({ op: "update", old, new: old, detailedDiff: { kmsMasterKeyId: {} } })];
    const change = { property: "kmsMasterKeyId", declared: "[secret]", live: "[secret]" };
    assert.deepEqual(compareBuckets([logs], events), [{ ...logs, status: "changed", changes: [change] }]);
  });

  it("a failure of the engine is told from that of a bucket", () => {
    const crash = error("the program failed:\nError: bang\n    at Object.<anonymous> (index.js:1:1)\n");
    const last = error("preview failed\n");
    assert.equal(engineFailure([error("denied", urn), last], "error line"), undefined);
    assert.equal(
      engineFailure([error("denied", urn), crash, last], "error line"),
      "the program failed: Error: bang",
    );
    assert.equal(engineFailure([last], "error line"), "error line");
  });
});

describe("what drift --fix may replace", () => {
  const state = (...others: object[]) => ({
    version: 3,
    deployment: {
      resources: [{ urn, type: resourceType, inputs: { bucket: urn }, parent: "stack" }, ...others],
    },
  });

  it("--fix may replace a resource that stands alone", () =>
    assert.deepEqual(replaceable(state()), new Set([urn])));

  const other = "urn:pulumi:prod::infra::some:index:Type::other";
  const relations: [string, object][] = [
    ["is its child", { parent: urn }],
    ["depends on it", { dependencies: [urn] }],
    ["takes a property of it", { propertyDependencies: { bucket: [urn] } }],
    ["is replaced with it", { replaceWith: [urn] }],
  ];
  for (const [what, relation] of relations) {
    it(`--fix may not replace a resource where another ${what}`, () =>
      assert.deepEqual(replaceable(state({ urn: other, ...relation })), new Set([other])));
  }

  it("--fix may not replace a protected resource", () => {
    const resources = [{ urn, protect: true }];
    assert.deepEqual(replaceable({ version: 3, deployment: { resources } }), new Set());
  });
});

describe("drift verdict", () => {
  const same: StackReport = { stack: "prod", status: "checked", buckets: [{ ...logs, status: "same" }] };
  const changes = [{ property: "sseAlgorithm", declared: "KMS", live: null }];
  const removed = { ...logs, status: "removed", changes } as const;
  const unreadable = { ...logs, status: "unreadable", reason: "denied" } as const;
  const one = (...buckets: Extract<StackReport, { status: "checked" }>["buckets"]): StackReport => ({
    stack: "prod",
    status: "checked",
    buckets,
  });
  const empty = (expected: boolean): StackReport => ({ stack: "net", status: "empty", expected });
  const failed: StackReport = { stack: "old", status: "failed", reason: "gone" };

  const verdicts: [string, StackReport[], string][] = [
    ["all buckets read and same", [same], "none"],
    ["another stack without our resources among all", [same, empty(false)], "none"],
    ["a named stack without our resources", [same, empty(true)], "unknown"],
    ["no bucket anywhere", [empty(false)], "unknown"],
    ["no stack", [], "unknown"],
    ["a stack that could not be checked", [same, failed], "unknown"],
    ["an engine that failed all the same", [{ ...same, reason: "bang" }], "unknown"],
    ["an unreadable bucket", [one({ ...logs, status: "same" }, unreadable)], "unknown"],
    ["drift beside an unreadable bucket and a failed stack", [one(removed, unreadable), failed], "drift"],
    ["drift that was put right", [one({ ...removed, fix: "reasserted" })], "none"],
    ["drift that was left", [one({ ...removed, fix: "skipped", fixReason: "why" })], "drift"],
  ];
  for (const [what, stacks, expected] of verdicts) {
    it(`the verdict is ${expected} for ${what}`, () => assert.equal(verdict(stacks), expected));
  }

  it("a report shows what differs, and what to do about it", () => {
    const text = renderMarkdown(driftReport([one(removed, unreadable), failed]).blocks);
    assert.deepEqual(text.split("\n").slice(0, 10), [
      "### Stack prod: 1 drifted, 1 could not be read (2 buckets)",
      "",
      "| bucket | status | declared → live |",
      "| --- | --- | --- |",
      "| logs | removed | sseAlgorithm: KMS → (absent) |",
      "| logs | could not be read | denied |",
      "",
      "### Stack old: could not be checked",
      "",
      "gone",
    ]);
    assert.match(text, /To put the declared rules back: oss-encryption drift --fix/);
  });
});
