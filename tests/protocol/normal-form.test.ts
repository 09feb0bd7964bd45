import assert from "node:assert/strict";
import fc from "fast-check";
import { served } from "../support/served";
import { declared, describeForms, withProvider } from "./with-provider";

describeForms("the normal form, through process and OSS", (form) => {
  const bench = withProvider(form);
  const absent = fc.constantFrom(null, "");
  const keyId = fc.oneof(
    fc.stringMatching(/^[!-~]{1,64}$/),
    fc.constantFrom(`<&>"'`, "]]>", "é中文😀", "alias/a-b"),
  );
  const rule = fc.oneof(
    fc.record({
      sseAlgorithm: fc.constantFrom("AES256", "SM4"),
      kmsMasterKeyId: absent,
      kmsDataEncryption: absent,
    }),
    fc.record({
      sseAlgorithm: fc.constant("KMS"),
      kmsMasterKeyId: fc.oneof(absent, keyId),
      kmsDataEncryption: fc.oneof(absent, fc.constant("SM4")),
    }),
  );
  const way = fc.record({
    region: fc.constantFrom(null, "", "cn-hangzhou", "oss-cn-hangzhou"),
    connection: fc.constantFrom(null, "", "finance"),
  });

  it("check returns it, and so does read after create, whatever was declared", () =>
    fc.assert(
      fc.asyncProperty(rule, way, async (rule, way) => {
        const name = bench.bucket();
        const { inputs, failures } = await bench.provider.check({}, declared(name, { ...rule, ...way }));
        assert.deepStrictEqual(failures, []);
        const { outs } = await bench.provider.create(inputs);
        const read = await bench.provider.read(name, outs);
        assert.deepStrictEqual([outs, read], [inputs, { id: name, props: inputs, inputs }]);
        assert.deepStrictEqual(await bench.provider.check(inputs, read.inputs), { inputs, failures: [] });
        assert.equal((await bench.provider.diff(name, outs, inputs)).changes, "none");
        assert.deepStrictEqual(served(bench.emulator, name), ["Get", "Put", "Get", "Get"]);
      }),
      { numRuns: 60 },
    ));
});
