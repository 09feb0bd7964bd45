import assert from "node:assert/strict";
import { once } from "node:events";
import { accessTo } from "../../tools/emulator-access";
import { served } from "../support/served";
import { startProvider, type ProviderProcess } from "../support/provider-process";
import { until } from "../support/until";
import type { Props } from "../support/verbs";
import { aes256, declared, describeForms, withProvider } from "./with-provider";

describeForms("the look at the bucket of a new resource", (form) => {
  const bench = withProvider(form);
  const kms = { sseAlgorithm: "KMS" };
  const replaced = (bucket: string) =>
    `bucket ${bucket}: its default rule AES256 is replaced by KMS with the CMK managed by OSS`;

  let provider: ProviderProcess;
  beforeEach(async () => {
    provider = await startProvider({ form, env: accessTo(bench.emulator) });
  });
  afterEach(() => provider.stop());

  it("check does not wait for its look, but create does", async () => {
    const name = bench.bucket(aes256);
    bench.emulator.fault({ operation: "GetBucketEncryption", bucket: name, connection: "hang" });
    const { inputs } = await provider.check({}, declared(name, kms));
    await until(() => served(bench.emulator, name).length === 1);
    assert.equal(bench.emulator.requests.at(-1)?.dropped, false, "the look was over");
    await provider.create(inputs);
    assert.deepStrictEqual(served(bench.emulator, name), ["Get", "Get", "Put", "Get"]);
  });

  it("the look still says what it found by the end of a preview", async () => {
    const name = bench.bucket(aes256);
    bench.emulator.fault({ operation: "GetBucketEncryption", bucket: name, delay: 300 });
    await preview(declared(name, kms));
    assert.deepStrictEqual(await endOfPreview(), [replaced(name)]);
  });

  it("no further look begins once 16 got no answer", async () => {
    bench.emulator.fault({ operation: "GetBucketEncryption", connection: "hang", times: Infinity });
    const names = Array.from({ length: 20 }, () => bench.bucket());
    await Promise.all(names.map((name) => provider.check({}, declared(name))));
    assert.equal(names.filter((name) => served(bench.emulator, name).length > 0).length, 16);
  });

  async function preview(news: Props): Promise<void> {
    const { inputs } = await provider.check({}, news);
    await provider.previewCreate(inputs);
  }

  /** What a preview has said by the time the engine ends its process. */
  async function endOfPreview(): Promise<string[]> {
    const closed = once(provider.child, "close");
    provider.child.kill("SIGINT");
    await closed;
    return provider.lines;
  }

  it("says why it failed, in one line for each reason", async () => {
    const [forbidden, alsoForbidden, broken] = [bench.bucket(), bench.bucket(), bench.bucket()];
    for (const bucket of [forbidden, alsoForbidden]) {
      bench.emulator.fault({ operation: "GetBucketEncryption", bucket, answer: { code: "AccessDenied" } });
    }
    bench.emulator.fault({ operation: "GetBucketEncryption", bucket: broken, answer: { body: "<html/>" } });
    for (const bucket of [forbidden, alsoForbidden, broken]) await preview(declared(bucket));
    await until(() => served(bench.emulator, broken).length === 1);
    const [first, second, ...others] = await endOfPreview();
    // A dynamic provider says it once at the end; a plugin has each create previewed, and says each reason once.
    const count = form === "dynamic" ? " (and the same for 1 more)" : "";
    const unknown = `whether a default rule is about to be replaced is not known${count}: `;
    assert.ok(first?.startsWith(unknown), first);
    assert.match(first ?? "", /: GetBucketEncryption of bucket \S+ failed: 403 AccessDenied/);
    assert.match(
      second ?? "",
      /^whether a default rule is about to be replaced is not known: .*status 200 and/,
    );
    assert.deepStrictEqual(others, []);
  });

  it("says nothing of a failure where create has looked again", async () => {
    const name = bench.bucket();
    bench.emulator.fault({
      operation: "GetBucketEncryption",
      bucket: name,
      answer: { code: "AccessDenied" },
    });
    const { inputs } = await provider.check({}, declared(name));
    await until(() => served(bench.emulator, name).length === 1);
    await provider.create(inputs);
    assert.deepStrictEqual(await endOfPreview(), []);
  });

  it("names what this version does not know of a rule, before a write drops it and on import", async () => {
    const [created, imported] = [bench.bucket(), bench.bucket()];
    const body =
      "<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>SM4</SSEAlgorithm>" +
      "<KeyRotation>Monthly</KeyRotation></ApplyServerSideEncryptionByDefault><Scope/></ServerSideEncryptionRule>";
    for (const bucket of [created, imported]) {
      bench.emulator.fault({ operation: "GetBucketEncryption", bucket, answer: { body } });
    }
    await preview(declared(created));
    const { failures } = await provider.check(
      {},
      declared(imported, { sseAlgorithm: "SM4", __import: imported }),
    );
    assert.deepStrictEqual(failures, []);
    const unknown = "what this version does not know (Scope, KeyRotation)";
    assert.deepStrictEqual(
      new Set(await endOfPreview()),
      new Set([
        `bucket ${created}: its default rule SM4 is replaced by AES256; ${unknown} will be lost`,
        `bucket ${imported}: its default rule has ${unknown}; the next change of the rule drops it`,
      ]),
    );
  });
});
