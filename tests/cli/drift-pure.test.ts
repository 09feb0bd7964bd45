import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { dynamicResourceType, type LiveRule } from "pulumi-oss-encryption/oss";
import type { Reading } from "../../cli/src/buckets/read-rules";
import { compareBucket, type Comparison } from "../../cli/src/commands/drift/compare-buckets";
import { declaredBuckets } from "../../cli/src/commands/drift/declared-buckets";
import { engineFailure } from "../../cli/src/commands/drift/engine-failure";
import { driftReport, verdict, type StackReport } from "../../cli/src/commands/drift/report";
import { replaceable } from "../../cli/src/commands/drift/resource-options";
import { renderMarkdown } from "../../cli/src/output/markdown";
import type { StateResource } from "../../cli/src/pulumi/stack-state";

const urn = `urn:pulumi:prod::infra::${dynamicResourceType}::logs`;
const logs = { urn, bucket: "logs", region: null, connection: null };
const secret = (text: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(text),
});

const inputs = { bucket: "logs", sseAlgorithm: "KMS", kmsMasterKeyId: "k1" };
const resource: StateResource = { urn, type: dynamicResourceType, id: "logs", inputs };
const stateOf = (resources: StateResource[], operations?: object[]) => ({
  version: 3,
  deployment: { resources, ...(operations && { pending_operations: operations }) },
});
const address = { bucket: "logs", region: null, connection: null };
const live = (rule: LiveRule | null): Reading => ({ ...address, status: "read", rule });

/** The comparison of one resource with what was read. */
function compared(given: Partial<StateResource>, reading: Reading): Comparison {
  const [declared, ...others] = declaredBuckets(stateOf([{ ...resource, ...given }]));
  assert.ok(declared && others.length === 0);
  const { urn: about, bucket, region, connection, ...comparison } = compareBucket(declared, reading);
  assert.deepEqual({ urn: about, region, connection }, { urn, region: null, connection: null });
  assert.ok(["logs", "[secret]"].includes(bucket));
  return comparison;
}

describe("what a state declares", () => {
  it("declares what the stack manages, of our type alone, and shows no secret of it", () => {
    const other = { ...resource, inputs: { bucket: "logs", region: "cn-shanghai" } };
    const state = stateOf([
      other,
      { ...other, external: true },
      { ...other, type: "alicloud:oss/bucket:Bucket" },
      { ...other, inputs: { bucket: secret("logs"), connection: secret("finance") } },
    ]);
    assert.deepEqual(
      declaredBuckets(state).map(({ managed }) => managed),
      [
        { ...logs, region: "cn-shanghai" },
        { ...logs, bucket: "[secret]", connection: "[secret]" },
      ],
    );
  });

  const addresses: [string, object, object][] = [
    [
      "its inputs",
      { region: "cn-shanghai", connection: "finance" },
      { region: "cn-shanghai", connection: "finance" },
    ],
    [
      "secrets among them",
      { bucket: secret("hidden"), region: secret("cn-beijing") },
      { bucket: "hidden", region: "cn-beijing" },
    ],
    ["its id where they name no bucket", { bucket: undefined }, {}],
  ];
  for (const [what, given, expected] of addresses) {
    it(`a bucket is read where its resource has it: by ${what}`, () => {
      const [declared] = declaredBuckets(stateOf([{ ...resource, inputs: { ...inputs, ...given } }]));
      assert.deepEqual(declared?.address, { ...address, ...expected });
    });
  }

  const operation = (type: string, given: Partial<StateResource> = {}) => ({
    type,
    resource: { ...resource, ...given },
  });
  const old = { ...resource, delete: true };
  const begun: [string, StateResource[], object[] | undefined, (string | undefined)[]][] = [
    ["nothing for a resource that is done", [resource], undefined, [undefined]],
    ["nothing for one that was looked up", [{ ...resource, external: true }], undefined, []],
    ["a replacement", [{ ...resource, pendingReplacement: true }], undefined, ["replacement"]],
    [
      "the delete of a replaced one beside the one in its place",
      [resource, old],
      undefined,
      [undefined, "delete"],
    ],
    ["a create that the state has no resource of", [], [operation("creating", { id: "" })], ["create"]],
    ["an import that the state has no resource of", [], [operation("importing")], ["create"]],
    [
      "the create of the same bucket in a replacement, once",
      [resource],
      [operation("creating", { id: "" })],
      ["create"],
    ],
    [
      "the create of another bucket in a replacement",
      [resource],
      [operation("creating", { id: "", inputs: { ...inputs, bucket: "other" } })],
      [undefined, "create"],
    ],
    ["an update", [resource], [operation("updating")], ["update"]],
    ["a delete", [resource], [operation("deleting")], ["delete"]],
    [
      "a delete of the replaced one only",
      [resource, old],
      [operation("deleting", { delete: true })],
      [undefined, "delete"],
    ],
    [
      "no look-up, and nothing of another type",
      [],
      [operation("reading"), operation("creating", { type: "other:index:Type" })],
      [],
    ],
  ];
  for (const [what, resources, operations, expected] of begun) {
    it(`a state says what was begun and not ended: ${what}`, () => {
      const pending = declaredBuckets(stateOf(resources, operations)).map((one) => one.pending?.kind);
      assert.deepEqual(pending, expected);
    });
  }
});

