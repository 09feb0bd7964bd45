import assert from "node:assert/strict";
import { withFigures } from "../../bench/page";
import { toMarkdown, type Report } from "../../bench/report";
import { summarize, type Sample } from "../../bench/sample";

const sample = (change: Partial<Sample>): Sample => ({
  contestant: "ours",
  operation: "up",
  buckets: 2,
  latency: 0,
  ms: 1000,
  requests: { PutBucketEncryption: 2, GetBucketEncryption: 4 },
  providerPeakKiB: 2048,
  cpuMs: 5000,
  emulatorCpuMs: 100,
  ...change,
});
const floor = (change: Partial<Sample> = {}) =>
  sample({ contestant: "floor", ms: 800, requests: {}, providerPeakKiB: 1024, emulatorCpuMs: 0, ...change });

describe("results of a benchmark", () => {
  it("are medians and ratios of the runs, and the most memory that any of them took", () => {
    const runs = [
      sample({ stateBytes: 900 }),
      floor(),
      sample({ ms: 1200, providerPeakKiB: 4096 }),
      floor({ ms: 1200 }),
      sample({ ms: 900, emulatorCpuMs: 120, cpuMs: 5500 }),
      floor({ ms: 600 }),
    ];
    assert.deepStrictEqual(summarize(runs)[0], {
      contestant: "ours",
      operation: "up",
      buckets: 2,
      latency: 0,
      runsMs: [1000, 1200, 900],
      medianMs: 1000,
      ratioToFloor: 1.25,
      requestsPerBucket: 3,
      requests: { PutBucketEncryption: 2, GetBucketEncryption: 4 },
      providerPeakKiB: 4096,
      cpuMs: 5000,
      emulatorCpuMs: 100,
      stateBytes: 900,
    });
  });

  it("compare with the floor at the same buckets, latency and --parallel only", () => {
    const results = summarize([
      sample({}),
      floor({ buckets: 3 }),
      floor({ latency: 1 }),
      floor({ parallel: 8 }),
    ]);
    assert.equal(results[0]?.ratioToFloor, undefined);
  });
});

describe("the tables of a benchmark", () => {
  const report = (samples: Sample[]): Report => ({
    machine: ["2 × CPU", "Node v20"],
    runs: 1,
    notes: ["alicloud is left out: no plugin."],
    import: { runsMs: [2, 4, 3], medianMs: 3, filesOfOssLibraries: 0 },
    results: summarize(samples),
  });

  it("have the floor first, ratios beside the times, and a line for what was not measured", () => {
    const samples = [
      sample({ stateBytes: 1193 }),
      floor({ stateBytes: 1055 }),
      sample({ operation: "destroy" }),
    ];
    assert.deepStrictEqual(toMarkdown(report(samples)).split("\n"), [
      "Median of 1 run. 2 × CPU, Node v20.",
      "",
      "Time, and in brackets its ratio to that of the do-nothing resource:",
      "",
      "| buckets | latency | operation | do-nothing resource | BucketEncryption |",
      "| --- | --- | --- | --- | --- |",
      "| 2 | 0 ms | up | 0.8 s | 1.0 s (1.25) |",
      "| 2 | 0 ms | preview | – | – |",
      "| 2 | 0 ms | refresh | – | – |",
      "| 2 | 0 ms | destroy | – | 1.0 s |",
      "",
      "What else it takes:",
      "",
      "| buckets | latency |  | requests per up | preview | refresh | destroy | state of a resource | provider's memory | processor time of up | emulator's own |",
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
      "| 2 | 0 ms | do-nothing resource | 0 | – | – | – | 1055 B | 1 MiB | 5.0 s | 0.0 s |",
      "| 2 | 0 ms | BucketEncryption | 3 | – | – | 3 | 1193 B | 2 MiB | 5.0 s | 0.1 s |",
      "",
      "Importing the package takes 3.0 ms beyond `@pulumi/pulumi` (3 runs, 2 to 4 ms).",
      "",
      "alicloud is left out: no plugin.",
    ]);
  });

  it("show runs with --parallel apart", () => {
    const lines = toMarkdown(report([sample({ parallel: 16 }), floor({ parallel: 16 })])).split("\n");
    assert.deepStrictEqual(lines.slice(2, 7), [
      "The same with `--parallel`:",
      "",
      "| buckets | latency | `--parallel` | operation | do-nothing resource | BucketEncryption |",
      "| --- | --- | --- | --- | --- | --- |",
      "| 2 | 0 ms | 16 | up | 0.8 s | 1.0 s (1.25) |",
    ]);
  });
});

describe("a page with figures", () => {
  const page = "Before.\n\n<!-- bench -->\n\nold $& figures\n\n<!-- /bench -->\n\nAfter.\n";

  it("gets others between its marks, and keeps the rest", () => {
    assert.equal(
      withFigures(page, "new $& figures", "bench.md"),
      "Before.\n\n<!-- bench -->\n\nnew $& figures\n\n<!-- /bench -->\n\nAfter.\n",
    );
  });

  it("is refused without marks", () => {
    assert.throws(() => withFigures("Before.\n", "new", "bench.md"), {
      message: "bench.md lacks the marks <!-- bench --> and <!-- /bench -->.",
    });
  });
});
