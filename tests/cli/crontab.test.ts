import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../tools/run";

const examples = join(__dirname, "../../examples/workflows");

describe("the crontab", () => {
  /** Runs its command as cron does, with a stand-in for npx, in a folder and with a file of settings of its own. */
  async function night(exitCode: number): Promise<string> {
    const line = (await readFile(join(examples, "crontab"), "utf8"))
      .split("\n")
      .find((one) => /^[\d*]+ /.test(one));
    const command = /^(?:[\d*,/-]+ ){5}([^%]+)$/.exec(line ?? "")?.[1];
    assert.ok(command, line);
    const root = await mkdtemp(join(tmpdir(), "crontab-"));
    try {
      await mkdir(join(root, "infra"));
      await writeFile(join(root, "env"), "OSS_ACCESS_KEY_ID=id\n");
      const npx = `#!/bin/sh\necho "$PWD|$OSS_ACCESS_KEY_ID|$*"; echo progress >&2; exit ${exitCode}\n`;
      await writeFile(join(root, "npx"), npx, { mode: 0o755 });
      const here = command
        .replace("/srv/infra", join(root, "infra"))
        .replace("/etc/oss-encryption.env", join(root, "env"));
      const env = { PATH: `${root}:/usr/bin:/bin` };
      const { stdout, stderr } = await run("/bin/sh", ["-c", here], { env });
      return (stdout + stderr).replaceAll(root, "");
    } finally {
      await rm(root, { recursive: true });
    }
  }

  it("the crontab has nothing mailed on a quiet night", async () => assert.equal(await night(0), ""));

  for (const code of [1, 2]) {
    it(`the crontab has the report mailed at exit code ${code}`, async () =>
      assert.equal(await night(code), "/infra|id|oss-encryption drift --all\nprogress\n"));
  }
});
