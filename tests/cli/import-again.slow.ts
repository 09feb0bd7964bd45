import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator, type Emulator } from "oss-emulator";
import { parse } from "yaml";
import type { AuditedBucket } from "../../cli/src/commands/audit/audit";
import type { Plan } from "../../cli/src/commands/import/plan";
import { accessTo } from "../../tools/emulator-access";
import type { Engine } from "../../tools/engine";
import { PulumiProject } from "../../tools/pulumi-project";
import { run as runProgram } from "../../tools/run";
import { EncryptionStack } from "../support/encryption-stack";
import { ossEncryption } from "../support/oss-encryption";
import { describeWithEngine } from "../support/with-engine";

const AES256 = { SSEAlgorithm: "AES256" } as const;
const SM4 = { SSEAlgorithm: "SM4" } as const;

interface ImportJson extends Plan {
  imported: string | null;
  files: string[];
  commands: string[];
  dropped: string[];
  notes: string[];
}

/** A project that declares what imports have written, and the OSS that it is for. */
class ImportProject {
  private constructor(
    readonly emulator: Emulator,
    readonly project: PulumiProject,
    readonly engine: Engine,
  ) {}

  static async create(engine: Engine, files: Record<string, string>): Promise<ImportProject> {
    const emulator = await startEmulator();
    const project = await PulumiProject.create({ engine, env: accessTo(emulator), files });
    return new ImportProject(emulator, project, engine);
  }

  run(...args: string[]) {
    return ossEncryption(args, { cwd: this.project.folder, env: this.project.environment() });
  }

  async import(...args: string[]): Promise<ImportJson> {
    const { code, stdout, stderr } = await this.run("import", "--stack", "test", "--json", ...args);
    assert.equal(code, 0, stderr + stdout);
    return JSON.parse(stdout) as ImportJson;
  }

  read(name: string): Promise<string> {
    return readFile(join(this.project.folder, name), "utf8");
  }

  async assertNoChanges(): Promise<void> {
    const { code, stdout, stderr } = await this.project.preview(["--expect-no-changes", "--diff"]);
    assert.equal(code, 0, stdout + stderr);
  }

  async close(): Promise<void> {
    await this.project.close();
    await this.emulator.close();
  }
}

const names = (resources: readonly { name: string }[]) => resources.map(({ name }) => name);

