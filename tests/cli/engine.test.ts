import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { orUserError } from "../../cli/src/pulumi/project";
import { ossEncryption } from "../support/oss-encryption";

describe("the engine, as the command line drives it", () => {
  it("a failure that was there before it was waited for is passed on, and is unhandled at no time", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.prependListener("unhandledRejection", note);
    try {
      await assert.rejects(orUserError(Promise.reject(new Error("aborted"))), { message: "aborted" });
      assert.deepEqual(unhandled, []);
    } finally {
      process.off("unhandledRejection", note);
    }
  });

  it("is the newest of those that are installed, without one that is being installed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "engines-"));
    try {
      for (const [name, version] of [
        [".installing", "v3.999.0"],
        ["3.259.0", "v3.259.0"],
        ["3.258.0", "v3.258.0"],
      ] as const) {
        const bin = join(folder, "versions", name, "bin");
        await mkdir(bin, { recursive: true });
        // Stands in for an engine that can do nothing but name itself.
        const script = `#!/bin/sh\n[ "$1" = version ] && echo ${version} && exit\necho "error: this is ${version}" >&2; exit 1\n`;
        await writeFile(join(bin, "pulumi"), script, { mode: 0o755 });
      }
      await writeFile(join(folder, "Pulumi.yaml"), "name: project\nruntime: nodejs\n");
      const env = { PATH: join(folder, "empty"), PULUMI_HOME: folder };
      assert.deepEqual(await ossEncryption(["drift"], { cwd: folder, env }), {
        code: 1,
        stdout: "",
        stderr: "Looking for the Pulumi engine …\noss-encryption: this is v3.259.0\n",
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
