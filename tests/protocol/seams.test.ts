import assert from "node:assert/strict";
import { once } from "node:events";
import { unknownValue } from "../../provider/src/rule/rule";
import { startEmulator } from "oss-emulator";
import { accessTo } from "../../tools/emulator-access";
import { EngineStandIn, startProvider, type ProviderProcess } from "../support/provider-process";
import { served } from "../support/served";
import { until } from "../support/until";
import type { VerbError } from "../support/verbs";
import { aes256, declared, describeForms, withProvider } from "./with-provider";

const sm4 = { SSEAlgorithm: "SM4" } as const;

/** What the engine's order of steps, and its processes, do to a bucket's rule. */
describeForms("a declared rule", (form) => {
  const bench = withProvider(form);

  it("is gone, and not in the state, after a delete that was carried out and never answered", async () => {
    const name = bench.bucket(aes256);
    const lost = { operation: "DeleteBucketEncryption", connection: "reset", carriedOut: true } as const;
    bench.emulator.fault({ ...lost, bucket: name, times: Infinity });
    await bench.provider.delete(name, declared(name));
    assert.deepStrictEqual(bench.emulator.encryption(name), undefined);
  });

  it("stays in the state after a delete that never arrived", async () => {
    const name = bench.bucket(aes256);
    const lost = { operation: "DeleteBucketEncryption", connection: "reset" } as const;
    bench.emulator.fault({ ...lost, bucket: name, times: Infinity });
    await assert.rejects(
      bench.provider.delete(name, declared(name)),
      /DeleteBucketEncryption of bucket .* failed/,
    );
    assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
  });

  it("of another stack, or of anybody else, is left alone, and named", async () => {
    const name = bench.bucket(sm4);
    await bench.provider.delete(name, declared(name));
    assert.deepStrictEqual(bench.emulator.encryption(name), sm4);
    await bench.provider.printed(
      `bucket ${name}: its default rule is SM4, not AES256 as this stack's state has it, so it stays; ` +
        "with --refresh (pulumi destroy --refresh) it would have been removed",
    );
  });

  it("of somebody else is named without its key, which may be a secret of this program", async () => {
    const name = bench.bucket({ SSEAlgorithm: "KMS", KMSMasterKeyID: "key-2" });
    await bench.provider.delete(name, declared(name, { sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" }));
    await bench.provider.printed(
      `bucket ${name}: its default rule names another CMK than this stack's state has, so it stays; ` +
        "with --refresh (pulumi destroy --refresh) it would have been removed",
    );
  });

  for (const verb of ["Put", "Delete"] as const) {
    it(`is as OSS has it after a ${verb} that was carried out, whose answer was lost, and that was refused from then on`, async () => {
      const name = bench.bucket(verb === "Put" ? undefined : aes256);
      const operation = `${verb}BucketEncryption` as const;
      const refused = { answer: { status: 403, code: "AccessDenied" }, times: Infinity } as const;
      bench.emulator.fault({ operation, bucket: name, after: 1, ...refused });
      bench.emulator.fault({ operation, bucket: name, connection: "reset", carriedOut: true });
      if (verb === "Put") assert.equal((await bench.provider.create(declared(name))).id, name);
      else await bench.provider.delete(name, declared(name));
      assert.deepStrictEqual(bench.emulator.encryption(name), verb === "Put" ? aes256 : undefined);
      const looks = verb === "Put" ? ["Get", "Get"] : ["Get"];
      assert.deepStrictEqual(served(bench.emulator, name), ["Get", verb, verb, ...looks]);
    });
  }

  it("stays with a bucket that is replaced first, and is written again when the new bucket has the same name", async () => {
    const name = bench.bucket(aes256);
    const diff = await bench.provider.diff(name, declared(name), declared(name, { bucket: unknownValue }));
    assert.deepStrictEqual(diff.replaces, ["bucket"]);
    await bench.provider.delete(name, declared(name));
    assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
    await bench.provider.printed(
      `bucket ${name}: the bucket itself is being replaced, so its default rule stays as long as it does`,
    );

    // Reads may still show the old bucket's rule.
    bench.emulator.fault({ bucket: name, operation: "GetBucketEncryption", stale: true, times: 2 });
    bench.emulator.setEncryption(name, undefined);
    const { inputs } = await bench.provider.check({}, declared(name));
    await bench.provider.create(inputs);
    assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
  });

  it("stays where another resource comes to declare it while a delete-before-replace is looking at it", async () => {
    const name = bench.bucket(aes256);
    const letGo = bench.emulator.fault({ bucket: name, operation: "GetBucketEncryption", delay: 600_000 });
    const removed = bench.provider.delete(name, declared(name));
    await until(() => served(bench.emulator, name).length === 1);
    await bench.provider.check(declared(name), declared(name));
    const { changes } = await bench.provider.diff(name, declared(name), declared(name));
    letGo();
    await removed;
    assert.deepStrictEqual([changes, bench.emulator.encryption(name)], ["none", aes256]);
  });

  it("goes when its resource moves to another bucket, whatever the preview did not know", async () => {
    const [old, next] = [bench.bucket(aes256), bench.bucket()];
    await bench.provider.diff(old, declared(old), declared(old, { bucket: unknownValue }));
    await bench.provider.check(declared(old), declared(next));
    await bench.provider.delete(old, declared(old));
    assert.deepStrictEqual(bench.emulator.encryption(old), aes256);
  });

  it("is restored only as a verb saw it whole: with --continue-on-error a key may be absent", async () => {
    const name = bench.bucket(aes256);
    // The create that should follow is skipped, since the key's resource failed.
    await bench.provider.check({}, declared(name, { sseAlgorithm: "KMS" }));
    await bench.provider.delete(name, declared(name));
    assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
    assert.ok(!served(bench.emulator, name).includes("Put"));
  });

  it("comes to this provider's code where the state has other code, and is not written where it is equal", async () => {
    const name = bench.bucket(aes256);
    const old = { ...declared(name), __provider: "exports.handler = () => ({});" };
    assert.deepStrictEqual(await bench.provider.diff(name, old, declared(name)), {
      changes: "some",
      replaces: [],
    });
    assert.deepStrictEqual(await bench.provider.update(name, old, declared(name)), { outs: declared(name) });
    assert.deepStrictEqual(served(bench.emulator, name), ["Get"]);
  });

  it("is read and taken back where the bucket is, whatever id other code has given the resource", async () => {
    const name = bench.bucket(aes256);
    const id = `${name}-encryption`;
    const read = await bench.provider.read(id, declared(name));
    assert.deepStrictEqual([read.id, read.inputs], [id, declared(name)]);
    await bench.provider.delete(id, declared(name));
    assert.deepStrictEqual(bench.emulator.encryption(name), undefined);
  });
});

describeForms("two processes of one engine command", (form) => {
  const bench = withProvider(form);
  let engine: EngineStandIn;
  let one: ProviderProcess;
  let other: ProviderProcess;

  beforeEach(async () => {
    engine = await EngineStandIn.start();
    const env = accessTo(bench.emulator);
    const endpoint = `http://localhost:${bench.emulator.port}`;
    const link = JSON.stringify({ link: { endpoint, region: "cn-hangzhou", pathStyle: true } });
    // A program may declare both forms: a plugin's process knows a dynamic one, too.
    [one, other] = await Promise.all([
      startProvider({ form, env, engine }),
      startProvider({ form: "dynamic", env, engine, config: { "oss-encryption:connections": link } }),
    ]);
  });
  afterEach(async () => {
    await Promise.all([one.stop(), other.stop()]);
    engine.end();
  });

  it("know what the other one's resources declare", async () => {
    const name = bench.bucket(aes256);
    const { inputs } = await one.check({}, declared(name));
    await one.create(inputs);
    await other.delete(name, declared(name));
    assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
    await other.printed(`bucket ${name}: the program still declares it, so its default rule stays`);
  });

  it("write again what the other one has removed, however stale reads are", async () => {
    const name = bench.bucket(aes256);
    await other.delete(name, declared(name));
    bench.emulator.fault({ bucket: name, operation: "GetBucketEncryption", stale: true, times: 1 });
    const { inputs } = await one.check({}, declared(name));
    await one.create(inputs);
    assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
  });

  it("wait for a removal that the other one is carrying out", async () => {
    const name = bench.bucket(aes256);
    const held = { bucket: name, operation: "DeleteBucketEncryption", delay: 600_000 } as const;
    const letGo = bench.emulator.fault(held);
    const removed = other.delete(name, declared(name));
    await until(() => served(bench.emulator, name).includes("Delete"));
    const { inputs } = await one.check({}, declared(name));
    const created = one.create(inputs);
    await one.printed(
      `bucket ${name}: waiting for another provider resource, which is removing its default rule`,
    );
    assert.ok(!served(bench.emulator, name).includes("Put"));
    letGo();
    await Promise.all([removed, created]);
    assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
  });

  it("keep a rule at an address that may lead to the other one's cloud", async () => {
    const name = bench.bucket(sm4);
    await one.check(declared(name), declared(name));
    await one.diff(name, declared(name), declared(name));
    await other.delete(name, declared(name, { sseAlgorithm: "SM4", connection: "link" }));
    assert.deepStrictEqual(bench.emulator.encryption(name), sm4);
    await other.printed(
      `bucket ${name}: the program declares a bucket of this name at another address, which may be the same one, so its ` +
        "default rule stays",
    );
  });

  it("fail rather than leave another rule where the other one's counts as unchanged", async () => {
    const name = bench.bucket(sm4);
    await one.check(declared(name), declared(name));
    await one.diff(name, declared(name), declared(name));
    await assert.rejects(other.delete(name, declared(name, { sseAlgorithm: "SM4" })), (error: VerbError) => {
      assert.equal(
        error.message,
        `bucket ${name}: the program declares another default rule than the one that OSS shows, through another ` +
          "provider. Run pulumi up --refresh: it puts the declared rule back.",
      );
      return true;
    });
    bench.emulator.setEncryption(name, aes256);
    await other.delete(name, declared(name, { sseAlgorithm: "SM4" }));
    assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
  });

  it("don't count what one declared that has ended", async () => {
    const name = bench.bucket(aes256);
    await one.check(declared(name), declared(name));
    const exit = once(one.child, "exit");
    one.child.kill("SIGKILL");
    await exit;
    await other.delete(name, declared(name));
    assert.deepStrictEqual(bench.emulator.encryption(name), undefined);
  });

  it("know nothing of what another command's declare", async () => {
    const name = bench.bucket(aes256);
    await bench.provider.check(declared(name), declared(name));
    await other.delete(name, declared(name));
    assert.deepStrictEqual(bench.emulator.encryption(name), undefined);
  });
});

describeForms("a process that can leave no notes for others", (form) => {
  const bench = withProvider(form);

  it("says so, and does its work", async () => {
    const provider = await startProvider({ form, env: { ...accessTo(bench.emulator), TMPDIR: "/dev/null" } });
    try {
      const name = bench.bucket();
      await provider.create(declared(name));
      assert.deepStrictEqual(bench.emulator.encryption(name), aes256);
      assert.match(
        provider.lines.join("\n"),
        /can't be written \(ENOTDIR\)\. Without that folder a rule may be lost/,
      );
    } finally {
      await provider.stop();
    }
  });
});

describeForms("buckets of one name in two clouds", (form) => {
  it("are two buckets, each with a rule of its own", async () => {
    await using here = await startEmulator();
    await using there = await startEmulator();
    for (const cloud of [here, there]) cloud.createBucket("logs");
    const config = {
      "oss-encryption:connections": JSON.stringify({ there: { endpoint: there.url, region: "cn-hangzhou" } }),
    };
    const provider = await startProvider({ form, config, env: accessTo(here) });
    try {
      const [first, second] = [
        declared("logs"),
        declared("logs", { sseAlgorithm: "SM4", connection: "there" }),
      ];
      for (const props of [first, second]) {
        const { inputs, failures } = await provider.check({}, props);
        assert.deepStrictEqual(failures, []);
        await provider.create(inputs);
      }
      assert.deepStrictEqual([here.encryption("logs"), there.encryption("logs")], [aes256, sm4]);
      // The program has dropped the second one, and still has the first.
      await using next = await startProvider({ form, config, env: accessTo(here) });
      await next.check(first, first);
      await next.delete("logs", second);
      assert.deepStrictEqual([here.encryption("logs"), there.encryption("logs")], [aes256, undefined]);
    } finally {
      await provider.stop();
    }
  });
});
