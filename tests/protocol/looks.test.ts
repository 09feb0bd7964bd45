import assert from "node:assert/strict";
import { once } from "node:events";
import { accessTo } from "../../tools/emulator-access";
import { served } from "../support/served";
import { startProvider, type ProviderProcess } from "../support/provider-process";
import { until } from "../support/until";
import { aes256, declared, withProvider } from "./with-provider";

describe("the look at the bucket of a new resource", () => {
  const bench = withProvider();
  const kms = { sseAlgorithm: "KMS" };
  const replaced = (bucket: string) =>
    `bucket ${bucket}: its default rule AES256 is replaced by KMS with the CMK managed by OSS`;

  let provider: ProviderProcess;
  beforeEach(async () => {
    provider = await startProvider({ env: accessTo(bench.emulator) });
  });
  afterEach(() => provider.stop());

  it("is not waited for by check, but by create", async () => {
    const name = bench.bucket(aes256);
    bench.emulator.fault({ operation: "GetBucketEncryption", bucket: name, connection: "hang" });
    const { inputs } = await provider.check({}, declared(name, kms));
    await until(() => served(bench.emulator, name).length === 1);
    assert.equal(bench.emulator.requests.at(-1)?.dropped, false, "the look was over");
    await provider.create(inputs);
    assert.deepStrictEqual(served(bench.emulator, name), ["Get", "Get", "Put", "Get"]);
  });

  it("still says what it found when the engine ends the process", async () => {
    const name = bench.bucket(aes256);
    bench.emulator.fault({ operation: "GetBucketEncryption", bucket: name, delay: 300 });
    await provider.check({}, declared(name, kms));
    const closed = once(provider.child, "close");
    provider.child.kill("SIGINT");
    await closed;
    assert.deepStrictEqual(provider.lines, [replaced(name)]);
  });

  it("is not repeated where 16 got no answer", async () => {
    bench.emulator.fault({ operation: "GetBucketEncryption", connection: "hang", times: Infinity });
    const names = Array.from({ length: 20 }, () => bench.bucket());
    for (const name of names) await provider.check({}, declared(name));
    assert.equal(names.filter((name) => served(bench.emulator, name).length > 0).length, 16);
  });
});
