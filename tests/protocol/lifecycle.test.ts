import assert from "node:assert/strict";
import { once } from "node:events";
import { accessTo } from "../../tools/emulator-access";
import { served } from "../support/served";
import { startProvider, type ProviderProcess } from "../support/provider-process";
import { until } from "../support/until";
import { VerbError } from "../support/verbs";
import { aes256, declared, describeForms, withProvider } from "./with-provider";

describeForms("the provider's process", (form) => {
  const bench = withProvider(form);

  describe("delete", () => {
    it("removes no rule of a bucket that the running program declares, and says so", async () => {
      const name = bench.bucket(aes256);
      await bench.provider.check(declared(name), declared(name));
      await bench.provider.delete(name, declared(name));
      assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
      await bench.provider.printed(
        `bucket ${name}: the program still declares it, so its default rule stays`,
      );
    });

    it("puts the declared rule back where a run that broke off left that of the resource that goes now", async () => {
      const name = bench.bucket({ SSEAlgorithm: "SM4" });
      await bench.provider.check(declared(name), declared(name));
      await bench.provider.diff(name, declared(name), declared(name));
      await bench.provider.delete(name, declared(name, { sseAlgorithm: "SM4" }));
      assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
    });

    it("removes a rule, and says which one it was", async () => {
      const name = bench.bucket(aes256);
      await bench.provider.delete(name, declared(name));
      assert.equal(bench.emulator.encryption(name), undefined);
      await bench.provider.printed(
        `bucket ${name}: default rule removed (was AES256); objects keep the encryption they have`,
      );
    });

    it("takes for done what is gone already, rule or bucket", async () => {
      await bench.provider.delete(bench.bucket(), declared("any"));
      await bench.provider.delete("protocol-none", declared("protocol-none"));
    });

    it("lets a later resource that declares the bucket write, however stale reads are", async () => {
      const name = bench.bucket(aes256);
      bench.emulator.fault({ bucket: name, operation: "GetBucketEncryption", stale: true });
      await bench.provider.delete(name, declared(name));
      const { inputs } = await bench.provider.check({}, declared(name));
      await bench.provider.create(inputs);
      assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
    });

    it("lets an unchanged resource put its rule back that a delete before a replacement took", async () => {
      const name = bench.bucket(aes256);
      await bench.provider.delete(name, declared(name));
      await bench.provider.check(declared(name), declared(name));
      const diff = await bench.provider.diff(name, declared(name), declared(name));
      assert.deepStrictEqual(diff, { changes: "some", replaces: [] });
      await bench.provider.update(name, declared(name), declared(name));
      assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
    });
  });

  it("reads a blank only where OSS says that rule or bucket is gone", async () => {
    const name = bench.bucket();
    assert.deepStrictEqual((await bench.provider.read(name, declared(name))).id, "");
    assert.deepStrictEqual((await bench.provider.read("protocol-none", declared("protocol-none"))).id, "");
    for (const answer of [{ status: 404 }, { code: "AccessDenied" }, { status: 404, code: "NoSuchKey" }]) {
      bench.emulator.fault({ bucket: name, answer });
      await assert.rejects(bench.provider.read(name, declared(name)), VerbError);
    }
  });

  it("reads for BucketEncryption.get, which has no state, or fails: a blank would pass for a resource", async () => {
    const [name, none] = [bench.bucket(aes256), bench.bucket()];
    const { __provider } = declared(name);
    const { id, props } = await bench.provider.read(name, { __provider });
    assert.deepStrictEqual([id, props], [name, declared(name)]);
    await assert.rejects(bench.provider.read(none, { __provider }), {
      message: `bucket ${none} has no default rule that could be read`,
    });
    await assert.rejects(bench.provider.read("protocol-none", { __provider }), /404 NoSuchBucket/);
  });

  it("reads what check returns, keeping region and connection", async () => {
    const name = bench.bucket({ SSEAlgorithm: "KMS" });
    const state = declared(name, { region: "cn-hangzhou", connection: "finance" });
    const { id, props, inputs } = await bench.provider.read(name, state);
    assert.deepStrictEqual([id, props, inputs], [name, { ...state, sseAlgorithm: "KMS" }, props]);
    assert.deepStrictEqual((await bench.provider.check(inputs, inputs)).inputs, inputs);
  });

  for (const change of [{ region: "cn-hangzhou" }, { connection: "finance" }]) {
    it(`writes nothing to OSS when ${Object.keys(change).join()} alone changes`, async () => {
      const name = bench.bucket(aes256);
      const [olds, news] = [declared(name), declared(name, change)];
      assert.deepStrictEqual(await bench.provider.diff(name, olds, news), {
        changes: "unknown",
        replaces: [],
      });
      assert.deepStrictEqual(await bench.provider.update(name, olds, news), { outs: news });
      assert.deepStrictEqual(served(bench.emulator, name), ["Get"]);
    });
  }

  describe("about a bucket that was created a moment ago", () => {
    const notYet = (
      bucket: string,
      operation: "GetBucketEncryption" | "PutBucketEncryption",
      times: number,
    ) => bench.emulator.fault({ bucket, operation, answer: { code: "NoSuchBucket" }, times });

    it("waits in create for reads and for the write to know it", async () => {
      const name = bench.bucket();
      notYet(name, "GetBucketEncryption", 1);
      notYet(name, "PutBucketEncryption", 1);
      await bench.provider.create(declared(name));
      assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
      assert.deepStrictEqual(served(bench.emulator, name), ["Get", "Get", "Put", "Put", "Get"]);
    });

    it("takes a bucket that isn't shown after the write for one that isn't shown yet", async () => {
      const name = bench.bucket();
      const { inputs } = await bench.provider.check({}, declared(name));
      await until(() => served(bench.emulator, name).length === 1);
      notYet(name, "GetBucketEncryption", 1);
      await bench.provider.create(inputs);
      assert.deepStrictEqual(served(bench.emulator, name), ["Get", "Put", "Get", "Get"]);
    });
  });

  it("keeps a resource whose write OSS took and whose confirmation failed, with all that a refresh needs", async () => {
    const name = bench.bucket();
    bench.emulator.fault({
      bucket: name,
      operation: "GetBucketEncryption",
      after: 1,
      answer: { code: "AccessDenied" },
    });
    await assert.rejects(bench.provider.create(declared(name)), (error: VerbError) => {
      assert.match(error.message, /GetBucketEncryption of bucket .* failed: 403 AccessDenied/);
      assert.deepStrictEqual(error.pending, {
        id: name,
        properties: declared(name),
        reasons: [error.message],
      });
      return true;
    });
    assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
    assert.deepStrictEqual(await bench.provider.update(name, declared(name), declared(name)), {
      outs: declared(name),
    });
    assert.deepStrictEqual(served(bench.emulator, name), ["Get", "Put", "Get", "Get"]);
  });

  describe("whose engine is gone", () => {
    let orphan: ProviderProcess;
    beforeEach(async () => {
      orphan = await startProvider({ form, env: accessTo(bench.emulator) });
    });
    afterEach(() => orphan.stop());

    it("tries no write again, and ends", async () => {
      const name = bench.bucket({ SSEAlgorithm: "KMS" });
      const busy = { bucket: name, operation: "PutBucketEncryption", times: Infinity } as const;
      // The engine ends while the first try waits for its answer.
      const letGo = bench.emulator.fault({ ...busy, delay: 600_000, answer: { status: 503 } });
      const exit = once(orphan.child, "exit");
      const lost = assert.rejects(orphan.create(declared(name)), VerbError);
      await until(() => served(bench.emulator, name).includes("Put"));
      orphan.endEngine();
      letGo();
      assert.deepStrictEqual(await exit, [1, null]);
      await lost;
      assert.deepStrictEqual(served(bench.emulator, name), ["Get", "Put"]);
      assert.deepStrictEqual(bench.emulator.encryption(name), { SSEAlgorithm: "KMS" });
    });

    it("survives a closed pipe, and ends without a word", async () => {
      const name = bench.bucket({ SSEAlgorithm: "SM4" });
      orphan.child.stdout?.destroy();
      orphan.child.stderr?.destroy();
      // Each of these prints a line into the closed pipe.
      await orphan.delete(name, declared(name));
      await orphan.delete(name, declared(name));
      assert.equal(orphan.child.exitCode, null);
      const exit = once(orphan.child, "exit");
      orphan.endEngine();
      assert.deepStrictEqual(await exit, [1, null]);
    });
  });

  it("serves 50 operations that arrive at once, right after configure", async () => {
    const names = Array.from({ length: 50 }, () => bench.bucket(aes256));
    const early = await startProvider({ form, env: accessTo(bench.emulator) });
    try {
      const verbs: ((name: string) => Promise<unknown>)[] = [
        (name) => early.create(declared(name)),
        (name) => early.read(name, declared(name)),
        (name) => early.update(name, declared(name, { sseAlgorithm: "KMS" }), declared(name)),
        (name) => early.check({}, declared(name)),
        (name) => early.delete(name, declared(name)),
      ];
      const results = await Promise.allSettled(names.map(async (name, at) => verbs[at % 5]?.(name)));
      assert.deepStrictEqual([...new Set(results.map(({ status }) => status))], ["fulfilled"]);
    } finally {
      await early.stop();
    }
  });
});
