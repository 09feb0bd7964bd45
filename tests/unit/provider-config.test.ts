import assert from "node:assert/strict";
import { configMistake } from "../../provider/src/plugin/provider-config";
import { unknownValue } from "../../provider/src/rule/rule";

describe("a provider's config in a preview that doesn't know all of it yet", () => {
  const mistake = (values: Record<string, unknown>) => configMistake(values, { explicit: "gateway" });

  for (const [field, value] of Object.entries({ pathStyle: true, cname: "true", cloudBoxId: "cb-1" })) {
    it(`${field} has the endpoint that it needs where that is not known`, () => {
      assert.equal(mistake({ [field]: value, endpoint: unknownValue }), undefined);
      assert.equal(mistake({ [field]: value }), `The provider gateway: ${field} needs an endpoint.`);
    });
  }

  it("nothing that is not known contradicts anything", () => {
    const names = ["cname", "pathStyle", "cloudBoxId", "signVersion", "internal", "connections"];
    const unknown = Object.fromEntries(names.map((name) => [name, unknownValue]));
    assert.equal(mistake(unknown), undefined);
    for (const field of ["cname", "pathStyle"]) {
      assert.equal(mistake({ ...unknown, endpoint: "oss.corp.example", [field]: true }), undefined);
    }
  });

  it("two that are known contradict each other whatever the endpoint will be", () =>
    assert.equal(
      mistake({ cname: true, pathStyle: true, endpoint: unknownValue }),
      "The provider gateway: only one of cname and pathStyle may be set.",
    ));
});
