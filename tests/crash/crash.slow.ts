import assert from "node:assert/strict";
import { copyFile, link, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Fault } from "oss-emulator";
import type { Engine } from "../../tools/engine";
import { kill, processes } from "../../tools/processes";
import { EncryptionStack, type Declaration } from "../support/encryption-stack";
import { describeWithEngine } from "../support/with-engine";
import { served } from "../support/served";
import { skip } from "../support/skip";
import { until } from "../support/until";
import { killEngine, killProvider, providers, removeTornAttributes } from "../support/kill-engine";

const bucket = "crash-bucket";
const declare = (bucket: string, sseAlgorithm = "AES256"): Declaration => ({
  name: bucket,
  args: { bucket, sseAlgorithm },
});

/** The next refresh finds no drift, and the next `up` nothing to do. */
async function isSettled({ project }: EncryptionStack): Promise<void> {
  for (const operation of [
    await project.refresh(["--preview-only", "--expect-no-changes"]),
    await project.preview(["--expect-no-changes"]),
  ]) {
    assert.equal(operation.code, 0, operation.stdout + operation.stderr);
  }
}

describeWithEngine("a provider process that is killed", (engine) => {
  const cases: [title: string, earlier: string | undefined, fault: Fault, requests: string[]][] = [
    [
      "during a create whose write lands",
      undefined,
      { operation: "PutBucketEncryption", connection: "hang", carriedOut: true },
      ["Get", "Put"],
    ],
    [
      "during a create whose write is lost",
      undefined,
      { operation: "PutBucketEncryption", connection: "hang" },
      ["Get", "Put"],
    ],
    ["during an update", "KMS", { operation: "PutBucketEncryption", connection: "hang" }, ["Put"]],
    [
      "between the write and its confirmation",
      undefined,
      { operation: "GetBucketEncryption", after: 1, connection: "hang" },
      ["Get", "Put", "Get"],
    ],
  ];
  for (const [title, earlier, fault, requests] of cases) {
    it(`${title} fails the run, and the next one converges`, async () => {
      await using stack = await EncryptionStack.create(engine());
      const { emulator, project } = stack;
      emulator.createBucket(bucket);
      if (earlier) {
        await stack.declare(declare(bucket, earlier));
        assert.equal((await project.up()).code, 0);
      }
      emulator.clearRequests();
      emulator.fault(fault);
      await stack.declare(declare(bucket));
      const running = project.up();
      const hasLanded = () => !fault.carriedOut || emulator.encryption(bucket) !== undefined;
      await until(() => served(emulator, bucket).length === requests.length && hasLanded());
      await killProvider();
      const { code, stdout } = await running;
      assert.deepStrictEqual([code, served(emulator, bucket)], [1, requests]);
      assert.match(stdout, /error reading from server: (EOF|read tcp .*: connection reset by peer)/);

      emulator.clearFaults();
      assert.equal((await project.up()).code, 0);
      assert.deepStrictEqual(stack.live, { [bucket]: "AES256" });
      await isSettled(stack);
    });
  }
});

describeWithEngine("an engine that is killed", (engine) => {
  it("in the middle of 50 creates leaves nothing that the documented recovery does not put right", async () => {
    await using stack = await EncryptionStack.create(engine());
    const { emulator, project } = stack;
    emulator.fault({ operation: "PutBucketEncryption", after: 15, times: Infinity, connection: "hang" });
    const names = Array.from({ length: 50 }, (_, at) => `${bucket}-${at}`);
    for (const name of names) emulator.createBucket(name);
    await stack.declare(...names.map((name) => declare(name)));
    const running = project.up();
    const puts = () => emulator.requests.filter(({ method }) => method === "PUT").length;
    await until(() => puts() > 15);
    await killEngine(engine());
    assert.notEqual((await running).code, 0);
    emulator.clearFaults();

    await removeTornAttributes(project.folder);
    const locked = await project.up();
    assert.equal(locked.code, 1);
    assert.match(locked.stderr + locked.stdout, /pulumi cancel/);
    assert.equal((await project.pulumi(["cancel", "--yes"])).code, 0);
    assert.equal((await project.refresh(["--clear-pending-creates"])).code, 0);
    const up = await project.up();
    assert.equal(up.code, 0, up.stdout);
    assert.deepStrictEqual(new Set(Object.values(stack.live)), new Set(["AES256"]));
    const { text, resources } = await project.exportStack();
    assert.doesNotMatch(text, /pending_operations/);
    assert.equal(resources.filter(({ type }) => type.endsWith("BucketEncryption")).length, 50);
    await isSettled(stack);
  });

  for (const hasHost of [true, false]) {
    it(`takes its provider's writes with it, ${hasHost ? "with the official language host" : "without a language host beside it"}`, async function () {
      if (hasHost && !engine().languageHost) skip(this, "no language host beside the engine");
      const alone = hasHost ? undefined : await withoutHost(engine());
      const used = alone ?? engine();
      await using stack = await EncryptionStack.create(used);
      const { emulator } = stack;
      emulator.createBucket(bucket);
      // The engine ends while the first of several tries waits for its answer.
      const answer = { code: "InternalError" };
      emulator.fault({ operation: "PutBucketEncryption", times: Infinity, delay: 600_000, answer });
      await stack.declare(declare(bucket));
      // It has much to say on a console that is gone.
      const running = stack.project.up([], { env: { NODE_DEBUG: "http,net,stream" } });
      await until(() => served(emulator, bucket).includes("Put"));
      const provider = await providers();
      assert.equal(provider.length, 1);
      const orphans = await killEngine(used, { spare: true });
      try {
        await running;
        emulator.clearFaults();
        assert.ok((await mostMemory(provider)) < 400_000);
        assert.deepStrictEqual(served(emulator, bucket), ["Get", "Put"]);
        assert.equal(emulator.encryption(bucket), undefined);
      } finally {
        kill(...orphans);
        if (alone) await rm(dirname(alone.command), { recursive: true });
      }
    });
  }
});

/** The most memory that processes have used by the time that all have ended, in KiB. */
async function mostMemory(pids: number[]): Promise<number> {
  let most = 0;
  await until(async () => {
    const alive = (await processes()).filter(({ pid }) => pids.includes(pid));
    most = Math.max(most, ...alive.map(({ resident }) => resident));
    return alive.length === 0;
  });
  return most;
}

/** The same engine in a folder without a language host. */
async function withoutHost(engine: Engine): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), "crash-engine-"));
  for (const name of ["pulumi", "pulumi-resource-pulumi-nodejs"]) {
    const [from, to] = [join(dirname(engine.command), name), join(folder, name)];
    await link(from, to).catch(() => copyFile(from, to));
  }
  return { ...engine, command: join(folder, "pulumi"), languageHost: false };
}
