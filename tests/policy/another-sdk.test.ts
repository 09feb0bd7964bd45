import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { kms } from "oss-encryption-policy/policies";
import { unknown } from "./wire";

const load = createRequire(__filename);

type Validate = (args: object, report: (violation: unknown) => void) => void;
const { validateResource, validateStack } = kms as unknown as Record<
  "validateResource" | "validateStack",
  Validate
>;

/** A second copy of the SDK's module, as npm installs one for a pack that takes another version of the SDK. */
function secondCopy(): { unknownCheckingProxy: (props: object) => Record<string, unknown> } {
  const path = load.resolve("@pulumi/policy/proxy");
  const first = load.cache[path];
  load.cache[path] = undefined;
  const second = load(path) as ReturnType<typeof secondCopy>;
  load.cache[path] = first;
  return second;
}

describe("a policy in a pack that takes another version of the SDK", () => {
  it("leaves to the update what is unknown", () => {
    const props = secondCopy().unknownCheckingProxy({ bucket: "logs", sseAlgorithm: unknown });
    const urn = "urn:pulumi:prod::shop::pulumi-nodejs:dynamic/oss:BucketEncryption::logs";
    const args = { type: urn.split("::")[2], name: "logs", urn, props, getConfig: () => ({}) };
    const reported: unknown[] = [];
    const report = (violation: unknown) => reported.push(violation);
    validateResource(args, report);
    validateStack({ ...args, resources: [] }, report);
    assert.deepEqual(reported, [
      {
        message:
          'The update will check this: whether the rule of BucketEncryption "logs" uses KMS depends on a value that is not known yet.',
        urn,
        enforcementLevel: "advisory",
      },
    ]);
  });
});
