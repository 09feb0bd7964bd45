import assert from "node:assert/strict";
import { parseOptions, type Options } from "../../bench/options";

const defaults: Options = {
  sizes: [1, 200],
  latencies: [0, 40],
  parallel: [],
  runs: 3,
  contestants: ["ours", "plugin", "floor", "alicloud"],
  alicloudUpTo: 1,
  json: false,
};

describe("flags of the benchmark", () => {
  it("default to what ends in a few minutes", () => {
    assert.deepStrictEqual(parseOptions([]), defaults);
  });

  it("measure everything with --full, but for what is chosen", () => {
    assert.deepStrictEqual(parseOptions(["--full", "--runs", "2"]), {
      ...defaults,
      sizes: [1, 50, 200, 1000],
      parallel: [4, 8, 16, 32, 64],
      runs: 2,
      alicloudUpTo: 50,
    });
  });

  it("choose sizes, latencies, contestants and where the figures go", () => {
    const args = "--sizes 5,5,7 --latencies 10 --parallel 16 --contestants floor,ours --json --write a.md";
    assert.deepStrictEqual(parseOptions(args.split(" ")), {
      ...defaults,
      sizes: [5, 7],
      latencies: [10],
      parallel: [16],
      contestants: ["floor", "ours"],
      json: true,
      write: "a.md",
    });
  });

  it("are refused by name, with what is allowed", () => {
    const refusals: [args: string[], message: string][] = [
      [["--sizes", "1,0"], '--sizes: "0" is not a whole number from 1 up.'],
      [["--sizes", ""], "--sizes: at least one is needed."],
      [["--latencies", "-1"], '--latencies: "-1" is not a whole number from 0 up.'],
      [["--parallel", "many"], '--parallel: "many" is not a whole number from 1 up.'],
      [["--runs", "1.5"], '--runs: "1.5" is not a whole number from 1 up.'],
      [["--contestants", "theirs"], '--contestants: "theirs" is not one of ours, plugin, floor, alicloud.'],
      [["--contestants", ","], "--contestants: at least one is needed."],
    ];
    for (const [[flag = "", value = ""], message] of refusals) {
      assert.throws(() => parseOptions([`${flag}=${value}`]), { message });
    }
  });

  it("give nothing to measure where help is asked for", () => {
    assert.equal(parseOptions(["--help"]), undefined);
  });
});
