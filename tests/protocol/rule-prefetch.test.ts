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
    const letGo = holdLook(name);
    const { inputs } = await provider.check({}, declared(name, kms));
    await until(() => served(bench.emulator, name).length === 1);
    const created = provider.create(inputs);
    letGo();
    await created;
    // A check that waits would have given the look up, and create would look itself.
    assert.deepStrictEqual(served(bench.emulator, name), ["Get", "Put", "Get"]);
  });

  it("the look still says what it found by the end of a preview", async () => {
    const name = bench.bucket(aes256);
    const letGo = holdLook(name);
    const previewed = preview(declared(name, kms));
    await until(() => served(bench.emulator, name).length === 1);
    // A plugin's previewed create waits for the look, and a dynamic provider, which has none, at its end.
    if (form === "plugin") letGo();
    await previewed;
    const said = endOfPreview();
    letGo();
    assert.deepStrictEqual(await said, [replaced(name)]);
  });

  it("no further look begins once 16 got no answer", async () => {
    bench.emulator.fault({ operation: "GetBucketEncryption", connection: "hang", times: Infinity });
    const names = Array.from({ length: 20 }, () => bench.bucket());
    await Promise.all(names.map((name) => provider.check({}, declared(name))));
    assert.equal(names.filter((name) => served(bench.emulator, name).length > 0).length, 16);
  });

  /** Nothing is answered before it is let go; a look is given up after three seconds. */
  const holdLook = (bucket: string) =>
    bench.emulator.fault({ operation: "GetBucketEncryption", bucket, delay: 600_000 });

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

  it("says once that credentials can't be had, which concerns every look", async () => {
    const { OSS_ENDPOINT, OSS_REGION } = accessTo(bench.emulator);
    const nowhere = { ALIBABA_CLOUD_CREDENTIALS_URI: `${bench.emulator.url}/none`, HOME: "/dev/null" };
    await provider.stop();
    provider = await startProvider({ form, env: { OSS_ENDPOINT, OSS_REGION, ...nowhere } });
    for (const bucket of [bench.bucket(), bench.bucket()]) await preview(declared(bucket));
    const [line, ...others] = await endOfPreview();
    assert.match(line ?? "", /is not known.*: .*ALIBABA_CLOUD_CREDENTIALS_URI/);
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
