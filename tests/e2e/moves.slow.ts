import assert from "node:assert/strict";
import { type Declaration, EncryptionStack, steps } from "../support/encryption-stack";
import { succeeds } from "../support/outcome";
import { describeWithEngine } from "../support/with-engine";

const rule = (name: string, bucket: string, sseAlgorithm: string, more: Partial<Declaration> = {}) => ({
  name,
  args: { bucket, sseAlgorithm },
  ...more,
});

/**
 * Each of these edits makes the engine create one resource and delete another for the same bucket, in this order:
 * without a guard the delete would take the rule away that the create has just made sure of.
 */
describeWithEngine("edits that move a declared bucket between resources", (engine) => {
  let stack: EncryptionStack;
  const names = ["renamed", "into-component", "swap-1", "swap-2", "before-old", "before-new", "dropped"];

  before(async () => {
    stack = await EncryptionStack.create(engine());
    for (const name of names) stack.emulator.createBucket(name);
    await stack.declare(
      rule("old-name", "renamed", "AES256"),
      rule("moving", "into-component", "KMS"),
      rule("first", "swap-1", "AES256"),
      rule("second", "swap-2", "SM4"),
      rule("before", "before-old", "AES256", { opts: { deleteBeforeReplace: true } }),
      rule("gone", "dropped", "AES256"),
    );
    const up = await stack.project.up();
    assert.equal(up.code, 0, up.stdout + up.stderr);
  });
  after(() => stack.close());

  /** The resource of that name in the state, of which two may have the bucket "renamed". */
  const renamed = async (name: string) => {
    const { resources } = await stack.project.exportStack();
    return resources.find(({ urn }) => urn.endsWith(`::${name}`)) ?? { urn: "" };
  };

  it("the right rules are live after a rename, a component, a swap, deleteBeforeReplace and a removal at once", async () => {
    await stack.declare(
      rule("new-name", "renamed", "AES256"),
      rule("moving", "into-component", "KMS", { inComponent: true }),
      rule("first", "swap-2", "AES256"),
      rule("second", "swap-1", "SM4"),
      rule("before", "before-new", "AES256", { opts: { deleteBeforeReplace: true } }),
    );
    stack.takeOperations();
    const up = await stack.project.up();
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.deepEqual(stack.live, {
      renamed: "AES256",
      "into-component": "KMS",
      "swap-1": "SM4",
      "swap-2": "AES256",
      "before-old": undefined,
      "before-new": "AES256",
      dropped: undefined,
    });
    const written = stack.emulator.requests.filter(({ operation }) => operation === "PutBucketEncryption");
    assert.deepEqual(written.map(({ bucket }) => bucket).sort(), ["before-new", "swap-1", "swap-2"]);
    assert.match(up.stdout, /bucket renamed: the program still declares it, so its default rule stays/);
  });

  it("the next preview has nothing to do", async () => {
    const preview = await stack.project.preview(["--refresh", "--expect-no-changes"]);
    assert.equal(preview.code, 0, preview.stdout + preview.stderr);
  });

  it("a rename with an alias asks OSS for nothing, and one without it is refused where the resource is protected", async () => {
    const rest = [
      rule("first", "swap-2", "AES256"),
      rule("second", "swap-1", "SM4"),
      rule("moving", "into-component", "KMS", { inComponent: true }),
      rule("before", "before-new", "AES256", { opts: { deleteBeforeReplace: true } }),
    ];
    const protect = { protect: true, aliases: [{ name: "new-name" }] };
    await stack.declare(...rest, rule("newer", "renamed", "AES256", { opts: protect }));
    stack.takeOperations();
    await succeeds(stack.project.up());
    assert.deepEqual(stack.takeOperations(), []);
    await stack.declare(...rest, rule("new-name", "renamed", "AES256"));
    const refused = await stack.project.up();
    assert.equal(refused.code, 1, refused.stdout + refused.stderr);
    assert.match(refused.stdout, /resource ".*::newer" cannot be deleted\s+because it is protected/);
    assert.equal(stack.live.renamed, "AES256");
    const { urn } = await renamed("newer");
    await stack.project.pulumi(["state", "unprotect", urn, "--yes"]);
    await succeeds(stack.project.up());
  });

  it("up --replace leaves the rule live", async () => {
    const { urn } = await renamed("new-name");
    const up = await stack.project.up(["--replace", urn]);
    assert.deepEqual([up.code, steps(up)["new-name"]], [0, "delete-replaced"], up.stdout + up.stderr);
    assert.equal(stack.live.renamed, "AES256");
  });

  it("destroy --run-program removes every rule", async () => {
    const destroy = await stack.project.destroy(["--run-program"]);
    assert.equal(destroy.code, 0, destroy.stdout + destroy.stderr);
    assert.deepEqual(stack.live, Object.fromEntries(names.map((name) => [name, undefined])));
    assert.deepEqual((await stack.project.exportStack()).resources, []);
  });
});
