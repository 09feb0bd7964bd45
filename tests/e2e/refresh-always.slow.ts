import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EncryptionStack, steps } from "../support/encryption-stack";
import { succeeds } from "../support/outcome";
import { refreshAlways } from "../support/refresh-always";
import { repository } from "../support/repository";
import { describeWithEngine } from "../support/with-engine";
import { writeProgram } from "../support/written-program";

const urn = (name: string) => `urn:pulumi:test::project::pulumi-nodejs:dynamic/oss:BucketEncryption::${name}`;
const declared = {
  weakened: "KMS",
  removed: "KMS",
  moved: "KMS",
  handed: "KMS",
  excluded: "KMS",
  literal: "KMS",
};

/** The program, with a bucket that another storage class replaces, and declarations by name of resource. */
const program = (storageClass: string, rules: Record<string, string>) => `
  const bucket = new Bucket("literal", { bucket: "literal", storageClass: "${storageClass}" });
  rule("literal", { bucket: "literal", sseAlgorithm: "KMS" }, { dependsOn: [bucket] });
  for (const [name, bucket] of ${JSON.stringify(Object.entries(rules))}) rule(name, { bucket, sseAlgorithm: "KMS" });`;

describeWithEngine("a plain pulumi up after rules were lost outside of it", (engine) => {
  let stack: EncryptionStack;
  const rules = {
    weakened: "weakened",
    removed: "removed",
    two: "excluded",
    moved: "moved",
    handed: "handed",
  };

  before(async () => {
    stack = await EncryptionStack.create(engine());
    const { emulator, project } = stack;
    for (const name of ["weakened", "removed", "moved", "handed", "excluded"]) emulator.createBucket(name);
    await using other = await EncryptionStack.create(engine(), { beside: stack });
    const both = ["moved", "handed"].map((name) => ({ name, args: { bucket: name, sseAlgorithm: "KMS" } }));
    await other.declare(...both);
    await succeeds(other.project.up());

    // This stack takes two declarations over before the other one drops them, and declares a bucket twice.
    await writeProgram(project, program("Standard", { ...rules, one: "excluded" }));
    await succeeds(project.up());
    await other.declare();
    assert.equal((await other.project.pulumi(["state", "delete", urn("handed"), "--yes"])).code, 0);
    await succeeds(other.project.up());
    // One of the two declarations goes, in a run that leaves the other one out.
    await writeProgram(project, program("Standard", rules));
    await succeeds(project.up(["--exclude", urn("two")]));
    // The bucket is replaced under a rule that names it by a literal.
    await writeProgram(project, program("IA", rules));
    await succeeds(project.up());
    emulator.setEncryption("weakened", { SSEAlgorithm: "AES256" });
    emulator.setEncryption("removed", undefined);
  });
  after(() => stack.close());

  it("trusts the state where the project has no refresh: always, as with every resource of Pulumi", async () => {
    const up = await succeeds(stack.project.up());
    assert.deepEqual(steps(up), {});
    assert.deepEqual(stack.live, {
      weakened: "AES256",
      removed: undefined,
      moved: undefined,
      handed: "KMS",
      excluded: undefined,
      literal: undefined,
    });
  });

  it("puts every rule right where the project has it", async () => {
    await stack.project.write(refreshAlways);
    stack.takeOperations();
    await succeeds(stack.project.up());
    assert.deepEqual(stack.live, declared);
  });

  it("costs one read for each bucket, and none with --refresh=false", async () => {
    stack.takeOperations();
    await succeeds(stack.project.up());
    assert.deepEqual(stack.takeOperations(), Array(6).fill("GetBucketEncryption"));
    await succeeds(stack.project.up(["--refresh=false"]));
    assert.deepEqual(stack.takeOperations(), []);
  });

  it("takes back the rule of a declaration that goes", async () => {
    const { removed, ...others } = rules;
    await writeProgram(stack.project, program("IA", others));
    await succeeds(stack.project.up());
    assert.deepEqual(stack.live, { ...declared, [removed]: undefined });
  });

  it("takes back what it finds in a destroy, also what somebody else has declared since", async () => {
    stack.emulator.setEncryption("weakened", { SSEAlgorithm: "SM4" });
    await succeeds(stack.project.destroy());
    assert.deepEqual(stack.live, {
      weakened: undefined,
      removed: undefined,
      moved: undefined,
      handed: undefined,
      excluded: undefined,
    });
  });
});

describe("the project at the root", () => {
  it("has refresh: always", () => {
    assert.match(readFileSync(join(repository, "Pulumi.yaml"), "utf8"), /^options:\n {2}refresh: always\n/m);
  });
});
