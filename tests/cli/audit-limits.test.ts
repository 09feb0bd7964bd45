import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "oss-emulator";
import { accessTo } from "../../tools/emulator-access";

const AES256 = { SSEAlgorithm: "AES256" } as const;

/** As a name server would, sends every bucket's own host to the emulator. */
const lookups = `
const dns = require("node:dns");
const { lookup } = dns;
dns.lookup = (host, options, callback) => {
  if (!host.endsWith("oss.test")) return lookup(host, options, callback);
  const address = { address: "127.0.0.1", family: 4 };
  process.nextTick(() => (options.all ? callback(null, [address]) : callback(null, "127.0.0.1", 4)));
};
`;

interface AuditJson {
  counts: Record<string, number>;
  buckets: { bucket: string; status: string; reason: string | null }[];
  unlisted: { reason: string }[];
}

describe("an audit of many buckets", () => {
  let emulator: Emulator;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "audit-limits-"));
    await writeFile(join(folder, "lookups.cjs"), lookups);
    emulator = await startEmulator({ domains: ["oss.test"] });
  });
  afterEach(async () => {
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  /** Runs an audit in a shell; `hosts`: each bucket has a host, and so connections, of its own. */
  async function audit({ limit, hosts }: { limit?: number; hosts: boolean }) {
    const bin = join(__dirname, "../../cli/bin/oss-encryption.js");
    const command = `${limit ? `ulimit -n ${limit}; ` : ""}exec "$0" "$1" audit --json`;
    const withHosts = {
      OSS_ENDPOINT: emulator.url.replace("127.0.0.1", "oss.test"),
      NODE_OPTIONS: `--require ${join(folder, "lookups.cjs")}`,
    };
    const env = { PATH: process.env.PATH, ...accessTo(emulator), ...(hosts ? withHosts : {}) };
    const child = spawn("bash", ["-c", command, process.execPath, bin], { env, stdio: "pipe" });
    const exited = once(child, "close");
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    let mostFiles = 0;
    const watch = setInterval(() => {
      try {
        mostFiles = Math.max(mostFiles, readdirSync(`/proc/${child.pid ?? 0}/fd`).length);
      } catch {
        // It is over, or this is no Linux.
      }
    }, 20);
    const [code] = (await exited) as [number | null];
    clearInterval(watch);
    return { code, mostFiles, audit: JSON.parse(stdout) as AuditJson };
  }

  const createBuckets = (count: number) => {
    for (let n = 0; n < count; n++) emulator.createBucket(`many-${n}`, { encryption: AES256 });
  };

  it("keeps no more connections than it has use for", async () => {
    createBuckets(500);
    const { code, mostFiles, audit: found } = await audit({ hosts: true });
    assert.deepEqual([code, found.counts.fulfilled], [0, 500]);
    assert.ok(mostFiles < 150, `${mostFiles} open files`);
    if (process.platform === "linux") assert.ok(mostFiles > 0);
  });

  it("reads every bucket also where few files may be open", async () => {
    createBuckets(200);
    const { code, audit: found } = await audit({ hosts: true, limit: 40 });
    assert.deepEqual(
      [code, found.counts.fulfilled],
      [0, 200],
      found.buckets.find((one) => one.reason)?.reason ?? "",
    );
  });

  it("reads old buckets with underscores in their names like any other", async () => {
    for (const name of ["old_logs", "_a_", "new-logs"]) emulator.createBucket(name, { encryption: AES256 });
    for (const hosts of [false, true]) {
      const { code, audit: found } = await audit({ hosts });
      assert.deepEqual(
        [code, found.buckets.map(({ bucket, status }) => [bucket, status])],
        [
          0,
          [
            ["_a_", "fulfilled"],
            ["new-logs", "fulfilled"],
            ["old_logs", "fulfilled"],
          ],
        ],
      );
    }
  });

  it("ends with an error where a list goes round in a circle", async () => {
    const page = (name: string, next: string) =>
      `<ListAllMyBucketsResult><IsTruncated>true</IsTruncated><NextMarker>${next}</NextMarker><Buckets><Bucket>` +
      `<Name>${name}</Name><Location>oss-cn-hangzhou</Location></Bucket></Buckets></ListAllMyBucketsResult>`;
    emulator.createBucket("first", { encryption: AES256 });
    for (const next of ["a", "b"]) {
      emulator.fault({ operation: "ListBuckets", answer: { status: 200, body: page("first", next) } });
    }
    emulator.fault({
      operation: "ListBuckets",
      times: Infinity,
      answer: { status: 200, body: page("first", "a") },
    });
    const { code, audit: found } = await audit({ hosts: false });
    assert.equal(code, 1);
    assert.deepEqual(
      found.unlisted.map(({ reason }) => reason),
      ["ListBuckets failed: the list goes round in a circle instead of to its end."],
    );
    assert.equal(emulator.counts.ListBuckets, 3);
  });
});
