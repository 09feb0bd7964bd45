import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { childrenCpuMs, childTicks } from "../../bench/processor-time";
import { skip } from "../support/skip";

describe("processor time of children", () => {
  it("the figures are read behind a name that holds brackets and spaces", () => {
    assert.equal(childTicks("7 (a) b) c) S 1 7 7 0 -1 4194560 1 2 3 4 500 600 12 30 20 0 11"), 42);
  });

  it("processor time covers what children have started themselves", function () {
    const before = childrenCpuMs();
    if (before === undefined) skip(this, "only Linux tells");
    const busy = "const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end);";
    const script = `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(busy)}])`;
    spawnSync(process.execPath, ["-e", script]);
    assert.ok((childrenCpuMs() ?? 0) - before >= 300);
  });
});
