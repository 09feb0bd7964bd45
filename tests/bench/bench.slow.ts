import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../../bench/report";
import { run } from "../../tools/run";
import { describeWithEngine } from "../support/with-engine";
import { repository } from "../support/repository";

describeWithEngine("the benchmark", () => {
  const bench = (...flags: string[]) =>
    run(process.execPath, ["--import", "tsx", "bench/bench.ts", ...flags], {
      cwd: repository,
      env: process.env,
    });

  it("counts what both forms ask of OSS, and nothing of the floor, and puts its tables into a page", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bench-"));
    try {
      const page = join(folder, "page.md");
      await writeFile(page, "Before.\n\n<!-- bench -->\n<!-- /bench -->\n");
      const flags = "--sizes 2 --latencies 0 --runs 1 --contestants ours,plugin,floor --json --write";
      const { code, stdout, stderr } = await bench(...flags.split(" "), page);
      assert.equal(code, 0, stderr);
      const { results, import: start } = JSON.parse(stdout) as Report;
      const requests = (contestant: string) =>
        Object.fromEntries(
          results.filter((one) => one.contestant === contestant).map((one) => [one.operation, one.requests]),
        );
      for (const form of ["ours", "plugin"]) {
        assert.deepStrictEqual(requests(form), {
          up: { GetBucketEncryption: 4, PutBucketEncryption: 2 },
          preview: {},
          refresh: { GetBucketEncryption: 2 },
          destroy: { GetBucketEncryption: 2, DeleteBucketEncryption: 2 },
        });
      }
      assert.deepStrictEqual(requests("floor"), { up: {}, preview: {}, refresh: {}, destroy: {} });
      assert.ok(results.some(({ providerPeakKiB }) => providerPeakKiB > 0));
      assert.equal(start.filesOfOssLibraries, 0);
      assert.match(await readFile(page, "utf8"), /^Before\.\n\n<!-- bench -->\n\nMedian of 1 run\./);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("refuses a page that has no place for figures before it measures anything", async () => {
    const { code, stdout, stderr } = await bench("--write", "package.json");
    assert.deepStrictEqual(
      [code, stdout, stderr],
      [1, "", "package.json lacks the marks <!-- bench --> and <!-- /bench -->.\n"],
    );
  });
});