describe("how a live rule compares with the declared one", () => {
  const keyChange = { property: "kmsMasterKeyId", declared: "k1", live: "k2" };
  const k2 = { sseAlgorithm: "KMS", kmsMasterKeyId: "k2" };
  const gone = [
    { property: "sseAlgorithm", declared: "KMS", live: null },
    { property: "kmsMasterKeyId", declared: "k1", live: null },
  ];
  const refused = { ...address, status: "unreadable", reason: "denied." } as const;
  const hidden = { inputs: { ...inputs, kmsMasterKeyId: secret("k1") } };
  const shownHidden = { property: "kmsMasterKeyId", declared: "[secret]", live: "[secret]" };
  const cases: [string, Partial<StateResource>, Reading, Comparison][] = [
    ["equal", {}, live({ sseAlgorithm: "KMS", kmsMasterKeyId: "k1" }), { status: "same" }],
    ["another key", {}, live(k2), { status: "changed", changes: [keyChange] }],
    [
      "other properties",
      {},
      live({ sseAlgorithm: "AES256" }),
      {
        status: "changed",
        changes: [
          { property: "sseAlgorithm", declared: "KMS", live: "AES256" },
          { property: "kmsMasterKeyId", declared: "k1", live: null },
        ],
      },
    ],
    [
      "another encryption of the data",
      {},
      live({ ...inputs, kmsDataEncryption: "SM4" }),
      { status: "changed", changes: [{ property: "kmsDataEncryption", declared: null, live: "SM4" }] },
    ],
    ["a secret key that is equal", hidden, live({ ...inputs }), { status: "same" }],
    ["another key than the secret one", hidden, live(k2), { status: "changed", changes: [shownHidden] }],
    [
      "another key than the one that only outputs keep secret",
      { outputs: { kmsMasterKeyId: secret("k1") } },
      live(k2),
      { status: "changed", changes: [shownHidden] },
    ],
    [
      "a secret key that is gone",
      hidden,
      live({ sseAlgorithm: "KMS" }),
      { status: "changed", changes: [{ ...shownHidden, live: null }] },
    ],
    ["no rule", {}, live(null), { status: "removed", changes: gone }],
    [
      "no bucket of that name",
      {},
      { ...address, status: "gone", reason: "404" },
      { status: "removed", changes: gone },
    ],
    ["not read", {}, refused, { status: "unreadable", reason: "denied." }],
    [
      "an ignored difference",
      { ignoreChanges: ["kmsMasterKeyId"] },
      live(k2),
      { status: "same", ignored: [keyChange] },
    ],
    [
      "ignored by its path",
      { ignoreChanges: ['["kmsMasterKeyId"]'] },
      live(k2),
      { status: "same", ignored: [keyChange] },
    ],
    ["ignored whole", { ignoreChanges: ["*"] }, live(k2), { status: "same", ignored: [keyChange] }],
    ["ignored whole, and gone", { ignoreChanges: ["*"] }, live(null), { status: "removed", changes: gone }],
    [
      "an ignored difference beside another one",
      { ignoreChanges: ["kmsMasterKeyId"] },
      live({ sseAlgorithm: "SM4" }),
      {
        status: "changed",
        changes: [{ property: "sseAlgorithm", declared: "KMS", live: "SM4" }],
        ignored: [{ ...keyChange, live: null }],
      },
    ],
  ];
  for (const [what, given, reading, expected] of cases) {
    it(`compares: ${what}`, () => assert.deepEqual(compared(given, reading), expected));
  }

  const replacement = {
    status: "pending",
    pending: "replacement",
    reason: "Its replacement has been begun and not ended. pulumi up ends it.",
  } as const;
  it("what was begun is never the same, whatever is live", () => {
    const given = { pendingReplacement: true };
    assert.deepEqual(compared(given, live({ ...inputs })), replacement);
    assert.deepEqual(compared(given, live(k2)), { ...replacement, changes: [keyChange] });
    assert.deepEqual(compared(given, live(null)), { ...replacement, changes: gone });
    assert.deepEqual(compared(given, refused), { ...replacement, reason: `${replacement.reason} denied.` });
  });

  it("what a run may still be at is left to that run, and to the recovery after a kill", () => {
    const operations = [{ type: "creating", resource }];
    const [declared] = declaredBuckets(stateOf([], operations));
    assert.ok(declared);
    assert.deepEqual(compareBucket(declared, live({ ...inputs })), {
      ...logs,
      status: "pending",
      pending: "create",
      reason:
        "Its creation has been begun and not ended, so that the stack does not manage it yet. " +
        "If no run is at it any more: pulumi cancel, pulumi refresh --clear-pending-creates, pulumi up.",
    });
  });

  it("what is to be deleted need not be as it was declared", () => {
    const reason = "Its deletion has been begun and not ended. pulumi up ends it.";
    assert.deepEqual(compared({ delete: true }, live(k2)), { status: "pending", pending: "delete", reason });
  });
});

