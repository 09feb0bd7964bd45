import assert from "node:assert/strict";
import { mock } from "node:test";
import type { dynamic } from "@pulumi/pulumi";
import { provider } from "../../provider/src/dynamic";

describe("a dynamic provider that could not be set up", () => {
  it("fails every verb with the reason, and keeps none waiting", async () => {
    // The first thing that setting up does.
    const broken = mock.method(process.stdout, "on", () => {
      throw new Error("no output");
    });
    try {
      const { configure, read } = provider();
      const reading = read?.("logs", { bucket: "logs" });
      await assert.rejects(configure?.({} as dynamic.ConfigureRequest) ?? assert.fail(), {
        message: "no output",
      });
      await assert.rejects(reading ?? assert.fail(), { message: "no output" });
    } finally {
      broken.mock.restore();
    }
  });
});
