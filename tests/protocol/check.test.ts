import assert from "node:assert/strict";
import { unknownValue } from "../../provider/src/rule/rule";
import { served } from "../support/served";
import { providerText } from "../support/verbs";
import { aes256, declared, describeForms, withProvider } from "./with-provider";

describeForms("check", (form) => {
  const bench = withProvider(form);

  const full = {
    sseAlgorithm: "KMS",
    kmsMasterKeyId: "key-1",
    kmsDataEncryption: "SM4",
    region: "cn-hangzhou",
    connection: "finance",
  };

  for (const property of ["bucket", ...Object.keys(full)]) {
    it(`takes an unknown ${property} for right, and keeps it unknown`, async () => {
      const news = declared(bench.bucket(), { ...full, [property]: unknownValue });
      assert.deepStrictEqual(await bench.provider.check({}, news), { inputs: news, failures: [] });
      const olds = declared("protocol-old", { ...full, bucket: "protocol-old" });
      const diff = await bench.provider.diff(
        "protocol-old",
        { ...olds, [property]: "known" },
        { ...olds, [property]: unknownValue },
      );
      assert.deepStrictEqual(diff, {
        changes: "unknown",
        replaces: property === "bucket" ? ["bucket"] : [],
      });
    });
  }

  it("takes everything unknown at once, without a request", async () => {
    const before = bench.emulator.requests.length;
    const properties = ["bucket", ...Object.keys(full)];
    const news = {
      ...Object.fromEntries(properties.map((name) => [name, unknownValue])),
      __provider: providerText,
    };
    assert.deepStrictEqual(await bench.provider.check({}, news), { inputs: news, failures: [] });
    assert.equal(bench.emulator.requests.length, before);
  });

  it("brings inputs into their normal form, which it leaves alone the next time", async () => {
    const name = bench.bucket();
    const given = declared(name, {
      kmsMasterKeyId: "",
      kmsDataEncryption: null,
      region: "oss-cn-hangzhou",
    });
    const { inputs } = await bench.provider.check({}, given);
    assert.deepStrictEqual(inputs, declared(name, { region: "cn-hangzhou" }));
    assert.deepStrictEqual((await bench.provider.check(inputs, inputs)).inputs, inputs);
    assert.deepStrictEqual(await bench.provider.diff(name, inputs, given), { changes: "none", replaces: [] });
  });

  it("lets a bucket be declared twice with the same rule, and refuses a different one", async () => {
    const name = bench.bucket();
    assert.deepStrictEqual((await bench.provider.check({}, declared(name))).failures, []);
    assert.deepStrictEqual((await bench.provider.check({}, declared(name))).failures, []);
    const reason = `bucket ${name} is declared twice with a different sseAlgorithm: a bucket has one default rule`;
    assert.deepStrictEqual(
      (await bench.provider.check({}, declared(name, { sseAlgorithm: "SM4" }))).failures,
      [{ property: "", reason }],
    );
  });

  it("takes a resource that moves to a bucket for one declaration, although the engine checks it again without ignoreChanges", async () => {
    const name = bench.bucket();
    const olds = declared(bench.bucket(aes256));
    assert.deepStrictEqual((await bench.provider.check(olds, declared(name))).failures, []);
    const again = declared(name, { sseAlgorithm: "SM4" });
    assert.deepStrictEqual((await bench.provider.check({}, again)).failures, []);
    assert.equal((await bench.provider.check({}, declared(name))).failures.length, 1);
  });

  it("refuses mistakes without a request", async () => {
    const name = bench.bucket(aes256);
    const { failures } = await bench.provider.check(
      {},
      declared(name, { kmsMasterKeyID: "k", sseAlgorithm: "AES" }),
    );
    assert.deepStrictEqual(failures, [
      {
        property: "",
        reason: 'sseAlgorithm is not a method OSS knows: use "AES256", "SM4" or "KMS" (upper case)',
      },
      {
        property: "",
        reason: "kmsMasterKeyID is not a property of BucketEncryption: did you mean kmsMasterKeyId?",
      },
    ]);
    assert.deepStrictEqual(served(bench.emulator, name), []);
  });

  describe("with the import option", () => {
    it("takes an equal rule without writing, and keeps nothing of the option", async () => {
      const name = bench.bucket(aes256);
      const { inputs, failures } = await bench.provider.check({}, declared(name, { __import: name }));
      assert.deepStrictEqual([inputs, failures], [declared(name), []]);
      assert.deepStrictEqual(await bench.provider.create(inputs), { id: name, outs: declared(name) });
      assert.deepStrictEqual(served(bench.emulator, name), ["Get"]);
    });

    it("refuses a rule that differs, naming each property with what OSS has", async () => {
      const name = bench.bucket({ SSEAlgorithm: "KMS" });
      const news = declared(name, { sseAlgorithm: "SM4", __import: name });
      assert.deepStrictEqual((await bench.provider.check({}, news)).failures, [
        {
          property: "",
          reason: `import of bucket ${name}: sseAlgorithm is KMS in OSS, and the program declares something else`,
        },
      ]);
    });

    it("leaves values that are not known yet for the update to compare", async () => {
      const name = bench.bucket({ SSEAlgorithm: "KMS", KMSMasterKeyID: "live-key" });
      const news = declared(name, { sseAlgorithm: "KMS", kmsMasterKeyId: unknownValue, __import: name });
      assert.deepStrictEqual((await bench.provider.check({}, news)).failures, []);
    });

    it("refuses a bucket without rule, no bucket, and another name in the option", async () => {
      const name = bench.bucket();
      const reason = async (bucket: string, id: string) =>
        (await bench.provider.check({}, declared(bucket, { __import: id }))).failures[0]?.reason;
      assert.match((await reason(name, name)) ?? "", /the bucket has no default rule/);
      assert.match((await reason("protocol-none", "protocol-none")) ?? "", /404 NoSuchBucket/);
      assert.match((await reason(name, "other")) ?? "", /the import option must be the bucket's name/);
      assert.deepStrictEqual(served(bench.emulator, name), ["Get"]);
    });

    it("looks once: with the option still there, a resource that exists is left alone", async () => {
      const name = bench.bucket({ SSEAlgorithm: "KMS" });
      const { inputs, failures } = await bench.provider.check(
        declared(name),
        declared(name, { __import: name }),
      );
      assert.deepStrictEqual([inputs, failures], [declared(name), []]);
      assert.deepStrictEqual(served(bench.emulator, name), []);
    });
  });
});
