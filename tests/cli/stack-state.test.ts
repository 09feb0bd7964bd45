import assert from "node:assert/strict";
import { dynamicResourceType, pluginResourceType } from "pulumi-oss-encryption/oss";
import {
  isHidden,
  managedResources,
  ownResources,
  shown,
  type StateResource,
} from "../../cli/src/pulumi/stack-state";

const secret = (text: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(text),
});
const resource = (name: string, more: Partial<StateResource> = {}): StateResource => ({
  urn: `urn:pulumi:prod::infra::${dynamicResourceType}::${name}`,
  type: dynamicResourceType,
  id: name,
  inputs: { bucket: name, sseAlgorithm: "AES256" },
  ...more,
});
const stateOf = (resources: StateResource[], operations: object[] = []) => ({
  version: 3,
  deployment: { resources, pending_operations: operations },
});

describe("what of a state is shown", () => {
  const inputs = { bucket: "logs", region: "cn-beijing", connection: "finance", kmsMasterKeyId: "key-1" };
  const outputs = Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, secret(value)]));

  for (const [where, given] of [
    ["inputs", { inputs: outputs, outputs: inputs }],
    ["outputs alone, as by additionalSecretOutputs", { inputs, outputs }],
  ] as const) {
    it(`nothing that it keeps secret among the ${where}`, () => {
      const one = resource("logs", given);
      for (const property of Object.keys(inputs)) {
        assert.deepEqual([isHidden(one, property), shown(one, property)], [true, "[secret]"], property);
      }
      const [{ bucket, region, connection, address } = assert.fail()] = managedResources(stateOf([one]));
      assert.deepEqual(
        { bucket, region, connection },
        {
          bucket: "[secret]",
          region: "[secret]",
          connection: "[secret]",
        },
      );
      assert.deepEqual(address, { bucket: "logs", region: "cn-beijing", connection: "finance" });
    });
  }

  it("everything else as it was declared, and nothing where there is nothing", () => {
    const one = resource("logs", { inputs, outputs: inputs });
    const names = [...Object.keys(inputs), "kmsDataEncryption"];
    assert.deepEqual(
      names.map((property) => shown(one, property)),
      ["logs", "cn-beijing", "finance", "key-1", null],
    );
  });
});

describe("the resources that the next pulumi up has to do with", () => {
  const operation = (type: string, name: string, more: Partial<StateResource> = {}) => ({
    type,
    resource: resource(name, more),
  });
  const cases: [what: string, resources: StateResource[], operations: object[], names: string[]][] = [
    [
      "what is managed, in either form",
      [resource("a"), resource("b", { type: pluginResourceType })],
      [],
      ["a", "b"],
    ],
    [
      "no other type, and nothing that was looked up",
      [resource("a", { type: "t" }), resource("b", { external: true })],
      [],
      [],
    ],
    ["what waits for its deletion", [resource("a"), resource("old", { delete: true })], [], ["a", "old"]],
    ["what is to be created anew", [resource("a", { pendingReplacement: true })], [], ["a"]],
    [
      "what was begun to be created, imported or deleted",
      [],
      ["creating", "importing", "deleting"].map((type) => operation(type, type, { id: "" })),
      ["creating", "importing", "deleting"],
    ],
    [
      "no look-up, and nothing of another type",
      [],
      [operation("reading", "a"), operation("creating", "b", { type: "t" })],
      [],
    ],
  ];
  for (const [what, resources, operations, names] of cases) {
    it(`are ${what}`, () =>
      assert.deepEqual(
        ownResources(stateOf(resources, operations)).map(({ inputs }) => inputs?.bucket),
        names,
      ));
  }
});