describeWithEngine("a second import", (engine) => {
  let stack: ImportProject;
  before(async () => {
    stack = await ImportProject.create(engine(), { "index.ts": 'import "./bucket-encryption";\n' });
    stack.emulator.createBucket("alpha", { encryption: AES256 });
    stack.emulator.createBucket("bare");
    stack.emulator.createBucket("beta", { encryption: SM4 });
  });
  after(() => stack.close());
  const select = (...buckets: string[]) => buckets.flatMap((bucket) => ["--bucket", bucket]);

  it("adds to the program that the first has written", async () => {
    const first = await stack.import("--run", ...select("alpha", "bare"));
    assert.deepEqual(first.files, ["oss-encryption.import.json", "bucket-encryption.ts"]);
    assert.match(first.notes.join(), /import "\.\/bucket-encryption";/);
    await stack.assertNoChanges();

    const second = await stack.import("--run", "--force", ...select("beta"));
    assert.deepEqual([names(second.resources), second.notes], [["beta"], []]);
    assert.deepEqual(second.files, ["oss-encryption.import.json", "bucket-encryption.ts"]);
    await stack.assertNoChanges();
    assert.deepEqual((await stack.read("bucket-encryption.ts")).split("\n"), [
      'import { BucketEncryption } from "pulumi-oss-encryption";',
      "",
      'new BucketEncryption("alpha", { bucket: "alpha", sseAlgorithm: "AES256", region: "cn-hangzhou" });',
      "",
      "// These buckets have no default rule. Remove the comment signs, and the next pulumi up gives them one:",
      '// new BucketEncryption("bare", { bucket: "bare", sseAlgorithm: "AES256", region: "cn-hangzhou" });',
      'new BucketEncryption("beta", { bucket: "beta", sseAlgorithm: "SM4", region: "cn-hangzhou" });',
      "",
    ]);
  });

  it("takes the place of a proposal once the bucket has a rule", async () => {
    stack.emulator.setEncryption("bare", SM4);
    await stack.import("--run", ...select("bare"));
    await stack.assertNoChanges();
    const text = await stack.read("bucket-encryption.ts");
    assert.deepEqual(text.match(/^.*"bare".*$/gm), [
      'new BucketEncryption("bare", { bucket: "bare", sseAlgorithm: "SM4", region: "cn-hangzhou" });',
    ]);
  });

  it("goes on where an earlier one has only written its files", async () => {
    stack.emulator.createBucket("gamma", { encryption: AES256 });
    const written = await stack.import(...select("gamma"));
    assert.equal(written.commands.length, 1);
    const text = await stack.read("bucket-encryption.ts");
    const { imported } = await stack.import("--run", ...select("gamma"));
    assert.equal(imported, "test");
    assert.equal(await stack.read("bucket-encryption.ts"), text);
    await stack.assertNoChanges();
  });

  it("leaves what the program declares in another way, and an import file that is still to be run", async () => {
    stack.emulator.createBucket("delta", { encryption: AES256 });
    stack.emulator.createBucket("omega", { encryption: AES256 });
    await stack.import(...select("omega"));
    const own = 'new BucketEncryption("delta", {\n  bucket: "delta", sseAlgorithm: "SM4",\n});\n';
    const before = (await stack.read("bucket-encryption.ts")) + own;
    await writeFile(join(stack.project.folder, "bucket-encryption.ts"), before);
    const { files, notes } = await stack.import(...select("delta"));
    assert.deepEqual(files, ["oss-encryption.import-2.json", "bucket-encryption.ts"]);
    assert.deepEqual(notes, ["Declared already, in another way, and left as it is: delta"]);
    assert.equal(await stack.read("bucket-encryption.ts"), before);
  });

  it("writes beside a file that is somebody else's, and says what to import", async () => {
    const theirs = "export const BucketEncryption = 1;\n";
    await mkdir(join(stack.project.folder, "other"));
    await stack.project.write({
      "other/bucket-encryption.ts": theirs,
      "index.ts": 'import "./bucket-encryption";\nimport "./other/bucket-encryption-2";\n',
      "bucket-encryption.ts": (await stack.read("bucket-encryption.ts")).replace(
        /^new BucketEncryption\("(delta|omega)"[^]*?\);\n/gm,
        "",
      ),
    });
    const { files, notes } = await stack.import("--out", "other", "--run", ...select("omega"));
    assert.deepEqual(files, ["other/oss-encryption.import.json", "other/bucket-encryption-2.ts"]);
    assert.match(notes.join(), /import the new file into the program: import "\.\/bucket-encryption-2";/);
    assert.equal(await stack.read("other/bucket-encryption.ts"), theirs);
    await stack.assertNoChanges();
  });

  it("adds to stack config that the first has written, comments and all", async () => {
    stack.emulator.createBucket("empty-1");
    stack.emulator.createBucket("empty-2");
    stack.emulator.createBucket("conf-1", { encryption: AES256 });
    stack.emulator.createBucket("conf-2", { encryption: SM4 });
    const config = ["--program", "config"];
    const { notes } = await stack.import(...config, ...select("conf-1", "empty-1"));
    assert.match(notes.join(), /put the entries of oss-encryption\.rules\.yaml into Pulumi\.<stack>\.yaml/);
    const first = await stack.read("oss-encryption.rules.yaml");
    await stack.project.write({ "oss-encryption.rules.yaml": `# mine\n${first}` });
    stack.emulator.setEncryption("empty-1", SM4);
    await stack.import(...config, ...select("conf-2", "empty-1", "empty-2"));
    const text = await stack.read("oss-encryption.rules.yaml");
    const rule = (sseAlgorithm: string) => ({ sseAlgorithm, region: "cn-hangzhou" });
    assert.deepEqual(parse(text), {
      config: {
        "oss-encryption:rules": { "conf-1": rule("AES256"), "conf-2": rule("SM4"), "empty-1": rule("SM4") },
      },
    });
    assert.match(text, /^# mine\n/);
    assert.deepEqual(text.match(/^ {4}# .*/gm)?.slice(1), [
      "    # empty-2:",
      "    #   sseAlgorithm: AES256",
      "    #   region: cn-hangzhou",
    ]);
  });
});

describeWithEngine("buckets that an import has to tell apart", (engine) => {
  let stack: EncryptionStack;
  before(async () => {
    stack = await EncryptionStack.create(engine());
    await stack.project.setConfig({
      "oss-encryption:connections": JSON.stringify({ again: { region: "cn-hangzhou" } }),
    });
    for (const name of ["hidden", "taken", "coll", "coll-encryption"]) {
      stack.emulator.createBucket(name, { encryption: AES256 });
    }
    await stack.declare(
      { name: "secretive", args: { bucket: "hidden", sseAlgorithm: "AES256" }, secret: ["bucket"] },
      { name: "coll", args: { bucket: "taken", sseAlgorithm: "AES256" } },
    );
    const { code, stderr } = await stack.project.up();
    assert.equal(code, 0, stderr);
  });
  after(() => stack.close());
  const run = async (...args: string[]) => {
    const env = { ...stack.project.environment(), STS_ENDPOINT: stack.emulator.url };
    const { code, stdout, stderr } = await ossEncryption([...args, "--stack", "test"], {
      cwd: stack.project.folder,
      env,
    });
    assert.equal(code, 0, stderr + stdout);
    return JSON.parse(stdout) as unknown;
  };

  it("a bucket whose name is a secret is known by its id", async () => {
    const { resources, managed } = (await run("import", "--bucket", "hidden", "--json")) as Plan;
    assert.deepEqual(resources, []);
    assert.deepEqual(managed, [
      { bucket: "hidden", region: "cn-hangzhou", connection: null, name: "secretive" },
    ]);
    const { buckets } = (await run("audit", "--bucket", "hidden", "--json")) as { buckets: AuditedBucket[] };
    assert.deepEqual(
      buckets.map(({ bucket, managedBy }) => [bucket, managedBy]),
      [["hidden", ["test"]]],
    );
    const policy = JSON.stringify(await run("permissions", "--read-only"));
    assert.match(policy, /"acs:oss:\*:\*:hidden"/);
    assert.ok(!policy.includes("[secret]"));
  });

  it("each resource has a name of its own, and a bucket behind two connections is declared once", async () => {
    const connections = ["--connection", "default", "--connection", "again"];
    const { resources, managed } = (await run("import", "--json", ...connections)) as Plan;
    assert.deepEqual(
      resources.map(({ name, bucket, connection }) => [name, bucket, connection]),
      [
        ["coll-encryption-encryption", "coll", null],
        ["coll-encryption", "coll-encryption", null],
      ],
    );
    assert.deepEqual(names(managed), ["secretive", "coll"]);
  });

  it("stack config, where a resource has its bucket's name, declares no bucket whose name the stack has for another", async () => {
    const args = ["import", "--stack", "test", "--program", "config", "--bucket", "coll", "--json"];
    const { code, stdout } = await ossEncryption(args, {
      cwd: stack.project.folder,
      env: stack.project.environment(),
    });
    const { resources, refused } = JSON.parse(stdout) as Plan;
    assert.deepEqual([code, resources], [1, []]);
    assert.deepEqual(
      refused.map(({ bucket, reason }) => [bucket, reason]),
      [
        [
          "coll",
          "The stack has a resource of this name for another bucket, and in stack config a resource has its bucket's name: " +
            "use --program typescript.",
        ],
      ],
    );
  });
});

describeWithEngine("taking over from the alicloud provider", (engine) => {
  let stack: ImportProject;
  const type = "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption";
  const provider = "urn:pulumi:old::project::pulumi:providers:alicloud::default";
  const urnOf = (bucket: string) => `urn:pulumi:old::project::${type}::enc-${bucket}`;
  const followerUrn = "urn:pulumi:old::project::alicloud:oss/bucketPolicy:BucketPolicy::policy";
  const one = (bucket: string, more = {}) => ({
    urn: urnOf(bucket),
    custom: true,
    id: bucket,
    type,
    provider: `${provider}::8f7b`,
    inputs: { bucket },
    outputs: { bucket },
    ...more,
  });
  const follower = (more: object) => ({
    urn: followerUrn,
    custom: true,
    id: "policy",
    type: "alicloud:oss/bucketPolicy:BucketPolicy",
    provider: `${provider}::8f7b`,
    inputs: {},
    outputs: {},
    ...more,
  });

  const pulumi = async (...args: string[]) => {
    const options = { cwd: stack.project.folder, env: stack.project.environment() };
    const { code, stdout, stderr } = await runProgram(engine().command, [...args, "--stack", "old"], options);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const exported = async () =>
    JSON.parse(await pulumi("stack", "export")) as { deployment: { resources?: { urn: string }[] } };
  const setState = async (...resources: object[]) => {
    const state = await exported();
    state.deployment.resources = [
      { urn: provider, custom: true, id: "8f7b", type: "pulumi:providers:alicloud" } as { urn: string },
      ...(resources as { urn: string }[]),
    ];
    await stack.project.write({ "state.json": JSON.stringify(state) });
    await pulumi("stack", "import", "--file", "state.json");
  };
  const urnsLeft = async () => ((await exported()).deployment.resources ?? []).slice(1).map(({ urn }) => urn);
  const imported = async () =>
    (await stack.project.exportStack()).resources.filter(({ type }) => type.endsWith(":BucketEncryption"));

  before(async () => {
    stack = await ImportProject.create(engine(), { "index.ts": 'import "./bucket-encryption";\n' });
    for (const name of ["one", "two", "three"]) stack.emulator.createBucket(name, { encryption: SM4 });
    await pulumi("stack", "init", "--no-select");
  });
  after(() => stack.close());

  const hanging: [what: string, state: object[], said: RegExp][] = [
    [
      "dependsOn",
      [one("one"), one("two"), follower({ dependencies: [urnOf("two")] })],
      /others depend on them \(urn:pulumi:old::project::alicloud:oss\/bucketPolicy:BucketPolicy::policy\)\. Let these depend on/,
    ],
    [
      "an input that is another's output",
      [one("one"), follower({ propertyDependencies: { bucket: [urnOf("one")] } })],
      /others depend on them \(.*::policy\)/,
    ],
    [
      "deletedWith",
      [one("one"), follower({ deletedWith: urnOf("one") })],
      /others depend on them \(.*::policy\)/,
    ],
    ["a parent", [one("one"), follower({ parent: urnOf("one") })], /others depend on them \(.*::policy\)/],
    [
      "a replacement that is not over",
      [one("one"), one("one", { delete: true })],
      /old ones wait to be deleted \(.*::enc-one\)\. Run pulumi up first\.$/m,
    ],
  ];
  for (const [what, state, said] of hanging) {
    it(`imports nothing where the engine would not let go of theirs: ${what}`, async () => {
      await setState(...state);
      for (const how of [["--run"], []]) {
        const { code, stdout, stderr } = await stack.run(
          "import",
          "--stack",
          "test",
          "--from-alicloud",
          "old",
          ...how,
        );
        assert.deepEqual([code, stdout], [1, ""], stdout + stderr);
        assert.match(
          stderr,
          /--from-alicloud: nothing was imported, because the resources can't be taken out/,
        );
        assert.match(stderr, said);
      }
      assert.deepEqual(await imported(), []);
      await assert.rejects(stack.read("bucket-encryption.ts"), { code: "ENOENT" });
    });
  }

  it("an audit says that the alicloud provider manages a bucket, and what to do", async () => {
    await setState(one("one"), {
      urn: "urn:pulumi:old::project::alicloud:oss/bucket:Bucket::two",
      custom: true,
      id: "two",
      type: "alicloud:oss/bucket:Bucket",
      provider: `${provider}::8f7b`,
      outputs: {},
      inputs: { bucket: "two", serverSideEncryptionRule: { sseAlgorithm: "SM4" } },
    });
    const { code, stdout } = await stack.run("audit", "--stack", "old");
    assert.equal(code, 0);
    assert.match(stdout, /^one .* fulfilled +old \(alicloud\.oss\.BucketServerSideEncryption\)$/m);
    assert.match(stdout, /^two .* fulfilled +old \(alicloud\.oss\.Bucket\)$/m);
    assert.match(stdout, /^three .* fulfilled +nobody$/m);
    assert.match(
      stdout,
      /^1 bucket has its rule from alicloud\.oss\.BucketServerSideEncryption: oss-encryption import --from-alicloud/m,
    );
  });

  it("goes on where it stopped, whichever half was done", async () => {
    await setState(one("one"), one("two", { dependencies: [urnOf("one")] }), one("three", { protect: true }));
    // As an import that ended before it had taken anything out of the other state.
    await stack.import("--run", "--bucket", "one");
    const { resources, managed, dropped } = await stack.import("--from-alicloud", "old", "--run");
    assert.deepEqual([names(resources), names(managed)], [["two", "three"], ["one"]]);
    assert.deepEqual(dropped, [urnOf("one"), urnOf("two"), urnOf("three")]);
    assert.deepEqual(await urnsLeft(), []);
    assert.deepEqual((await imported()).map(({ id }) => id).sort(), ["one", "three", "two"]);
    await stack.assertNoChanges();
    const writes = stack.emulator.requests.filter(({ method }) => method !== "GET" && method !== "HEAD");
    assert.deepEqual(writes, []);
  });

  it("names those that have to stay in the program, and takes over the others", async () => {
    await setState(one("one"), one("missing"));
    const { code, stdout } = await stack.run("import", "--stack", "test", "--from-alicloud", "old", "--run");
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^Keep alicloud\.oss\.BucketServerSideEncryption in the program .*removes their rules: missing$/m,
    );
    assert.deepEqual(await urnsLeft(), [urnOf("missing")]);
  });
});
