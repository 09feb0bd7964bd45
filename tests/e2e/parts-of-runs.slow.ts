import assert from "node:assert/strict";
import { access, chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { EncryptionStack, steps } from "../support/encryption-stack";
import { said, succeeds } from "../support/outcome";
import { skip } from "../support/skip";
import { until } from "../support/until";
import { describeWithEngine } from "../support/with-engine";
import { writeProgram } from "../support/written-program";

const rule = (name: string, bucket: string) => ({ name, args: { bucket, sseAlgorithm: "AES256" } });
const urn = (name: string) => `urn:pulumi:test::project::pulumi-nodejs:dynamic/oss:BucketEncryption::${name}`;

describeWithEngine(
  "an up with --target, which leaves out the resource that declares the bucket now",
  (engine) => {
    let stack: EncryptionStack;

    before(async () => {
      stack = await EncryptionStack.create(engine());
      for (const name of ["renamed", "twice"]) stack.emulator.createBucket(name);
      await stack.declare(rule("old-name", "renamed"), rule("one", "twice"), rule("other", "twice"));
      await succeeds(stack.project.up());
      await stack.declare(rule("new-name", "renamed"), rule("other", "twice"));
    });
    after(() => stack.close());

    it("takes the rule away", async () => {
      await succeeds(stack.project.up(["--target", urn("old-name"), "--target", urn("one")]));
      assert.deepEqual(stack.live, { renamed: undefined, twice: undefined });
    });

    it("and the next whole up writes it again for a resource that is not in the state yet, and not for one that is", async () => {
      const up = await succeeds(stack.project.up());
      assert.deepEqual(steps(up), { "new-name": "create" });
      assert.deepEqual(stack.live, { renamed: "AES256", twice: undefined });
    });

    it("and up --refresh writes it for both", async () => {
      await succeeds(stack.project.up(["--refresh"]));
      assert.deepEqual(stack.live, { renamed: "AES256", twice: "AES256" });
    });
  },
);

describeWithEngine("an up with --exclude of the resource that declares the bucket now", (engine) => {
  it("takes the rule away, and the next whole up writes it", async () => {
    await using stack = await EncryptionStack.create(engine());
    stack.emulator.createBucket("renamed");
    await stack.declare(rule("old-name", "renamed"));
    await succeeds(stack.project.up());
    await stack.declare(rule("new-name", "renamed"));
    await succeeds(stack.project.up(["--exclude", urn("new-name")]));
    assert.deepEqual(stack.live, { renamed: undefined });
    assert.deepEqual(steps(await succeeds(stack.project.up())), { "new-name": "create" });
    assert.deepEqual(stack.live, { renamed: "AES256" });
  });
});

describeWithEngine("an up with --continue-on-error in which a resource fails", (engine) => {
  const program = (version: number, update: string) => `
    class Key extends pulumi.dynamic.Resource {
      constructor() {
        super({
          create: async () => ({ id: "key", outs: { bucket: "inside" } }),
          update: async () => { ${update} },
        }, "key", { bucket: undefined, version: ${version} });
      }
    }
    new Key().bucket.apply((bucket) => rule("inside", { bucket, sseAlgorithm: "SM4" }));
    rule("outside", { bucket: "outside", sseAlgorithm: "SM4" });`;

  it("takes back the rules that are declared inside its apply, and the next up that succeeds writes them", async () => {
    await using stack = await EncryptionStack.create(engine());
    for (const name of ["inside", "outside"]) stack.emulator.createBucket(name);
    await writeProgram(stack.project, program(1, ""));
    await succeeds(stack.project.up());
    assert.deepEqual(stack.live, { inside: "SM4", outside: "SM4" });
    await writeProgram(stack.project, program(2, 'throw new Error("not today");'));
    const failed = await stack.project.up(["--continue-on-error"]);
    assert.equal(failed.code, 1, failed.stdout);
    assert.deepEqual(stack.live, { inside: undefined, outside: "SM4" });
    await writeProgram(stack.project, program(2, 'return { outs: { bucket: "inside" } };'));
    await succeeds(stack.project.up());
    assert.deepEqual(stack.live, { inside: "SM4", outside: "SM4" });
  });
});

describeWithEngine("two commands at once, on two stacks", (engine) => {
  it("know nothing of each other's declarations", async () => {
    await using first = await EncryptionStack.create(engine());
    await using second = await EncryptionStack.create(engine(), { beside: first });
    first.emulator.createBucket("logs");
    await second.declare(rule("logs", "logs"));
    await succeeds(second.project.up());
    await writeProgram(
      first.project,
      `
      const { existsSync } = require("node:fs");
      const logs = rule("logs", { bucket: "logs", sseAlgorithm: "AES256" });
      exports.over = logs.id.apply(async () => {
        require("node:fs").writeFileSync("declared", "");
        while (!existsSync("go-on")) await new Promise((done) => setTimeout(done, 50));
      });`,
    );
    const running = first.project.up();
    try {
      await until(() => exists(join(first.project.folder, "declared")));
      const destroy = await succeeds(second.project.destroy());
      assert.deepEqual(said(destroy), [
        "bucket logs: default rule removed (was AES256); objects keep the encryption they have",
      ]);
    } finally {
      await writeFile(join(first.project.folder, "go-on"), "");
      await running;
    }
    await succeeds(running);
  });
});

describeWithEngine("a folder for temporary files in which somebody else has made ours", (engine) => {
  it("is not used, which is said, and the run goes on", async function () {
    if (process.getuid === undefined) skip(this, "users have no numbers on this machine");
    const folder = await mkdtemp(join(tmpdir(), "of-many-"));
    try {
      const ours = join(folder, `pulumi-oss-encryption-${process.getuid()}-${hostname()}`);
      await mkdir(ours);
      await chmod(ours, 0o777);
      await using stack = await EncryptionStack.create(engine());
      stack.emulator.createBucket("logs");
      await stack.declare(rule("logs", "logs"));
      const up = await stack.project.up([], { env: { TMPDIR: folder } });
      assert.equal(up.code, 0, up.stdout + up.stderr);
      const sentence = `${ours} must be a folder that belongs to the user who runs Pulumi, and to nobody else: remove it, or set TMPDIR.`;
      assert.ok(up.stdout.includes(sentence), up.stdout);
      assert.deepEqual(stack.live, { logs: "AES256" });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
