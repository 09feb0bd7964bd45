import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../tools/run";
import { repository } from "../support/repository";
import { skip } from "../support/skip";

describe("the workflows for GitHub Actions", () => {
  it("the workflows pass actionlint", async function () {
    // Downloads and compiles it, where Go's caches are empty.
    const lint = join(repository, ".github/lint-workflows.sh");
    const { code, stdout, stderr } = await run(lint, [], { env: process.env });
    assert.equal(code, 0, stdout + stderr);
    const [, why] = /^skipped: (.*)/.exec(stdout) ?? [];
    if (why) skip(this, why);
  });
});
