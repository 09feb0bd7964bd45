import assert from "node:assert/strict";
import { EncryptionStack } from "../support/encryption-stack";
import { said, succeeds } from "../support/outcome";
import { describeWithEngine } from "../support/with-engine";
import { handWritten, writeProgram } from "../support/written-program";

const noDrift = ["--preview-only", "--expect-no-changes", "--diff"];
const stays = (bucket: string) =>
  `bucket ${bucket}: the program still declares it, so its default rule stays`;

describeWithEngine(
  "one edit that moves declared buckets, and one delete that is never answered",
  (engine) => {
    let stack: EncryptionStack;
    let edit: string[];
    const moved = { "from-provider": "KMS", "to-provider": "KMS", "hand-written": "SM4" };

    before(async () => {
      stack = await EncryptionStack.create(engine());
      for (const name of ["unanswered", ...Object.keys(moved)]) stack.emulator.createBucket(name);
      await writeProgram(
        stack.project,
        `${handWritten}
      const apart = other("apart");
      rule("unanswered", { bucket: "unanswered", sseAlgorithm: "AES256" });
      rule("from", { bucket: "from-provider", sseAlgorithm: "KMS" }, { provider: apart });
      rule("to", { bucket: "to-provider", sseAlgorithm: "KMS" });
      new HandWritten("logs", { bucket: "hand-written", sseAlgorithm: "SM4" });`,
      );
      await succeeds(stack.project.up());
      stack.takeOperations();
      const lost = { operation: "DeleteBucketEncryption", connection: "reset", carriedOut: true } as const;
      stack.emulator.fault({ ...lost, bucket: "unanswered", times: Infinity });
      await writeProgram(
        stack.project,
        `
      const apart = other("apart");
      rule("renamed-from", { bucket: "from-provider", sseAlgorithm: "KMS" });
      rule("renamed-to", { bucket: "to-provider", sseAlgorithm: "KMS" }, { provider: apart });
      rule("logs", { bucket: "hand-written", sseAlgorithm: "SM4" }, { aliases: [{ type: "pulumi-nodejs:dynamic:Resource" }] });`,
      );
      edit = said(await succeeds(stack.project.up()));
    });
    after(() => stack.close());

    it("leaves the rule of a resource that is renamed and leaves its provider in one edit, or gets one", () => {
      assert.deepEqual(stack.live, { ...moved, unanswered: undefined });
      assert.deepEqual(
        edit.filter((line) => line.includes("-provider:")),
        [stays("from-provider"), stays("to-provider")],
      );
    });

    it("writes nothing where a hand-written dynamic resource becomes a BucketEncryption by an alias", () => {
      assert.ok(!stack.takeOperations().includes("PutBucketEncryption"));
    });

    it("takes a rule back whose delete is carried out and never answered, and gives it again when it is declared again", async () => {
      assert.ok(
        edit.includes(
          "bucket unanswered: default rule removed (was AES256); objects keep the encryption they have",
        ),
      );
      await writeProgram(
        stack.project,
        `
      const apart = other("apart");
      rule("unanswered", { bucket: "unanswered", sseAlgorithm: "AES256" });
      rule("renamed-from", { bucket: "from-provider", sseAlgorithm: "KMS" });
      rule("renamed-to", { bucket: "to-provider", sseAlgorithm: "KMS" }, { provider: apart });
      rule("logs", { bucket: "hand-written", sseAlgorithm: "SM4" });`,
      );
      const up = await succeeds(stack.project.up());
      assert.match(up.stdout, /\+ 1 created\n +\d+ unchanged/);
      assert.deepEqual(stack.live, { ...moved, unanswered: "AES256" });
    });

    it("leaves drift of what was hand-written to be seen", async () => {
      stack.emulator.setEncryption("hand-written", { SSEAlgorithm: "AES256" });
      const refresh = await stack.project.refresh(noDrift);
      assert.equal(refresh.code, 7, refresh.stdout + refresh.stderr);
      assert.match(refresh.stdout, /\n +~ sseAlgorithm: "SM4" => "AES256"\n/);
      stack.emulator.setEncryption("hand-written", { SSEAlgorithm: "SM4" });
    });

    it("leaves a stack whose destroy takes every rule back", async () => {
      await succeeds(stack.project.destroy());
      assert.deepEqual(new Set(Object.values(stack.live)), new Set([undefined]));
      assert.deepEqual((await stack.project.exportStack()).resources, []);
    });
  },
);

