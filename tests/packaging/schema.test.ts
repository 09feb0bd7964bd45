import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectionKinds } from "../../provider/src/settings/connection-entry";
import { packageSchema } from "../../provider/src/plugin/schema";
import { repository } from "../support/repository";

const file = (path: string) => JSON.parse(readFileSync(join(repository, path), "utf8")) as unknown;

describe("the plugin's schema", () => {
  const { version } = file("provider/package.json") as { version: string };
  const schema = packageSchema(version);

  it("is what provider/schema.json has: npm run schema writes it anew", () => {
    assert.deepEqual(file("provider/schema.json"), JSON.parse(JSON.stringify(schema)));
  });

  it("describes every property that it has", () => {
    const { config, resources, functions } = schema;
    const bags: Record<string, { description: string }>[] = [config.variables];
    for (const one of Object.values(resources)) bags.push(one.inputProperties, one.properties);
    for (const one of Object.values(functions)) bags.push(one.inputs.properties, one.outputs.properties);
    for (const [name, { description }] of bags.flatMap((bag) => Object.entries(bag))) {
      assert.match(description, /\.$/, name);
    }
  });

  it("has each setting that a connection has, and keeps credentials secret", () => {
    const { variables } = schema.config;
    const missing = Object.keys(connectionKinds).filter((name) => !(name in variables));
    assert.deepEqual(missing, []);
    const secret = Object.entries(variables)
      .filter(([, variable]) => "secret" in variable)
      .map(([name]) => name);
    assert.deepEqual(secret, ["accessKey", "secretKey", "securityToken"]);
  });
});