describe("a failure of the engine", () => {
  const error = (message: string, about?: string): EngineEvent =>
    ({ diagnosticEvent: { message, severity: "error", ...(about && { urn: about }) } }) as EngineEvent;

  it("is told from that of a bucket", () => {
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
      resources: [{ urn, type: dynamicResourceType, inputs: { bucket: urn }, parent: "stack" }, ...others],
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
  const begun = { ...logs, status: "pending", pending: "create", reason: "why" } as const;
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
    ["what was begun and not ended", [one(begun)], "drift"],
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
    assert.deepEqual(text.split("\n"), [
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
      "",
      "To put the declared rules back: oss-encryption drift --fix --stack prod, or pulumi up --refresh --stack prod. " +
        "To accept what is live: pulumi refresh --stack prod, and change the program to match.",
      "",
    ]);
  });

  it("what to do about drift names each stack that has drifted, and the folder that was given", () => {
    const stacks = [one(removed), same, { ...one(removed), stack: "it's" }, failed];
    const { blocks } = driftReport(stacks, "infra");
    const [prod, its] = ["prod", "'it'\\''s'"].map(
      (stack) =>
        `To put the declared rules back: oss-encryption drift --fix --stack ${stack} --cwd infra, ` +
        `or pulumi up --refresh --stack ${stack} --cwd infra. ` +
        `To accept what is live: pulumi refresh --stack ${stack} --cwd infra, and change the program to match.`,
    );
    assert.deepEqual(
      blocks.flatMap((block) => ("paragraph" in block ? [block.paragraph] : [])),
      ["gone", prod, its],
    );
    const fixed = one({ ...removed, fix: "skipped", fixReason: "why" });
    assert.ok(driftReport([fixed]).blocks.every((block) => !("paragraph" in block)));
  });

  it("a report says what was begun and what is ignored, and offers --fix only for what it can put back", () => {
    const changed = [{ property: "sseAlgorithm", declared: "KMS", live: "SM4" }];
    const ignored = { ...logs, status: "same", ignored: changed } as const;
    const replacement = { ...begun, pending: "replacement", changes: changed } as const;
    assert.equal(
      renderMarkdown(driftReport([one({ ...logs, status: "same" }, ignored, begun)]).blocks),
      [
        "### Stack prod: 1 begun and not ended (3 buckets)",
        "",
        "| bucket | status | declared → live |",
        "| --- | --- | --- |",
        "| logs | as declared | sseAlgorithm: KMS → SM4 (ignoreChanges) |",
        "| logs | create not ended | why |",
        "",
      ].join("\n"),
    );
    const text = renderMarkdown(driftReport([one(replacement)]).blocks);
    assert.match(text, /^\| logs \| replacement not ended \| sseAlgorithm: KMS → SM4<br>why \|$/m);
    assert.match(text, /drift --fix/);
  });
});
