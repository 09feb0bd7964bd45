import assert from "node:assert/strict";
import { join } from "node:path";
import { startEmulator, type Emulator } from "oss-emulator";
import { credentialsOf } from "../../tools/emulator-access";
import { run } from "../../tools/run";
import { aliOss } from "../support/ali-oss";
import { examplesFolder } from "../support/example";

const script = join(examplesFolder, "workflows/encrypt-existing-objects.mjs");

describe("the script that encrypts objects from before the rule", () => {
  let emulator: Emulator;
  let turned: number;
  const bucket = "reports";
  const ask = (method: string, object: string, more: object = {}) =>
    aliOss(emulator).request({ method, bucket, object, ...more });
  const put = (object: string, headers: Record<string, string> = {}) =>
    ask("PUT", object, { content: Buffer.from("data"), headers });
  const start = async (...args: string[]) => {
    const env = { ...credentialsOf(emulator), OSS_ENDPOINT: emulator.url, OSS_REGION: "cn-hangzhou" };
    const { code, stdout, stderr } = await run(process.execPath, [script, ...args], {
      cwd: examplesFolder,
      env: { PATH: process.env.PATH, ...env },
    });
    const lines = stdout.split("\n").filter(Boolean);
    return { code, stderr, outcomes: lines.map((line) => line.split("\t").reverse()) };
  };

  beforeEach(async () => {
    turned = 0;
    emulator = await startEmulator({ clock: () => Date.now() + turned });
    emulator.createBucket(bucket);
  });
  afterEach(() => emulator.close());

  it("copies what has another method, with all that it has beside its data", async () => {
    const own = {
      "x-oss-meta-owner": "finance",
      "content-type": "text/csv",
      "cache-control": "no-cache",
      "content-disposition": "attachment",
      "x-oss-storage-class": "IA",
      "x-oss-object-acl": "public-read",
      "x-oss-tagging": "year=2025",
    };
    await put("a b+ü", own);
    await put("plain");
    await put("fine", { "x-oss-server-side-encryption": "KMS" });
    emulator.setEncryption(bucket, { SSEAlgorithm: "KMS" });
    const before = (await ask("HEAD", "a b+ü")).headers;

    const [first, second] = [await start(bucket), (await ask("HEAD", "plain")).headers];
    assert.deepEqual(first.outcomes, [
      ['"a b+ü"', "would be copied"],
      ['"fine"', "encrypted"],
      ['"plain"', "would be copied"],
    ]);
    assert.equal(second["x-oss-server-side-encryption"], undefined);

    const done = await start(bucket, "--yes");
    assert.deepEqual([done.code, done.stderr], [0, ""]);
    assert.deepEqual(done.outcomes, [
      ['"a b+ü"', "copied"],
      ['"fine"', "encrypted"],
      ['"plain"', "copied"],
    ]);
    const after = (await ask("HEAD", "a b+ü")).headers;
    assert.equal(after["x-oss-server-side-encryption"], "KMS");
    for (const header of [...Object.keys(own), "etag", "x-oss-tagging-count"]) {
      assert.equal(after[header], before[header], header);
    }
    assert.equal(after["x-oss-meta-owner"], "finance");
    assert.match((await ask("GET", "a b+ü", { subres: "acl" })).data.toString(), /<Grant>public-read</);
    assert.equal((await ask("GET", "a b+ü")).data.toString(), "data");
  });

  it("leaves links, appendable and archived objects, says why, and ends with exit code 1", async () => {
    await put("archived", { "x-oss-storage-class": "Archive" });
    await put("restored", { "x-oss-storage-class": "Archive" });
    await ask("POST", "restored", { subres: "restore" });
    // It takes a minute.
    turned = 120_000;
    await ask("POST", "log", { subres: { append: "", position: "0" }, content: Buffer.from("data") });
    await ask("PUT", "link", { subres: "symlink", headers: { "x-oss-symlink-target": "log" } });
    emulator.setEncryption(bucket, { SSEAlgorithm: "AES256" });
    const { code, outcomes } = await start(bucket, "--yes");
    assert.equal(code, 1);
    assert.deepEqual(outcomes, [
      ['"archived"', "left: Archive: restore it first"],
      ['"link"', "left: a link: what it points to is encrypted by itself"],
      ['"log"', "left: appendable: a copy would take no more appends"],
      ['"restored"', "copied"],
    ]);
  });

  it("makes a version of its own of each copy: the old one stays as it was", async () => {
    await aliOss(emulator).request({
      method: "PUT",
      bucket,
      subres: "versioning",
      content: Buffer.from("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
    });
    const versionId = (await put("a")).headers["x-oss-version-id"] ?? "";
    emulator.setEncryption(bucket, { SSEAlgorithm: "SM4" });
    assert.deepEqual((await start(bucket, "--yes")).outcomes, [['"a"', "copied"]]);
    const method = async (query: object) =>
      (await ask("HEAD", "a", query)).headers["x-oss-server-side-encryption"];
    assert.deepEqual([await method({}), await method({ subres: { versionId } })], ["SM4", undefined]);
  });

  it("asks for a bucket, and for one that has a rule", async () => {
    const { code, stderr } = await start();
    assert.deepEqual([code, stderr], [2, "usage: node encrypt-existing-objects.mjs BUCKET [--yes]\n"]);
    const without = await start(bucket);
    assert.equal(without.code, 1);
    assert.match(without.stderr, /NoSuchServerSideEncryptionRule/);
  });
});
