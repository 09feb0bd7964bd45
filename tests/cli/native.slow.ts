import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { accessTo } from "../../tools/emulator-access";
import { EncryptionStack } from "../support/encryption-stack";
import { nativeProgram } from "../support/native-program";
import { ossEncryption } from "../support/oss-encryption";
import { describeWithEngine } from "../support/with-engine";

const own = { id: "1111111111111111", accessKeyId: "own-id", accessKeySecret: "own-secret" };
const finance = { id: "2222222222222222", accessKeyId: "finance-id", accessKeySecret: "finance-secret" };

describeWithEngine("oss-encryption on a stack of the provider plugin", (engine) => {
  let stack: EncryptionStack;
  before(async () => {
    stack = await EncryptionStack.create(engine(), {
      emulator: { accounts: [own, finance] },
      env: (emulator) => Promise.resolve(accessTo(emulator)),
      files: {
        ...nativeProgram,
        "providers.json": JSON.stringify({
          finance: {
            region: "cn-hangzhou",
            accessKey: finance.accessKeyId,
            secretKey: finance.accessKeySecret,
            connections: { far: { region: "cn-beijing" } },
          },
        }),
      },
    });
    stack.emulator.createBucket("logs");
    stack.emulator.createBucket("payroll", { account: finance.id });
    stack.emulator.createBucket("archive", { account: finance.id, region: "cn-beijing" });
    // Config of the alicloud provider, which the plugin never sees, would lead to nothing.
    await stack.project.setConfig({ "alicloud:region": "cn-nowhere" });
    await declare();
    const { code, stdout, stderr } = await stack.project.up();
    assert.equal(code, 0, stdout + stderr);
  });
  after(() => stack.close());

  const declare = () =>
    stack.declare(
      { name: "logs", args: { bucket: "logs", sseAlgorithm: "AES256" } },
      ...[
        { name: "payroll", args: { bucket: "payroll", sseAlgorithm: "KMS" } },
        { name: "archive", args: { bucket: "archive", sseAlgorithm: "SM4", connection: "far" } },
      ].map((one) => ({ ...one, provider: "finance" })),
    );
  const command = async (...args: string[]) => {
    const { code, stdout, stderr } = await ossEncryption([...args, "--stack", "test"], {
      cwd: stack.project.folder,
      env: stack.project.environment(),
    });
    assert.doesNotMatch(stdout + stderr, /own-secret|finance-secret/);
    return { code, stdout, stderr };
  };
  const drift = async (...args: string[]) => {
    const { code, stdout, stderr } = await command("drift", "--json", ...args);
    assert.notEqual(stdout, "", stderr);
    const { stacks } = JSON.parse(stdout) as { stacks: { buckets: { bucket: string; status: string }[] }[] };
    const buckets = stacks[0]?.buckets ?? [];
    return { code, status: Object.fromEntries(buckets.map(({ bucket, status }) => [bucket, status])) };
  };

  it("drift reads each bucket through its own provider, and puts back what differs", async () => {
    assert.deepEqual(await drift(), {
      code: 0,
      status: { logs: "same", payroll: "same", archive: "same" },
    });
    stack.emulator.setEncryption("payroll", { SSEAlgorithm: "AES256" });
    stack.emulator.setEncryption("archive", undefined);
    const drifted = { logs: "same", payroll: "changed", archive: "removed" };
    assert.deepEqual(await drift(), { code: 2, status: drifted });
    assert.equal((await drift("--fix", "--yes")).code, 0);
    assert.deepEqual(stack.live, { logs: "AES256", payroll: "KMS", archive: "SM4" });
    assert.equal((await drift()).code, 0);
  });

  it("drift says that a bucket could not be read where its provider's keys are refused", async () => {
    stack.emulator.removeAccessKey(finance.accessKeyId);
    try {
      assert.deepEqual(await drift(), {
        code: 1,
        status: { logs: "same", payroll: "unreadable", archive: "unreadable" },
      });
    } finally {
      stack.emulator.addAccount(finance);
    }
  });

  it("audit names the stack that manages a bucket", async () => {
    await stack.project.setConfig({ "alicloud:region": "cn-hangzhou" });
    const { code, stdout } = await command("audit", "--json");
    const { buckets } = JSON.parse(stdout) as { buckets: { bucket: string; managedBy: string[] }[] };
    assert.deepEqual(
      buckets.map(({ bucket, managedBy }) => [bucket, managedBy]),
      [["logs", ["test"]]],
    );
    assert.equal(code, 0);
  });

  it("permissions names the buckets, and says as whom each provider reaches them", async () => {
    const { code, stdout } = await command("permissions", "--check", "--json", "--read-only");
    const { identities } = JSON.parse(stdout) as {
      identities: { provider?: string; connection: string | null; account: string }[];
    };
    const found = identities.map(({ provider = "", connection, account }) =>
      [provider, connection ?? "", account].join(" "),
    );
    assert.deepEqual(found.sort(), [
      `default  ${own.id}`,
      `finance  ${finance.id}`,
      `finance far ${finance.id}`,
    ]);
    assert.equal(code, 0);
  });

  it("import --native brings a bucket in without a write, and declares it in YAML", async () => {
    stack.emulator.createBucket("loose", { encryption: { SSEAlgorithm: "SM4" } });
    stack.takeOperations();
    const args = ["--bucket", "loose", "--native", "--run", "--out", stack.project.folder];
    const { code, stdout, stderr } = await command("import", "--json", ...args);
    assert.equal(code, 0, stdout + stderr);
    assert.ok(!stack.takeOperations().includes("PutBucketEncryption"));
    const { resources } = await stack.project.exportStack();
    const type = "oss-encryption:index:BucketEncryption";
    const properties = { bucket: "loose", region: "cn-hangzhou", sseAlgorithm: "SM4" };
    const loose = resources.find(({ urn }) => urn.endsWith("::loose"));
    assert.deepEqual([loose?.type, loose?.id, loose?.inputs], [type, "loose", properties]);
    const written = await readFile(join(stack.project.folder, "bucket-encryption.yaml"), "utf8");
    assert.deepEqual(parse(written), { resources: { loose: { type, properties } } });
    assert.equal((await drift()).code, 0);
  });

  it("import finds nothing left of what the plugin manages", async () => {
    const { stdout } = await command("import", "--json");
    assert.deepEqual((JSON.parse(stdout) as { resources: unknown[] }).resources, []);
  });
});
