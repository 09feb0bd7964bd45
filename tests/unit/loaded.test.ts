import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";

/** Which of the large libraries are in memory once an entry is loaded. */
function loadedBy(entry: string): string[] {
  const script = `
    require("pulumi-oss-encryption/${entry}".replace(/[/]$/, ""));
    console.log(Object.keys(require.cache).join("\\n"));
  `;
  const files = execFileSync(process.execPath, ["-e", script], { cwd: __dirname, encoding: "utf8" });
  return ["@pulumi/pulumi", "ali-oss", "@alicloud/credentials"].filter((name) =>
    files.includes(`/node_modules/${name}/`),
  );
}

describe("loading", () => {
  it("the package takes nothing but the Pulumi SDK, which a program has loaded already", () => {
    assert.deepStrictEqual(loadedBy(""), ["@pulumi/pulumi"]);
  });

  // A preview of what is there asks OSS nothing, so it need not wait for the libraries that ask.
  it("what the engine's process runs takes none of the libraries that its first call needs", () => {
    assert.deepStrictEqual(loadedBy("dynamic"), []);
  });
});