describeWithEngine("a project without default providers", (engine) => {
  it("keeps the rules of resources that move from one explicit provider to another, by name or by alias", async () => {
    await using stack = await EncryptionStack.create(engine());
    const { emulator, project } = stack;
    for (const name of ["renamed", "aliased"]) emulator.createBucket(name);
    await project.setConfig({ "pulumi:disable-default-providers": ["*"] });
    await writeProgram(
      project,
      `
      const [one, two] = [other("one"), other("two")];
      rule("old", { bucket: "renamed", sseAlgorithm: "KMS" }, { provider: one });
      rule("first", { bucket: "aliased", sseAlgorithm: "SM4" }, { provider: one });`,
    );
    await succeeds(project.up());
    await writeProgram(
      project,
      `
      const [one, two] = [other("one"), other("two")];
      rule("new", { bucket: "renamed", sseAlgorithm: "KMS" }, { provider: two });
      rule("second", { bucket: "aliased", sseAlgorithm: "SM4" }, { provider: two, aliases: [{ name: "first" }] });`,
    );
    const up = await succeeds(project.up());
    assert.deepEqual(said(up), [stays("renamed")]);
    assert.deepEqual(stack.live, { renamed: "KMS", aliased: "SM4" });
    await succeeds(project.preview(["--refresh", "--expect-no-changes"]));
    await writeProgram(project, `rule("old", { bucket: "renamed", sseAlgorithm: "KMS" });`);
    const denied = await project.preview();
    assert.equal(denied.code, 1);
    assert.match(
      denied.stdout,
      /Default provider for 'pulumi-nodejs' disabled\. .* must use an explicit provider/,
    );
  });
});

describeWithEngine("up --continue-on-error", (engine) => {
  const program = (name: string, args: string, key: string) => `
    class Key extends pulumi.dynamic.Resource {
      constructor() {
        super({ create: async () => { ${key} } }, "key", { keyId: undefined });
      }
    }
    const key = new Key();
    rule("${name}", { bucket: "logs", ${args} });`;
  const withKey = 'sseAlgorithm: "KMS", kmsMasterKeyId: key.keyId';

  it("writes no rule that nobody declared where the key's resource fails, and the declared one once it doesn't", async () => {
    await using stack = await EncryptionStack.create(engine());
    const { emulator, project } = stack;
    emulator.createBucket("logs");
    await writeProgram(project, `rule("old", { bucket: "logs", sseAlgorithm: "AES256" });`);
    await succeeds(project.up());
    stack.takeOperations();

    await writeProgram(project, program("renamed", withKey, 'throw new Error("no key today");'));
    const failed = await project.up(["--continue-on-error"]);
    assert.equal(failed.code, 1);
    assert.match(failed.stdout, /error: no key today/);
    assert.ok(said(failed).includes(stays("logs")), failed.stdout);
    assert.deepEqual(stack.live, { logs: "AES256" });
    assert.ok(!stack.takeOperations().includes("PutBucketEncryption"));

    const id = "9468da86-3509-4f8d-a61e-6eab1eac1f8b";
    await writeProgram(
      project,
      program("renamed", withKey, `return { id: "key", outs: { keyId: "${id}" } };`),
    );
    const up = await succeeds(project.up());
    assert.deepEqual(said(up), [
      "bucket logs: its default rule AES256 is replaced by KMS with the CMK it names",
    ]);
    assert.deepEqual(emulator.encryption("logs"), { SSEAlgorithm: "KMS", KMSMasterKeyID: id });
  });
});

describeWithEngine("two stacks that declare one bucket", (engine) => {
  it("take back their own rule, and leave the other stack's", async () => {
    await using first = await EncryptionStack.create(engine());
    await using second = await EncryptionStack.create(engine(), { beside: first });
    first.emulator.createBucket("payroll");
    first.emulator.createBucket("logs");
    const kmsMasterKeyId = "9468da86-3509-4f8d-a61e-6eab1eac1f8b";
    await first.declare(
      { name: "payroll", args: { bucket: "payroll", sseAlgorithm: "KMS", kmsMasterKeyId } },
      { name: "logs", args: { bucket: "logs", sseAlgorithm: "AES256" } },
    );
    await second.declare({ name: "payroll", args: { bucket: "payroll", sseAlgorithm: "SM4" } });
    await succeeds(first.project.up());
    assert.deepEqual(said(await succeeds(second.project.up())), [
      `bucket payroll: its default rule KMS with CMK ${kmsMasterKeyId} is replaced by SM4`,
    ]);

    const destroy = await succeeds(first.project.destroy());
    assert.deepEqual(said(destroy), [
      "bucket logs: default rule removed (was AES256); objects keep the encryption they have",
      "bucket payroll: its default rule is SM4, not KMS with the CMK it names as this stack's state has it, so it stays; " +
        "with --refresh (pulumi destroy --refresh) it would have been removed",
    ]);
    assert.deepEqual((await first.project.exportStack()).resources, []);
    assert.deepEqual(first.live, { logs: undefined, payroll: "SM4" });

    // Somebody weakens it; with --refresh the stack takes back what it finds.
    first.emulator.setEncryption("payroll", { SSEAlgorithm: "AES256" });
    await succeeds(second.project.destroy(["--refresh"]));
    assert.deepEqual(first.live, { logs: undefined, payroll: undefined });
  });
});
