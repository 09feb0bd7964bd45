import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "oss-emulator";
import { accessTo } from "../../tools/emulator-access";
import { ossEncryption } from "../support/oss-encryption";

interface ImportJson {
  resources: object[];
  refused: { bucket: string; reason: string }[];
  commands: string[];
  notes: string[];
  unlisted: object[];
}

describe("oss-encryption import, without an engine", () => {
  let emulator: Emulator;
  let folder: string;
  before(async () => {
    emulator = await startEmulator();
    for (const name of ["logs", "tmp-1"]) {
      emulator.createBucket(name, { encryption: { SSEAlgorithm: "AES256" } });
    }
    folder = await mkdtemp(join(tmpdir(), "import-from-"));
    await mkdir(join(folder, "a project"));
  });
  after(async () => {
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  const run = async (...args: string[]) => {
    const env = { PATH: process.env.PATH, ...accessTo(emulator) };
    const { code, stdout } = await ossEncryption(["import", "--json", ...args], { cwd: folder, env });
    return { code, result: JSON.parse(stdout) as ImportJson };
  };
  const next =
    'Before the next pulumi up, import the new file into the program: import "./bucket-encryption";';
  const flags = "--generate-code=false --protect=false --yes --skip-preview";

  it("an import from an audit that did not see everything says so and ends with 1", async () => {
    const unlisted = [{ connection: "finance", reason: "ListBuckets failed: 403 AccessDenied" }];
    const address = { region: "cn-hangzhou", connection: null };
    const buckets = [
      { bucket: "logs", ...address, status: "fulfilled" },
      { bucket: "tmp-1", ...address, status: "exempt", exemptFrom: null },
    ];
    const audit = { version: 1, buckets, unlisted, emptyFilters: ["--region nowhere"] };
    await writeFile(join(folder, "audit.json"), JSON.stringify(audit));
    const { code, result } = await run("--from", "audit.json");
    assert.deepEqual([code, result.unlisted], [1, unlisted]);
    assert.deepEqual(result.notes, [
      "No bucket fits --region nowhere.",
      "Left out by the audit, and so not imported: 1 bucket.",
      next,
    ]);
    assert.deepEqual(
      emulator.requests.map(({ bucket }) => bucket),
      ["logs"],
    );
    assert.deepEqual(result.commands, [
      `pulumi import --file oss-encryption.import.json --stack '<stack>' ${flags}`,
    ]);
  });

  it("a rule that is newer than this version is imported by its three properties, with a note", async () => {
    emulator.createBucket("newer");
    const body =
      "<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>SM4</SSEAlgorithm>" +
      "<KeyRotation>Monthly</KeyRotation></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>";
    emulator.fault({ operation: "GetBucketEncryption", bucket: "newer", answer: { body } });
    await mkdir(join(folder, "newer"));
    const { code, result } = await run("--bucket", "newer", "--out", "newer");
    const address = { bucket: "newer", region: "cn-hangzhou", connection: null };
    assert.deepEqual(
      [code, result.resources],
      [0, [{ ...address, name: "newer", rule: { sseAlgorithm: "SM4" } }]],
    );
    assert.deepEqual(result.notes, [
      "Bucket newer: its default rule has what this version does not know (KeyRotation); the next change of the rule drops it.",
      next,
    ]);
    for (const name of await readdir(join(folder, "newer"))) {
      assert.doesNotMatch(await readFile(join(folder, "newer", name), "utf8"), /KeyRotation|unknownElements/);
    }
  });

  it("a bucket that OSS lists, and says is not there, is not told as deleted", async () => {
    const answer = { code: "NoSuchBucket" };
    emulator.fault({ operation: "GetBucketEncryption", bucket: "tmp-1", times: 2, answer });
    const { code, result } = await run("--prefix", "tmp-");
    assert.deepEqual([code, result.refused.map(({ bucket }) => bucket)], [1, ["tmp-1"]]);
    assert.match(result.refused[0]?.reason ?? "", /404 NoSuchBucket.* But OSS lists it: /);
  });

  it("the commands that an import leaves fit the project's folder that it was given", async () => {
    const { code, result } = await run("--bucket", "logs", "--cwd", "a project", "--out", "a project");
    const file = join(folder, "a project", "oss-encryption.import.json");
    assert.deepEqual(
      [code, result.commands],
      [0, [`pulumi import --file '${file}' --stack '<stack>' ${flags} --cwd 'a project'`]],
    );
  });
});
