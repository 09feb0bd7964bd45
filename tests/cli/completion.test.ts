import assert from "node:assert/strict";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { run } from "../../tools/run";
import { ossEncryption } from "../support/oss-encryption";

describe("completion in a shell", () => {
  it("suggests subcommands, options and their values, each on one line", async () => {
    const suggested = async (...words: string[]) => {
      const { code, stdout } = await ossEncryption(["complete", "--", ...words]);
      assert.equal(code, 0);
      return stdout.split("\n").slice(0, -2);
    };
    assert.deepEqual(await suggested("aud"), ["audit\tcheck the default encryption of all buckets"]);
    assert.deepEqual(
      (await suggested("audit", "--re")).map((line) => line.split("\t")[0]),
      ["--require", "--region"],
    );
    assert.deepEqual(await suggested("import", "--program", ""), ["typescript\t", "config\t"]);
  });

  it("works in bash", async () => {
    const folder = await mkdtemp(join(tmpdir(), "completion-"));
    try {
      await symlink(join(__dirname, "../../cli/bin/oss-encryption.js"), join(folder, "oss-encryption"));
      // What the package bash-completion, and a shell that is typed into, bring.
      const script = `_get_comp_words_by_ref() {
  cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
}
compopt() { :; }
eval "$(oss-encryption completion bash)"
COMP_WORDS=(oss-encryption permissions --read) COMP_CWORD=2 COMP_LINE="oss-encryption permissions --read" COMP_POINT=33
__oss_encryption_complete
echo "\${COMPREPLY[@]}"`;
      const PATH = [folder, dirname(process.execPath), process.env.PATH].join(delimiter);
      const { stdout, stderr } = await run("bash", ["-c", script], { env: { PATH } });
      assert.equal(stdout.trim(), "--read-only", stderr);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("knows the shells that it has scripts for", async () => {
    for (const shell of ["zsh", "bash", "fish", "powershell"]) {
      const { code, stdout } = await ossEncryption(["completion", shell]);
      assert.equal(code, 0);
      assert.ok(stdout.includes("oss-encryption"));
    }
    const { code, stderr } = await ossEncryption(["completion", "tcsh"]);
    assert.equal(code, 1);
    assert.match(stderr, /Allowed choices are zsh, bash, fish, powershell\.$/m);
  });
});
