import assert from "node:assert/strict";
import { served } from "../support/served";
import { until } from "../support/until";
import { aes256, declared, describeForms, withProvider } from "./with-provider";

describeForms("requests of each verb, without faults", (form) => {
  const bench = withProvider(form);
  const { bucket } = bench;
  const sm4 = { sseAlgorithm: "SM4" };
  const createdBy = async (name: string) => {
    const { inputs } = await bench.provider.check({}, declared(name));
    return bench.provider.create(inputs);
  };

  const operations: [title: string, run: () => Promise<string>, requests: string[]][] = [
    ["the preview of a new resource", () => preview(bucket()), ["Get"]],
    ["a create, with the look of its check,", () => create(bucket()), ["Get", "Put", "Get"]],
    ["a create over another rule", () => create(bucket({ SSEAlgorithm: "KMS" })), ["Get", "Put", "Get"]],
    ["a create that adopts", () => create(bucket(aes256)), ["Get"]],
    ["an update", () => update(bucket(aes256), sm4), ["Put", "Get"]],
    ["a check of a resource that exists", () => recheck(bucket(aes256)), []],
    ["a diff", () => diff(bucket(aes256)), []],
    ["a read", () => read(bucket(aes256)), ["Get"]],
    ["a read of what is gone", () => read(bucket()), ["Get"]],
    ["a delete", () => remove(bucket(aes256)), ["Get", "Delete"]],
    ["a delete of what is gone", () => remove(bucket()), ["Get"]],
    ["a delete where another rule is live", () => remove(bucket({ SSEAlgorithm: "SM4" })), ["Get"]],
  ];
  for (const [title, run, requests] of operations) {
    it(`${title} takes ${requests.join(", ") || "no request"}`, async () =>
      assert.deepStrictEqual(served(bench.emulator, await run()), requests));
  }

  const preview = async (name: string) => {
    await bench.provider.check({}, declared(name));
    await until(() => served(bench.emulator, name).length > 0);
    return name;
  };
  const create = (name: string) => createdBy(name).then(() => name);
  const update = (name: string, change: object) =>
    bench.provider.update(name, declared(name), declared(name, { ...change })).then(() => name);
  const recheck = (name: string) => bench.provider.check(declared(name), declared(name)).then(() => name);
  const diff = (name: string) =>
    bench.provider.diff(name, declared(name), declared(name, sm4)).then(() => name);
  const read = (name: string) => bench.provider.read(name, declared(name)).then(() => name);
  const remove = (name: string) => bench.provider.delete(name, declared(name)).then(() => name);
});
