import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NoteFiles } from "../../provider/src/lifecycle/run-notes";

const address = "127.0.0.1:4711";
const logs = { bucket: "very-secret-bucket", cloud: "//10.1.2.3:8443" };

describe("notes of the processes of one engine command", () => {
  let folder: string;
  let root: string;
  /** A process that is there, besides this one. */
  let other: ReturnType<typeof spawn>;
  const otherPid = () => other.pid ?? 0;

  before(async () => {
    other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(other, "spawn");
  });
  after(() => other.kill("SIGKILL"));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "run-notes-"));
    root = join(folder, "notes");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("reach the others, in their order, and not the one that made them", () => {
    const [mine, theirs] = [new NoteFiles(address, root), new NoteFiles(address, root, otherPid())];
    assert.deepStrictEqual(mine.about(logs), []);
    theirs.add(logs, { event: "declared" });
    const note = { process: otherPid(), cloud: "//10.1.2.3:8443" };
    assert.deepStrictEqual(mine.about(logs), [{ ...note, event: "declared" }]);
    theirs.add(logs, { event: "settled", rule: "digest" });
    const both = [
      { ...note, event: "declared" },
      { ...note, event: "settled", rule: "digest" },
    ];
    assert.deepStrictEqual(mine.about(logs), both);
    assert.deepStrictEqual(theirs.about(logs), []);
    assert.deepStrictEqual(mine.about({ ...logs, bucket: "another" }), []);
    assert.deepStrictEqual(mine.about({ ...logs, cloud: "//10.1.2.3:9443" }), []);
    assert.deepStrictEqual(mine.about({ ...logs, cloud: "*" }), both);
  });

  it("are of one engine: another one's don't reach it", () => {
    const mine = new NoteFiles(address, root);
    new NoteFiles("127.0.0.1:4712", root, otherPid()).add(logs, { event: "declared" });
    assert.deepStrictEqual(mine.about(logs), []);
  });

  it("stand in files that nobody else can read, without names", () => {
    const mine = new NoteFiles(address, root);
    mine.add(logs, { event: "declared" });
    const file = join(root, "127.0.0.1_4711", String(process.pid));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(root).mode & 0o777, 0o700);
    assert.doesNotMatch(readFileSync(file, "utf8"), /very-secret/);
  });

  it("go with the process, and the folders with the last one", () => {
    const [mine, theirs] = [new NoteFiles(address, root), new NoteFiles(address, root, otherPid())];
    mine.close();
    assert.deepStrictEqual(readdirSync(join(root, "127.0.0.1_4711")), [String(otherPid())]);
    // The one that goes on finds its folders again.
    theirs.close();
    assert.equal(existsSync(root), false);
    theirs.add(logs, { event: "declared" });
    assert.deepStrictEqual(readdirSync(root), ["127.0.0.1_4711"]);
  });

  it("of a process that was killed don't count, and the next one removes them", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    new NoteFiles(address, root, pid).add(logs, { event: "declared" });
    const mine = new NoteFiles("127.0.0.1:4712", root);
    assert.deepStrictEqual(readdirSync(root), ["127.0.0.1_4712"]);
    assert.deepStrictEqual(mine.about(logs), []);
  });

  it("are read up to and beyond half a line, which a full disk has left", () => {
    const [mine, theirs] = [new NoteFiles(address, root), new NoteFiles(address, root, otherPid())];
    const file = join(root, "127.0.0.1_4711", String(otherPid()));
    appendFileSync(file, '{"bucket":"half');
    // In its place something that can't be written to.
    renameSync(file, join(folder, "aside"));
    mkdirSync(file);
    assert.throws(() => theirs.add(logs, { event: "declared" }), {
      message: `${file} can't be written (EISDIR).`,
    });
    rmdirSync(file);
    renameSync(join(folder, "aside"), file);
    theirs.add(logs, { event: "live" });
    assert.deepStrictEqual(
      mine.about(logs).map(({ event }) => event),
      ["live"],
    );
  });

  it("bear with what somebody else has put beside them", () => {
    mkdirSync(join(root, "127.0.0.1_4712", "folder"), { recursive: true, mode: 0o700 });
    chmodSync(root, 0o700);
    const mine = new NoteFiles(address, root);
    assert.deepStrictEqual(mine.about(logs), []);
  });

  it("are not shared through a folder that others can write to", () => {
    new NoteFiles(address, root).close();
    new NoteFiles(address, root);
    chmodSync(root, 0o777);
    assert.throws(() => new NoteFiles("127.0.0.1:4712", root), {
      message: `${root} must be a folder that belongs to the user who runs Pulumi, and to nobody else: remove it, or set TMPDIR.`,
    });
  });
});
