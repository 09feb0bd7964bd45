import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "oss-emulator";
import { credentialsOf } from "../../tools/emulator-access";
import { run } from "../../tools/run";
import { skip } from "../support/skip";

describe("the official Go SDKs on the emulator", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "go-sdks-"));
  });
  after(() => rm(folder, { recursive: true }));

  /** Builds the program that uses them. Returns why it can't be built on this machine, and nothing where it is there. */
  async function build(program: string): Promise<string | undefined> {
    const options = { cwd: join(__dirname, "go-sdks"), env: process.env };
    try {
      const { code, stderr } = await run("go", ["build", "-o", program, "."], options);
      if (code === 0) return undefined;
      if (/dial tcp|no such host|connection refused/.test(stderr)) return "there is no Go module proxy";
      throw new Error(stderr);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "Go is not installed";
      throw error;
    }
  }

  it("both Go SDKs do buckets, default encryption, objects, presigned URLs and multipart uploads", async function () {
    // Downloads and compiles, where Go's caches are empty.
    const program = join(folder, "go-sdks");
    const missing = await build(program);
    if (missing) skip(this, missing);
    await using emulator = await startEmulator({ keys: ["interop-key"] });
    const { stdout } = await run(program, [emulator.url], {
      env: { PATH: process.env.PATH, ...credentialsOf(emulator) },
    });
    assert.deepStrictEqual(stdout.split("\n").filter(Boolean).sort(), [
      "v1, signature V1: ok",
      "v1, signature V4: ok",
      "v2: ok",
    ]);
  });
});
