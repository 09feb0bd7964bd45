import assert from "node:assert/strict";
import { chmod, copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NoteFiles } from "../../provider/src/lifecycle/run-notes";

describe("notes for the other processes of an engine command", () => {
  const address = "127.0.0.1:4000";
  const place = { bucket: "logs-of-a-secret-project", cloud: "aliyuncs.com" };
  let root: string;
  beforeEach(async () => (root = await mkdtemp(join(tmpdir(), "run-notes-"))));
  afterEach(() => rm(root, { recursive: true, force: true }));

  // Two processes that live as long as the test.
  const notesOf = (pid: number, engine = address) => new NoteFiles(engine, root, pid);
  const [one, two] = [process.pid, process.ppid];

  it("a process reads what another one has noted since, and nothing of its own", () => {
    const [first, second] = [notesOf(one), notesOf(two)];
    first.add(place, { event: "declared" });
    assert.deepStrictEqual(first.about(place), []);
    const declared = { event: "declared", cloud: "aliyuncs.com", process: one };
    assert.deepStrictEqual(second.about(place), [declared]);
    first.add(place, { event: "settled", rule: "digest" });
    const settled = { event: "settled", rule: "digest", cloud: "aliyuncs.com", process: one };
    assert.deepStrictEqual(second.about(place), [declared, settled]);
  });

  it("notes are about one bucket of one cloud, and about one that may be in any", () => {
    const [first, second] = [notesOf(one), notesOf(two)];
    first.add(place, { event: "declared" });
    assert.deepStrictEqual(second.about({ ...place, bucket: "data" }), []);
    assert.deepStrictEqual(second.about({ ...place, cloud: "corp.example" }), []);
    assert.equal(second.about({ ...place, cloud: "*" }).length, 1);
    first.add({ bucket: "data", cloud: "*" }, { event: "declared" });
    assert.equal(second.about({ ...place, bucket: "data" }).length, 1);
  });

  it("two commands at once never mix", () => {
    notesOf(one).add(place, { event: "declared" });
    assert.deepStrictEqual(notesOf(two, "127.0.0.1:4001").about(place), []);
  });

  it("no name of a bucket stands in a note, and nobody else may read it", async () => {
    const notes = notesOf(one);
    notes.add(place, { event: "declared" });
    const [file = ""] = await readdir(join(root, "127.0.0.1_4000"));
    const text = await readFile(join(root, "127.0.0.1_4000", file), "utf8");
    assert.match(text, /^\{"bucket":"[0-9a-f]{64}","cloud":"aliyuncs\.com","event":"declared"\}\n$/);
  });

  it("notes of a process that has ended don't count, and the next one takes them away", async () => {
    const [first, second] = [notesOf(one), notesOf(two)];
    // No system gives a process this number.
    const ended = 2 ** 30;
    first.add(place, { event: "declared" });
    const folder = join(root, "127.0.0.1_4000");
    await copyFile(join(folder, String(one)), join(folder, String(ended)));
    assert.equal(second.about(place).length, 1);
    notesOf(two, "127.0.0.1:4001");
    assert.deepStrictEqual(await readdir(folder), [String(one)]);
  });

  it("the last process takes the folders away", async () => {
    const [first, second] = [notesOf(one), notesOf(two)];
    first.add(place, { event: "declared" });
    second.add(place, { event: "declared" });
    first.close();
    assert.deepStrictEqual(second.about(place), []);
    second.close();
    await assert.rejects(readdir(root), { code: "ENOENT" });
    // One that has outlived them makes them anew.
    first.add(place, { event: "removed" });
    assert.equal(notesOf(two).about(place).length, 1);
  });

  it("a folder that others may write to is refused", async function () {
    if (process.getuid === undefined) this.skip();
    await chmod(root, 0o777);
    assert.throws(() => notesOf(one), {
      name: "OssEncryptionError",
      message: `${root} must be a folder that belongs to the user who runs Pulumi, and to nobody else: remove it, or set TMPDIR.`,
    });
  });
});
