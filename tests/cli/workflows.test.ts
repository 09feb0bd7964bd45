import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../tools/run";

const actionlint = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";
const workflow = join(__dirname, "../../examples/workflows/github-actions.yml");

describe("the workflow for GitHub Actions", () => {
  it("passes actionlint", async function () {
    const hasGo = await run("go", ["version"], { timeout: 10_000 }).then(
      ({ code }) => code === 0,
      () => false,
    );
    if (!hasGo) {
      console.log("      skipped: actionlint needs Go, which is not installed");
      this.skip();
    }
    const { code, stdout, stderr } = await run("go", ["run", actionlint, "-no-color", workflow], {
      timeout: 110_000,
    });
    assert.equal(code, 0, stdout + stderr);
  });
});
