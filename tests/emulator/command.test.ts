import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { send } from "./http";
import { signV4 } from "./sign";

const command = join(__dirname, "../../emulator/bin/oss-emulator.js");

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

describe("the command oss-emulator", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "oss-emulator-"));
  });
  after(() => rm(folder, { recursive: true }));

  const running = new Set<ChildProcess>();
  afterEach(() => {
    for (const child of running) child.kill("SIGKILL");
  });

  function start(args: string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, [command, ...args], { env: { PATH: process.env.PATH, ...env } });
    running.add(child);
    child.once("exit", () => running.delete(child));
    return child;
  }

  async function run(args: string[], env?: Record<string, string>): Promise<Ended> {
    const child = start(args, env);
    const ended = { stdout: "", stderr: "" };
    child.stdout?.on("data", (chunk: Buffer) => (ended.stdout += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (ended.stderr += chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { ...ended, code };
  }

  /** What a command that goes on has printed once it matches; it fails where the command ends before. */
  function printed(child: ChildProcess, what: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      let [text, errors] = ["", ""];
      child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
      child.stdout?.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (what.test(text)) resolve(text);
      });
      child.once("close", (code) => reject(new Error(`It ended with ${code}: ${text}${errors}`)));
    });
  }

  async function urlOf(child: ChildProcess): Promise<string> {
    return /^OSS on (.*)$/m.exec(await printed(child, /^OSS on .*\n/))?.[1] ?? "";
  }

  const mistakes: [title: string, args: string[], message: RegExp][] = [
    ["an unknown flag", ["--prot", "1"], /Unknown option '--prot'/],
    ["a port that isn't one", ["--port", "x"], /^oss-emulator: --port takes a whole number up to 65535\.$/m],
    ["a port too high", ["--port", "65536"], /^oss-emulator: --port takes a whole number up to 65535\.$/m],
    [
      "a region as OSS's endpoints have it",
      ["--region", "oss-cn-hangzhou"],
      /--region takes a region such as cn-hangzhou/,
    ],
    [
      "a domain that is a URL",
      ["--domain", "http://x"],
      /--domain takes a host name, without scheme and port\./,
    ],
    ["half a binding", ["--custom-domain", "x"], /--custom-domain takes <host>=<bucket>\./],
    ["an unknown algorithm", ["--bucket", "logs=DES"], /--bucket takes <name>, <name>=AES256/],
    [
      "a bucket that can't be",
      ["--bucket", "Logs"],
      /^oss-emulator: --bucket takes the name of a bucket: 3 to 63/m,
    ],
    [
      "a latency that isn't one",
      ["--latency", "fast"],
      /--latency takes milliseconds, such as 40 or 20-60\./,
    ],
    ["half a key pair", ["--tls-key", "x"], /--tls-key and --tls-cert go together\./],
    [
      "a configuration that isn't there",
      ["--config", "/nowhere"],
      /--config: \/nowhere can't be read as JSON/,
    ],
  ];
  for (const [title, args, message] of mistakes) {
    it(`names ${title} and exits 2`, async () => {
      const { code, stdout, stderr } = await run(args);
      assert.deepStrictEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.match(stderr, message);
    });
  }

  it("asks for both halves of the keys and repeats neither", async () => {
    const { code, stderr } = await run([], { OSS_ACCESS_KEY_ID: "only-half" });
    assert.equal(code, 2);
    assert.match(stderr, /Set both of OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, or neither\./);
    assert.doesNotMatch(stderr, /only-half/);
  });

  it("names an option that a configuration can't have", async () => {
    const file = join(folder, "wrong.json");
    await writeFile(file, '{ "bukets": [] }');
    assert.match(
      (await run(["--config", file])).stderr,
      /--config: .*wrong\.json has no "bukets"; there are port, accounts,/,
    );
  });

  const configs: [config: object, message: RegExp][] = [
    [["port"], /--config: .*wrong-value\.json takes an object with port, accounts,/],
    [{ port: "1" }, /--config: port takes a whole number up to 65535\./],
    [
      { accounts: [{ id: "1", accesKeyId: "a", accessKeySecret: "s" }] },
      /--config: accounts\[0\]\.accessKeyId is required: it takes a text\. accounts\[0\] has no "accesKeyId"; there are id,/,
    ],
    [{ accounts: {} }, /--config: accounts takes a list\./],
    [
      { accounts: [{ id: "1", accessKeyId: "a", accessKeySecret: "s", expiration: "soon" }] },
      /--config: accounts\[0\]\.expiration takes a date, in JSON such as 2030-01-01T00:00:00Z\./,
    ],
    [
      { roles: [{ arn: "acs:ram::1:role/r", policy: { Statement: [{ Effect: "Maybe", Resource: "*" }] } }] },
      /--config: roles\[0\]\.policy\.Statement\[0\]\.Effect is one of Allow, Deny\. roles\[0\]\.policy\.Statement\[0\]\.Action is required: it takes a text or a list of texts\./,
    ],
    [{ region: "oss-eu-west-1" }, /--config: region takes a region such as cn-hangzhou, without oss-\./],
    [
      { keys: [{ id: "k", state: "Lost" }] },
      /--config: keys\[0\] takes an id, or an object with id and state/,
    ],
    [
      { latency: [1] },
      /--config: latency takes a number of milliseconds from 0 to 2147483647, or a list of two for a range\./,
    ],
    [{ qps: { mega: 1 } }, /--config: qps has no "mega"; there are meta, total\./],
    [{ clock: 1 }, /--config: .*wrong-value\.json has no "clock"; there are port,/],
    [{ buckets: ["logs"] }, /--config: buckets\[0\] takes an object with name, region,/],
    [{ buckets: [{ name: "-" }] }, /--config: buckets\[0\]\.name takes the name of a bucket: 3 to 63/],
    [
      { buckets: [{ name: "logs", encryption: { SSEAlgorithm: "DES" } }] },
      /--config: buckets\[0\]\.encryption\.SSEAlgorithm is one of AES256, KMS, SM4\./,
    ],
    [{ faults: [{ conection: "reset" }] }, /--config: faults\[0\] has no "conection"; there are operation,/],
  ];
  for (const [config, message] of configs) {
    it(`does not start with ${JSON.stringify(config)}`, async () => {
      const file = join(folder, "wrong-value.json");
      await writeFile(file, JSON.stringify(config));
      const { code, stdout, stderr } = await run([
        "--config",
        file,
        ...("port" in config ? [] : ["--port", "0"]),
      ]);
      assert.deepStrictEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.match(stderr, message);
    });
  }

  it("ends with 1 where the authority's certificate can't be written", async () => {
    const { code, stderr } = await run(["--port", "0", "--ca-file", join(folder, "none", "ca.pem")]);
    assert.equal(code, 1);
    assert.match(stderr, /ENOENT/);
  });

  it("takes from a configuration whatever the flags leave open", async () => {
    const file = join(folder, "all.json");
    const config = {
      port: 0,
      region: "eu-west-1",
      keys: ["k1"],
      domains: ["oss.test"],
      latency: 1,
      buckets: [{ name: "logs", acl: "public-read" }],
      accounts: [
        { id: "1", accessKeyId: "from-config", accessKeySecret: "s", expiration: "2999-01-01T00:00:00Z" },
      ],
      faults: [{ operation: "GetBucketAcl", times: "always", answer: { status: 418 } }],
    };
    await writeFile(file, JSON.stringify(config));
    const child = start(["--config", file, "--key", "k2"]);
    const hints = await printed(child, /curl/);
    const url = /^OSS on (.*)$/m.exec(hints)?.[1] ?? "";
    assert.match(hints, /OSS_ACCESS_KEY_ID=from-config/);
    assert.match(hints, /ali-oss .*region: "oss-eu-west-1"/);
    assert.match(hints, /Go, Python, Java .*region eu-west-1/);
    assert.match(hints, /ossutil .*--region eu-west-1/);
    assert.match(hints, /oss-encryption .*OSS_ENDPOINT=http:\S+ STS_ENDPOINT=http:\S+ KMS_ENDPOINT=http:/);
    assert.match(hints, /alicloud provider .*HTTP_PROXY=.* with protocol HTTP/);
    assert.match(hints, /without OSS_ENDPOINT such clients reach the real OSS/);
    const listing = await send(url, { path: "/", headers: { host: "logs.oss.test" } });
    assert.match(listing.body, /<ListBucketResult>/);
    const asked = { bucket: "logs", query: { acl: "" }, accessKeyId: "from-config", accessKeySecret: "s" };
    const signed = signV4({ ...asked, region: "eu-west-1" });
    assert.deepStrictEqual([(await send(url, signed)).status, (await send(url, signed)).status], [418, 418]);
    child.kill("SIGINT");
    assert.deepStrictEqual(await once(child, "close"), [0, null]);
  });

  it("prints its help", async () => {
    const { code, stdout } = await run(["--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /^usage: oss-emulator \[options\]$/m);
  });

  it("says that a port is in use and exits 1", async () => {
    const child = start(["--port", "0"]);
    const { port } = new URL(await urlOf(child));
    const { code, stderr } = await run(["--port", port]);
    assert.deepStrictEqual(
      [code, stderr],
      [1, "oss-emulator: The port is in use; choose another one with --port.\n"],
    );
    child.kill("SIGTERM");
    await once(child, "close");
  });

  it("starts with what flags and configuration say, logs without secrets and stops on SIGTERM", async () => {
    const [config, log, ca] = ["config.json", "log.jsonl", "ca.pem"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(
      config,
      '{ "keys": ["k1"], "faults": [{ "operation": "ListBuckets", "answer": { "status": 418 } }] }',
    );
    const flags = ["--port", "0", "--config", config, "--log", log, "--ca-file", ca, "--bucket", "logs=SM4"];
    const child = start(flags, { OSS_ACCESS_KEY_ID: "my-key-id", OSS_ACCESS_KEY_SECRET: "my-secret" });
    const url = await urlOf(child);
    const { body } = await send(url, { path: "/_emulator/buckets" });
    assert.deepStrictEqual(JSON.parse(body), { logs: { SSEAlgorithm: "SM4" } });
    assert.match(await readFile(ca, "utf8"), /^-----BEGIN CERTIFICATE-----/);
    await send(url, { path: "/logs?acl&OSSAccessKeyId=my-key-id&Expires=1&Signature=sig" });
    child.kill("SIGTERM");
    const [code] = (await once(child, "close")) as [number];
    assert.equal(code, 0);
    const [entry] = (await readFile(log, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { path: string });
    assert.equal(entry?.path, "/logs?acl&OSSAccessKeyId=***&Expires=1&Signature=***");
  });
});
