import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ossEncryption } from "../support/oss-encryption";

const manifest = readFileSync(join(__dirname, "../../cli/package.json"), "utf8");

describe("oss-encryption", () => {
  it("prints its version", async () => {
    assert.deepEqual(await ossEncryption(["--version"]), {
      code: 0,
      stdout: `${(JSON.parse(manifest) as { version: string }).version}\n`,
      stderr: "",
    });
  });

  it("names the flag that was probably meant", async () => {
    assert.deepEqual(await ossEncryption(["--versoin"]), {
      code: 1,
      stdout: "",
      stderr: "error: unknown option '--versoin'\n(Did you mean --version?)\n",
    });
  });
});
