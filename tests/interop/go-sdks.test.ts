import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startEmulator } from "oss-emulator";

const run = promisify(execFile);

describe("the official Go SDKs on the emulator", () => {
  it("do buckets, default encryption, objects, presigned URLs and multipart uploads", async function () {
    const folder = await mkdtemp(join(tmpdir(), "go-sdks-"));
    const program = join(folder, "go-sdks");
    try {
      await run("go", ["build", "-o", program, "."], { cwd: join(__dirname, "go-sdks"), timeout: 110_000 });
    } catch (error) {
      const { code, stderr = "" } = error as { code?: string | number; stderr?: string };
      const why =
        code === "ENOENT" ? "Go is not installed" : /dial tcp|proxy/.exec(stderr) && "no Go module proxy";
      if (!why) throw error;
      console.log(`    skipped: ${why}`);
      this.skip();
    }
    await using emulator = await startEmulator({ keys: ["interop-key"] });
    const { accessKeyId, accessKeySecret } = emulator.credentials;
    const env = {
      PATH: process.env.PATH,
      OSS_ACCESS_KEY_ID: accessKeyId,
      OSS_ACCESS_KEY_SECRET: accessKeySecret,
    };
    const { stdout } = await run(program, [emulator.url], { env }).catch(
      (error: unknown) => error as { stdout: string },
    );
    await rm(folder, { recursive: true });
    assert.deepStrictEqual(stdout.split("\n").filter(Boolean).sort(), [
      "v1, signature V1: ok",
      "v1, signature V4: ok",
      "v2: ok",
    ]);
  });
});
