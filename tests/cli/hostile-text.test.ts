import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "oss-emulator";
import { accessTo } from "../../tools/emulator-access";
import { ossEncryption } from "../support/oss-encryption";

/** Breaks a line, colours it, turns its direction, and gives orders to GitHub, Azure Pipelines and TeamCity. */
const hostile =
  "evil\n::error file=x::y\r\n##[error]z\u2028##vso[task.complete]##teamcity[x]\u001b[31m\u202e\u0085::stop";
const shown = "evil ::error file=x::y";

/** Every line is one of ours: nothing unseen, and no command of a build server. */
function assertHarmless(text: string): void {
  assert.ok(!/[^\P{C}\n]|[\u2028\u2029]/u.test(text), JSON.stringify(text));
  for (const line of text.split("\n")) assert.ok(!/^\s*::|##\w*\[/.test(line), line);
}

describe("text from OSS or a file on its way to a terminal, a log or a page", () => {
  let emulator: Emulator;
  let folder: string;
  beforeEach(async () => {
    emulator = await startEmulator({ buckets: [{ name: "fine" }, { name: "refused" }, { name: "named" }] });
    folder = await mkdtemp(join(tmpdir(), "hostile-"));
    emulator.setEncryption("named", { SSEAlgorithm: "KMS", KMSMasterKeyID: hostile });
    const answer = { status: 403, code: hostile, message: hostile, details: { EC: hostile } };
    emulator.fault({ bucket: "refused", times: Infinity, answer });
  });
  afterEach(async () => {
    await emulator.close();
    await rm(folder, { recursive: true });
  });
  const run = (...args: string[]) =>
    ossEncryption(args, { cwd: folder, env: { PATH: process.env.PATH, ...accessTo(emulator) } });

  /** A list of buckets in a region with this name. */
  const listHostileRegion = () =>
    emulator.fault({
      operation: "ListBuckets",
      times: Infinity,
      answer: {
        body:
          "<ListAllMyBucketsResult><Buckets><Bucket><Name>fine</Name>" +
          `<Location><![CDATA[${hostile}]]></Location></Bucket></Buckets></ListAllMyBucketsResult>`,
      },
    });

  const names = ["--bucket", "refused", "--bucket", "named"];
  const commands: [what: string, args: string[]][] = [
    ["an audit", ["audit", ...names]],
    ["an audit that can't list", ["audit"]],
    ["an import", ["import", ...names]],
    ["a check of permissions", ["permissions", "--check", "--bucket", "refused", "--bucket", "named"]],
  ];
  for (const [what, args] of commands) {
    for (const format of [[], ["--json"], ["--markdown"]]) {
      it(`${what} shows it harmlessly as ${format[0]?.slice(2) ?? "text"}`, async () => {
        if (args.length === 1) {
          emulator.fault({
            operation: "ListBuckets",
            answer: { status: 403, code: hostile, message: hostile },
          });
        }
        const { stdout, stderr } = await run(...args, ...format);
        assertHarmless(stdout);
        assertHarmless(stderr);
        assert.ok(stdout.replace(/\s+/g, " ").includes("evil"), stdout);
      });
    }
  }

  it("a region is shown harmlessly in every format, the page among them", async () => {
    listHostileRegion();
    for (const format of [[], ["--json"], ["--markdown"], ["--html", "page.html", "--force"]]) {
      const { stdout, stderr } = await run("audit", ...format);
      assertHarmless(stdout + stderr);
      assert.ok(stdout.includes("evil"), stdout);
    }
    const page = await readFile(join(folder, "page.html"), "utf8");
    assertHarmless(page);
    assert.ok(page.includes(`<td data-label="region">${shown}`), page);
  });

  it("a file's name for a connection and an option's value are shown harmlessly in errors", async () => {
    const bucket = { bucket: "fine", region: null, connection: hostile };
    await writeFile(join(folder, "named.json"), JSON.stringify({ version: 1, buckets: [bucket] }));
    assert.deepEqual(await run("import", "--from", `${hostile}.json`), {
      code: 1,
      stdout: "",
      stderr:
        `oss-encryption: --from: ${shown} # #[error]z # #vso[task.complete]# #teamcity[x]\ufffd[31m\ufffd ::stop.json ` +
        "can't be read (ENOENT).\n",
    });
    assert.deepEqual(await run("import", "--from", "named.json"), {
      code: 1,
      stdout:
        "Nothing to import\n\nLeft out (1)\n\nBUCKET  REASON\n" +
        "fine    connection must be the name of an entry of oss-encryption:connections; known are: none.\n",
      stderr: "Listing buckets …\n",
    });
    assert.deepEqual(await run("audit", "--require", hostile), {
      code: 1,
      stdout: "",
      stderr:
        "oss-encryption: --require must be declared, kms, customer-managed-key, or a list of algorithms such as " +
        "AES256,KMS (known: AES256, KMS, SM4).\n",
    });
  });
});
