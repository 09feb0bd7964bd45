import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../tools/run";

const scripts = {
  "pulumi-resource-pulumi-nodejs": "dynamic-provider",
  "pulumi-analyzer-policy-nodejs": "run-policy-pack",
};

for (const [script, module] of Object.entries(scripts)) {
  describe(`the script ${script}`, () => {
    let root: string;
    const start = (folder: string) =>
      run(join(__dirname, "../../tools/go-engine/scripts", script), ["127.0.0.1:1", "a b"], {
        cwd: join(root, folder),
      });

    async function install(nodeModules: string): Promise<void> {
      const file = join(root, nodeModules, "@pulumi/pulumi/cmd", module, "index.js");
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, "console.log(JSON.stringify(process.argv.slice(2)));");
    }

    beforeEach(async () => {
      root = await mkdtemp(join(tmpdir(), "scripts-test-"));
      await mkdir(join(root, "repo/program"), { recursive: true });
    });
    afterEach(() => rm(root, { recursive: true, force: true }));

    it("runs the SDK of the folder's own node_modules, arguments untouched", async () => {
      await install("repo/program/node_modules");
      const { code, stdout } = await start("repo/program");
      assert.deepEqual([code, stdout], [0, '["127.0.0.1:1","a b"]\n']);
    });

    it("runs the SDK that a workspace's root holds", async () => {
      await install("repo/node_modules");
      assert.equal((await start("repo/program")).code, 0);
    });

    it("runs the SDK behind symbolic links, as pnpm lays packages out", async () => {
      await install("repo/node_modules/.pnpm/@pulumi+pulumi@3.248.0/node_modules");
      await mkdir(join(root, "repo/program/node_modules/@pulumi"), { recursive: true });
      await symlink(
        join(root, "repo/node_modules/.pnpm/@pulumi+pulumi@3.248.0/node_modules/@pulumi/pulumi"),
        join(root, "repo/program/node_modules/@pulumi/pulumi"),
      );
      assert.equal((await start("repo/program")).code, 0);
    });

    it("says what to do where the SDK can't be found", async () => {
      const { code, stdout, stderr } = await start("repo/program");
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(
        stderr,
        /^@pulumi\/pulumi is not installed where .*repo\/program can require it: run npm install there\n$/,
      );
    });
  });
}
