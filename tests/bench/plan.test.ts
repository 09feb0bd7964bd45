import assert from "node:assert/strict";
import { parseOptions } from "../../bench/options";
import { plan } from "../../bench/plan";

function options(flags: string) {
  const parsed = parseOptions(flags.split(" "));
  assert(parsed);
  return parsed;
}

describe("what a benchmark measures", () => {
  it("is every size at every latency, alicloud where it ends in time", () => {
    const { scenarios, notes } = plan(
      options("--sizes 1,200,1000 --latencies 0,40 --contestants ours,floor,alicloud"),
      undefined,
    );
    const [all, two] = [
      ["ours", "floor", "alicloud"],
      ["ours", "floor"],
    ];
    assert.deepStrictEqual(scenarios, [
      { buckets: 1, latency: 0, contestants: all },
      { buckets: 200, latency: 0, contestants: two },
      { buckets: 1000, latency: 0, contestants: two },
      { buckets: 1, latency: 40, contestants: all },
      { buckets: 200, latency: 40, contestants: two },
      { buckets: 1000, latency: 40, contestants: two },
    ]);
    assert.deepStrictEqual(notes, [
      "alicloud is left out for 200 and 1000 buckets: each of its creates sleeps for 5 s; --alicloud-up-to lifts that.",
    ]);
  });

  it("includes values of --parallel, at the longest latency and no more than 200 buckets", () => {
    const { scenarios } = plan(
      options("--sizes 1,150,1000 --latencies 0,40 --parallel 8,32 --contestants ours"),
      undefined,
    );
    assert.deepStrictEqual(scenarios.slice(6), [
      { buckets: 150, latency: 40, parallel: 8, contestants: ["ours"] },
      { buckets: 150, latency: 40, parallel: 32, contestants: ["ours"] },
    ]);
  });

  it("leaves alicloud out where its plugin is missing, and says so once", () => {
    const { scenarios, notes } = plan(options("--sizes 1,9 --latencies 0"), "no plugin");
    assert.deepStrictEqual(
      scenarios.map(({ contestants }) => contestants),
      [
        ["ours", "plugin", "floor"],
        ["ours", "plugin", "floor"],
      ],
    );
    assert.deepStrictEqual(notes, ["alicloud is left out: no plugin."]);
  });

  it("says nothing of alicloud where nobody asked for it", () => {
    assert.deepStrictEqual(plan(options("--contestants ours,floor"), "no plugin").notes, []);
  });
});
