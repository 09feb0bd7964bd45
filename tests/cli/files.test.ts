import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import promises, { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import { readText, readTextIfAny, writeFiles } from "../../cli/src/output/files";

describe("writing files", () => {
  let folder: string;
  const options = (replace: string[] = [], signal = new AbortController().signal) => ({
    replace,
    ifExists: "take another",
    signal,
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "write-files-"));
  });
  afterEach(async () => {
    mock.restoreAll();
    await rm(folder, { recursive: true });
  });

  it("writeFiles refuses to replace a file that it may not, and writes none then", async () => {
    await writeFile(join(folder, "b"), "old");
    const write = writeFiles(folder, { a: "1", b: "2" }, options());
    await assert.rejects(write, { message: `${join(folder, "b")}: exists already; take another.` });
    assert.deepStrictEqual(await readdir(folder), ["b"]);
    await writeFiles(folder, { a: "1", b: "2" }, options(["b"]));
    assert.deepStrictEqual(await readdir(folder), ["a", "b"]);
    assert.equal(await readFile(join(folder, "b"), "utf8"), "2");
  });

  const failure = (code: string) => Object.assign(new Error(code), { code });
  const contents = async () =>
    Object.fromEntries(
      await Promise.all(
        (await readdir(folder)).map(async (name) => [name, await readFile(join(folder, name), "utf8")]),
      ),
    ) as Record<string, string>;

  for (const code of ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]) {
    it(`writeFiles does without hard links where there are none: ${code}`, async () => {
      mock.method(promises, "link", () => Promise.reject(failure(code)));
      await writeFiles(folder, { a: "1", b: "2" }, options());
      assert.deepStrictEqual(await contents(), { a: "1", b: "2" });
    });
  }

  it("writeFiles without hard links replaces no file that has been made meanwhile", async () => {
    mock.method(promises, "link", async () => {
      await writeFile(join(folder, "a"), "theirs");
      throw failure("EPERM");
    });
    const message = `${join(folder, "a")}: exists already; take another.`;
    await assert.rejects(writeFiles(folder, { a: "1" }, options()), { message });
    assert.deepStrictEqual(await contents(), { a: "theirs" });
  });

  it("writeFiles without hard links gives a name back that it could not use", async () => {
    mock.method(promises, "link", () => Promise.reject(failure("EPERM")));
    mock.method(promises, "rename", () => Promise.reject(failure("EIO")));
    const message = `${folder} can't be written to (EIO): nothing was written.`;
    await assert.rejects(writeFiles(folder, { a: "1" }, options()), { message });
    assert.deepStrictEqual(await contents(), {});
  });

  it("writeFiles takes new files back where a later one can't be put into place", async () => {
    await writeFile(join(folder, "a"), "old");
    mock.method(promises, "rename", () => Promise.reject(failure("EACCES")));
    const message = `${folder} can't be written to (EACCES): nothing was written.`;
    await assert.rejects(writeFiles(folder, { a: "1", b: "2" }, options(["a"])), { message });
    assert.deepStrictEqual(await contents(), { a: "old" });
  });

  it("writeFiles says which file it has replaced where it could not replace another", async () => {
    for (const name of ["a", "b"]) await writeFile(join(folder, name), "old");
    const { rename } = promises;
    mock.method(promises, "rename", (from: string, to: string) =>
      to.endsWith("b") ? Promise.reject(failure("EACCES")) : rename(from, to),
    );
    const message = `${folder} can't be written to (EACCES): only a was written.`;
    const write = writeFiles(folder, { a: "1", b: "2", c: "3" }, options(["a", "b"]));
    await assert.rejects(write, { message });
    assert.deepStrictEqual(await contents(), { a: "1", b: "old" });
  });

  it("writeFiles leaves nothing behind when it is interrupted", async () => {
    const write = writeFiles(folder, { a: "1" }, options([], AbortSignal.abort("SIGINT")));
    await assert.rejects(write, (reason) => reason === "SIGINT");
    assert.deepStrictEqual(await readdir(folder), []);
  });

  it("writeFiles leaves nothing behind where the disk takes only a part", () => {
    const script = `
      const { writeFiles } = require(${JSON.stringify(join(__dirname, "../../cli/dist/output/files.js"))});
      const files = { a: "small", b: "x".repeat(1_000_000) };
      writeFiles(${JSON.stringify(folder)}, files, { ifExists: "", signal: new AbortController().signal })
        .then(() => console.log("written"), (error) => console.log(error.message));`;
    // A file may have 512 KiB; the signal that says so is ignored, so that the write fails as on a full disk.
    const { stdout } = spawnSync("bash", ["-c", 'trap "" XFSZ; ulimit -f 512; exec node -e "$0"', script], {
      encoding: "utf8",
    });
    assert.match(stdout, /can't be written to \(E\w+\): nothing was written\.$/m);
    assert.equal(spawnSync("ls", ["-A", folder], { encoding: "utf8" }).stdout, "");
  });
});

describe("reading files", () => {
  it("a file that can't be read is named with the option that it is from, and one that may be missing is not", async () => {
    const folder = await mkdtemp(join(tmpdir(), "read-files-"));
    try {
      await writeFile(join(folder, "a"), "text");
      assert.equal(await readText("--from", join(folder, "a")), "text");
      assert.equal(await readTextIfAny("--out", join(folder, "b")), undefined);
      const missing = `--from: ${join(folder, "b")} can't be read (ENOENT).`;
      await assert.rejects(readText("--from", join(folder, "b")), { name: "UserError", message: missing });
      const isFolder = `--out: ${folder} can't be read (EISDIR).`;
      await assert.rejects(readTextIfAny("--out", folder), { name: "UserError", message: isFolder });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
