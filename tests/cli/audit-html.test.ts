import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "oss-emulator";
import { auditPage } from "../../cli/src/commands/audit/html/page";
import { byMethod, byRegion } from "../../cli/src/commands/audit/html/shares";
import type { AuditedBucket } from "../../cli/src/commands/audit/audit";
import { anAudit } from "./audits";
import { run } from "../../tools/run";
import { accessTo } from "../../tools/emulator-access";
import { ossEncryption } from "../support/oss-encryption";
import { skip } from "../support/skip";

const fine: AuditedBucket = {
  bucket: "logs",
  region: "cn-hangzhou",
  connection: null,
  status: "fulfilled",
  rule: { sseAlgorithm: "AES256" },
  reason: null,
};
const cmk = { sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" };
const unreadable: AuditedBucket = { ...fine, status: "unreadable", rule: null, reason: "403" };
const page = (...buckets: AuditedBucket[]) => auditPage(anAudit({ buckets }));

describe("the shares in an audit", () => {
  const buckets: AuditedBucket[] = [
    fine,
    { ...fine, rule: cmk },
    { ...fine, region: "cn-beijing", rule: { sseAlgorithm: "KMS", kmsDataEncryption: "SM4" } },
    { ...fine, region: "cn-beijing", status: "unfulfilled", rule: null },
    { ...fine, region: "cn-beijing" },
    { ...unreadable, region: null },
    { ...fine, status: "gone", rule: null },
  ];

  it("buckets are counted by method, a CMK of one's own apart, without what is gone", () =>
    assert.deepStrictEqual(
      byMethod(buckets).map(({ label, total }) => [label, total]),
      [
        ["KMS, own CMK", 1],
        ["KMS", 1],
        ["AES256", 2],
        ["none", 1],
        ["not read", 1],
      ],
    ));

  it("buckets are counted by region, the largest first", () =>
    assert.deepStrictEqual(
      byRegion(buckets).map(({ label, total, parts }) => [label, total, parts.map(({ count }) => count)]),
      [
        ["cn-beijing", 3, [1, 1, 1]],
        ["cn-hangzhou", 2, [1, 1]],
        ["unknown", 1, [1]],
      ],
    ));
});

describe("an audit's page", () => {
  it("rounds no share up to all of the buckets, nor down to none", () => {
    const bare: AuditedBucket = { ...fine, status: "unfulfilled", rule: null };
    const numbers = (count: number) => {
      const text = page(bare, ...Array.from({ length: count }, () => fine));
      return [...text.matchAll(/<span class="number">(.*?)<\/span>/g)].map(([, number]) => number);
    };
    assert.deepEqual(numbers(399), ["399 (99.7 %)", "1 (0.2 %)", "400 (100 %)"]);
    assert.deepEqual(numbers(1_999), ["1999 (99.9 %)", "1 (&lt; 0.1 %)", "2000 (100 %)"]);
  });

  it("has a row for each bucket, with what it is filtered by, and the charts", () => {
    const text = page(fine, {
      ...fine,
      bucket: "none",
      region: "cn-beijing",
      status: "unfulfilled",
      rule: null,
    });
    assert.ok(
      text.includes(
        '<tr data-status="unfulfilled" data-method="none" data-region="cn-beijing"><td data-label="bucket">none</td>' +
          '<td data-label="region">cn-beijing</td><td data-label="rule">none</td>' +
          '<td data-label="status"><span class="bad">not fulfilled</span></td></tr>',
      ),
    );
    assert.equal(text.match(/<tr data-/g)?.length, 2);
    assert.ok(text.includes('<span>AES256</span><svg viewBox="0 0 2 1"'));
    assert.match(text, /<rect class="m4" x="0" width="1" height="1">/);
    assert.match(text, /<span class="number">1 \(50 %\)<\/span>/);
    assert.match(text, /<option value="unfulfilled">not fulfilled<\/option>/);
    assert.match(
      text,
      /Read on 2026-03-04 05:06 UTC by oss-encryption 1\.2\.3\. Buckets: all\. .*<br>Required: kms\.<\/p>/,
    );
  });

  it("says what the other formats say below their tables", () => {
    const key = { state: "Disabled", reason: null };
    assert.match(
      page({ ...fine, rule: cmk, status: "keyUnusable", key }),
      /<p><span class="bad">Uploads to 1 bucket fail/,
    );
  });

  it("without buckets the page is whole, and nothing on it is green", () => {
    const text = page();
    assert.match(text, /0 buckets.*nothing to check/);
    assert.match(text, /<li><b>0<\/b><span class="quiet">buckets<\/span><\/li>/);
    assert.ok(!/class="good"|class="chart"/.test(text));
    assert.ok(!page(unreadable).includes('<b>0</b><span class="good">'));
  });

  it("shows no controls that a browser without scripts can't run", () => {
    const text = page(fine);
    assert.match(text, /<form hidden>/);
    // The form's own display would show it all the same.
    assert.match(text, /\[hidden\] \{ display: none !important; \}/);
    assert.ok(!text.split("<script>")[0]?.includes("<button"));
  });

  it("says on paper that a part is not the whole", () => {
    const text = page(fine);
    assert.match(text, /<p class="printed" id="filtered" hidden><\/p>\n<table>/);
    assert.match(text, /\.printed \{ display: none; \}[^]*@media print[^]*\.printed \{ display: block; \}/);
  });

  it("needs nothing from elsewhere, and lets run and load nothing but its own", () => {
    const text = page(fine, unreadable);
    assert.ok(!/https?:|url\(|@import|<link|<img|\bsrc=|\bhref=/.test(text), text);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1];
    const hashes = ["style", "script"].map((name) => {
      const [, content = ""] = new RegExp(`<${name}>([^]*?)</${name}>`).exec(text) ?? [];
      return `${name}-src 'sha256-${createHash("sha256").update(content).digest("base64")}'`;
    });
    assert.equal(policy, ["default-src 'none'", ...hashes].join("; "));
  });

  it("takes no name for markup", () => {
    const hostile = `"'><script>alert(1)</script>&amp;\u202e\u0007`;
    const text = auditPage(
      anAudit({
        require: hostile,
        buckets: [
          {
            bucket: hostile,
            region: hostile,
            connection: hostile,
            status: "unreadable",
            rule: null,
            reason: hostile,
            managedBy: [hostile],
            key: { state: hostile, reason: null },
          },
          { ...fine, rule: { sseAlgorithm: "KMS", kmsMasterKeyId: hostile } },
          {
            ...fine,
            objects: {
              looked: 1,
              complete: true,
              byMethod: { [hostile]: 1 },
              oldVersions: { looked: 0, complete: false, byMethod: {}, reason: hostile },
            },
          },
        ],
        unlisted: [{ connection: hostile, reason: hostile }],
        emptyFilters: [hostile],
        staleExceptions: [hostile],
        version: hostile,
        filters: [hostile],
        identities: [
          {
            connection: hostile,
            account: hostile,
            arn: hostile,
            type: hostile,
            origin: hostile,
            reason: null,
          },
        ],
      }),
    );
    assert.equal(text.match(/<script>/g)?.length, 1);
    assert.ok(!/alert\(1\)<\/script>|[\u202e\u0007]/.test(text));
    const safe = "&#34;&#39;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#38;amp;\ufffd\ufffd";
    assert.ok(text.includes(`data-region="${safe}"><td data-label="bucket">${safe}</td>`));
  });

  it("lets a browser run its script", async function () {
    const browser = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync);
    if (!browser) skip(this, "there is no Chromium in /usr/bin");
    const folder = await mkdtemp(join(tmpdir(), "audit-page-"));
    try {
      await writeFile(join(folder, "audit.html"), page(fine, unreadable));
      const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--dump-dom"];
      const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
      const profile = `--user-data-dir=${join(folder, "profile")}`;
      const { stdout } = await run(browser, [
        ...flags,
        ...quiet,
        profile,
        `file://${join(folder, "audit.html")}`,
      ]);
      assert.match(stdout, /<output class="quiet">2 of 2 shown<\/output>/);
      assert.match(stdout, /<th scope="col"><button>bucket<\/button><\/th>/);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});

describe("oss-encryption audit --html", () => {
  let emulator: Emulator;
  let folder: string;
  beforeEach(async () => {
    emulator = await startEmulator({ buckets: [{ name: "logs" }] });
    folder = await mkdtemp(join(tmpdir(), "audit-html-"));
  });
  afterEach(async () => {
    await emulator.close();
    await rm(folder, { recursive: true });
  });
  const audit = (...args: string[]) =>
    ossEncryption(["audit", ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...accessTo(emulator) },
    });

  it("writes the page beside the report, and replaces one only with --force", async () => {
    const { code, stdout } = await audit("--html", "a.html", "--json");
    assert.deepEqual([code, (JSON.parse(stdout) as { verdict: string }).verdict], [2, "findings"]);
    assert.match(
      await readFile(join(folder, "a.html"), "utf8"),
      /^<!doctype html>[^]*<td data-label="bucket">logs<\/td>[^]*<\/html>\n$/,
    );
    emulator.clearRequests();
    await writeFile(join(folder, "a.html"), "mine");
    const again = await audit("--html", "a.html");
    assert.deepEqual([again.code, again.stdout], [1, ""]);
    assert.match(again.stderr, /a\.html: exists already; --force replaces it\.$/m);
    assert.equal(await readFile(join(folder, "a.html"), "utf8"), "mine");
    assert.equal(emulator.requests.length, 0);
    const forced = await audit("--html", "a.html", "--force");
    assert.equal(forced.code, 2);
    assert.match(await readFile(join(folder, "a.html"), "utf8"), /^<!doctype html>/);
    assert.deepEqual(await readdir(folder), ["a.html"]);
  });

  it("refuses what can't be written before anything is read", async () => {
    const refused: [string[], RegExp][] = [
      [["--html", "none/a.html"], /^oss-encryption: --html: .*none is not a folder\.$/m],
      [["--html", "."], /^oss-encryption: --html: .* is a folder\.$/m],
      [["--html", ""], /^error: option '--html <file>' argument '' is invalid\. It can't be empty\.$/m],
      [["--force"], /^oss-encryption: --force needs --html\.$/m],
    ];
    for (const [args, message] of refused) {
      const { code, stdout, stderr } = await audit(...args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, message);
    }
    assert.equal(emulator.requests.length, 0);
  });

  it("keeps the report where the page can't be written", async () => {
    const { code, stdout, stderr } = await audit("--html", `${"x".repeat(250)}.html`);
    assert.equal(code, 1);
    assert.match(stdout, /^logs +cn-hangzhou +none +not fulfilled$/m);
    assert.match(stderr, /can't be written to \(ENAMETOOLONG\): nothing was written\.$/m);
    assert.deepEqual(await readdir(folder), []);
  });
});
