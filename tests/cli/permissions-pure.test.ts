import assert from "node:assert/strict";
import { dynamicResourceType } from "pulumi-oss-encryption/oss";
import { permissions, policyDocument } from "../../cli/src/commands/permissions/policy";
import { joined, leftOut, scopeOfProgram, scopeOfState } from "../../cli/src/commands/permissions/scope";
import type { StateResource } from "../../cli/src/pulumi/stack-state";

const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const secret = (text: string) => ({ ...secretMark, plaintext: JSON.stringify(text) });
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const resource = (bucket: unknown, more: Partial<StateResource> = {}): StateResource => ({
  urn: `urn:pulumi:prod::infra::${dynamicResourceType}::enc`,
  type: dynamicResourceType,
  ...more,
  inputs: { bucket, sseAlgorithm: "KMS", ...more.inputs },
});
const scopeOf = (resources: StateResource[], operations: StateResource[] = []) => {
  const pending_operations = operations.map((one) => ({ type: "creating", resource: one }));
  return scopeOfState({ version: 3, deployment: { resources, pending_operations } });
};
const address = (bucket: string) => ({ bucket, region: null, connection: null });
const keysIn = (scope: ReturnType<typeof scopeOfState>) =>
  policyDocument(permissions({ ...scope, readOnly: true, objects: false })).Statement.flatMap(
    ({ Action, Resource }) => (Action.includes("kms:DescribeKey") ? Resource : []),
  );

describe("what a policy for a stack is about", () => {
  it("every bucket that the next up has to do with, what waits for its deletion and what was begun among them", () => {
    const { buckets, addresses } = scopeOf(
      [resource("a"), resource("old", { delete: true })],
      [resource("new")],
    );
    assert.deepEqual(buckets, ["a", "old", "new"]);
    assert.deepEqual(addresses, ["a", "old", "new"].map(address));
  });

  it("one bucket of a replaced resource and the one in its place, tried once", () => {
    const { addresses } = scopeOf([resource("a"), resource("a", { delete: true })]);
    assert.deepEqual(addresses, [address("a")]);
  });

  const withKey = (kmsMasterKeyId: unknown, outputs: Record<string, unknown> = {}) =>
    resource("a", { inputs: { kmsMasterKeyId }, outputs });
  const keys: [what: string, resources: StateResource[], expected: string[]][] = [
    ["no key", [resource("a")], []],
    [
      "the keys of its rules",
      [withKey("key-1"), withKey("key-1", { kmsMasterKeyId: "key-1" })],
      ["key/key-1"],
    ],
    ["any key where one is secret", [withKey("key-1"), withKey(secret("key-2"))], ["key/*"]],
    [
      "any key where one is secret among the outputs alone",
      [withKey("key-1", { kmsMasterKeyId: secret("key-1") })],
      ["key/*"],
    ],
  ];
  for (const [what, resources, expected] of keys) {
    it(`names ${what}`, () =>
      assert.deepEqual(
        keysIn(scopeOf(resources)),
        expected.map((key) => `acs:kms:*:*:${key}`),
      ));
  }

  it("secret names of buckets and connections are used, and known as secret", () => {
    const { buckets, addresses, hidden } = scopeOf([
      resource("a", { outputs: { bucket: secret("a") }, inputs: { connection: secret("finance") } }),
      resource(secret("b"), { id: "b" }),
      resource("c", { inputs: { connection: "plain" } }),
      resource("d", { inputs: { connection: secretMark } }),
    ]);
    assert.deepEqual(buckets, ["a", "b", "c", "d"]);
    assert.deepEqual(
      addresses.map(({ connection }) => connection),
      ["finance", null, "plain", null],
    );
    assert.deepEqual(hidden, new Set(["a", "b", "finance"]));
  });
});

describe("what a policy for a program that was never deployed is about", () => {
  const declared = (inputs: Record<string, unknown>) => ({
    inputs: { bucket: "logs", sseAlgorithm: "KMS", ...inputs },
    through: {},
  });
  const why = (what: string, how: string) => `A preview does not tell its ${what}: it is ${how}.`;

  it("the buckets that it declares, and those of which a preview doesn't tell how they are reached", () => {
    const scope = scopeOfProgram([
      declared({ region: unknown }),
      declared({ bucket: "far", region: "cn-beijing", connection: "finance" }),
      declared({ bucket: "[secret]" }),
      declared({ bucket: secretMark }),
      declared({ bucket: unknown }),
      declared({ bucket: "payroll", connection: "[secret]" }),
    ]);
    assert.deepEqual(scope, {
      buckets: ["logs", "far", "payroll"],
      keys: [],
      addresses: [address("logs"), { bucket: "far", region: "cn-beijing", connection: "finance" }],
      untriable: [
        { bucket: "[secret]", reason: why("name", "secret") },
        { bucket: "[secret]", reason: why("name", "secret") },
        { bucket: "[not known yet]", reason: why("name", "not known yet") },
        { bucket: "payroll", reason: why("connection", "secret") },
      ],
      hidden: new Set(),
    });
    assert.deepEqual(leftOut(scope), [
      "Not in this policy: 2 buckets whose names are secret; run this again after pulumi up.",
      "Not in this policy: 1 bucket whose name is not known yet; run this again after pulumi up.",
    ]);
  });

  it("any key where a preview doesn't tell one", () => {
    const keys = (...values: string[]) =>
      scopeOfProgram(values.map((kmsMasterKeyId) => declared({ kmsMasterKeyId }))).keys;
    assert.deepEqual(keys("key-1", "key-2"), ["key-1", "key-2"]);
    assert.deepEqual([keys("key-1", unknown), keys("[secret]")], [undefined, undefined]);
  });

  it("also what an up that did not get far has begun", () => {
    const begun = scopeOf([], [resource("begun", { inputs: { kmsMasterKeyId: "key-1" } })]);
    const scope = joined(begun, scopeOfProgram([declared({}), declared({ bucket: "begun" })]));
    assert.deepEqual(scope.buckets, ["begun", "logs", "begun"]);
    assert.deepEqual(scope.addresses, [address("begun"), address("logs")]);
    assert.deepEqual(scope.keys, ["key-1"]);
    assert.equal(joined(begun, scopeOfProgram([declared({ kmsMasterKeyId: unknown })])).keys, undefined);
  });
});
