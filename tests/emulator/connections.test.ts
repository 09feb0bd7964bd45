import assert from "node:assert/strict";
import { connect } from "node:net";
import { startEmulator, type Emulator } from "oss-emulator";
import { send, tunnel } from "./http";
import { signV4 } from "./sign";

const host = "logs.oss-cn-hangzhou.aliyuncs.com";

describe("the emulator's port", () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await startEmulator();
    emulator.createBucket("logs", { acl: "public-read" });
  });
  after(() => emulator.close());

  it("takes HTTP", async () => {
    assert.equal((await send(emulator.url, { path: "/?location", headers: { host } })).status, 403);
  });

  it("takes HTTPS with a certificate for whatever host is asked for", async () => {
    const ca = await emulator.certificateAuthority();
    for (const servername of [host, "anything.example.com", undefined]) {
      const tls = { ca, ...(servername && { servername }) };
      const answer = await send(emulator.httpsUrl, { path: "/?location", headers: { host } }, tls);
      assert.match(answer.body, /<Code>AccessDenied<\/Code>/);
    }
  });

  it("drops connections under TLS as scripted, and goes on", async () => {
    const ca = await emulator.certificateAuthority();
    const ask = () => send(emulator.httpsUrl, { path: "/?list-type=2", headers: { host } }, { ca });
    for (const connection of ["reset", "reset-mid-body"] as const) {
      emulator.fault({ connection });
      await assert.rejects(ask(), { code: "ECONNRESET" });
    }
    assert.equal((await ask()).status, 200);
  });

  it("is a proxy for plain HTTP", async () => {
    const answer = await send(emulator.url, {
      path: `http://${host}/?location`,
      headers: { host: "ignored" },
    });
    assert.match(answer.body, new RegExp(`<HostId>${host}</HostId>`));
  });

  it("is a proxy for HTTPS, for OSS, STS and KMS alone", async () => {
    const ca = await emulator.certificateAuthority();
    const socket = await tunnel(emulator.port, host, ca);
    const overTunnel = { agent: undefined, createConnection: () => socket };
    const answer = await send("http://unused", { path: "/?location", headers: { host } }, overTunnel);
    assert.match(answer.body, new RegExp(`<HostId>${host}</HostId>`));
    (await tunnel(emulator.port, "sts.cn-hangzhou.aliyuncs.com", ca)).destroy();
    await assert.rejects(tunnel(emulator.port, "example.com", ca), { message: "CONNECT answered 403" });
  });

  /** Everything that comes back over one connection, until that ends. */
  const exchange = async (...pieces: string[]): Promise<string> => {
    const socket = connect(emulator.port, "127.0.0.1");
    for (const piece of pieces) socket.write(piece);
    let text = "";
    for await (const chunk of socket as AsyncIterable<Buffer>) text += chunk.toString();
    return text;
  };

  it("ends a connection on which a read announced a body that it didn't send", async () => {
    const text = await exchange(`GET /?list-type=2 HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 9\r\n\r\n`);
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(text, /\r\nconnection: close\r\n/i);
  });

  it("takes an upload in chunks that says its length, too", async () => {
    emulator.createBucket("open", { acl: "public-read-write" });
    const lines = [
      "PUT /open/a HTTP/1.1",
      "Host: 127.0.0.1",
      "Content-Length: 5",
      "Transfer-Encoding: chunked",
    ];
    const text = await exchange(`${lines.join("\r\n")}\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n`);
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(text, /\r\netag: "5D41402ABC4B2A76B9719D911017C592"\r\n/i);
    emulator.deleteBucket("open");
  });

  it("counts uploads under way to what may be stored", async () => {
    await using small = await startEmulator({ maxStoredBytes: 100_000 });
    small.createBucket("open", { acl: "public-read-write" });
    const head = "PUT /open/a HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    const slow = connect(small.port, "127.0.0.1");
    slow.write(`${head}ea60\r\n${"x".repeat(60_000)}\r\n`);
    const put = (key: string) =>
      send(small.url, { method: "PUT", path: `/open/${key}`, body: Buffer.alloc(60_000) });
    let answer = await put("b");
    while (answer.status === 200) {
      small.deleteBucket("open"); // the slow one had not come in yet
      small.createBucket("open", { acl: "public-read-write" });
      answer = await put("b");
    }
    assert.match(answer.body, /<Code>EntityTooLarge</);
    slow.destroy();
    const isUnderWay = () => small.requests.some(({ key, dropped }) => key === "a" && !dropped);
    while (isUnderWay()) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await put("b")).status, 200);
  });

  it("refuses oversized bodies without reading them", async () => {
    await using small = await startEmulator({ maxStoredBytes: 100, buckets: [{ name: "logs" }] });
    const put = (path: string, length: number) =>
      send(small.url, signV4({ method: "PUT", ...where(path), body: Buffer.alloc(length, " ") }));
    const where = (path: string) =>
      path === "encryption" ? { bucket: "logs", query: { encryption: "" } } : { bucket: "logs", key: path };
    assert.match((await put("a", 101)).body, /<Code>EntityTooLarge</);
    assert.match((await put("encryption", 64 * 1024 + 1)).body, /<Code>MalformedXML</);
  });

  it("refuses oversized headers", async () => {
    const answer = await send(emulator.url, { headers: { host, "x-oss-meta-a": "a".repeat(20_000) } });
    assert.equal(answer.status, 431);
  });

  it("takes many slow requests at once without a warning of a leak", async () => {
    await using slow = await startEmulator({ latency: 50 });
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    await Promise.all(Array.from({ length: 20 }, () => send(slow.url)));
    process.off("warning", onWarning);
    assert.deepEqual(warnings, []);
  });

  it("lets running requests end when it closes with grace, and takes no new ones", async () => {
    const other = await startEmulator({ latency: 200, buckets: [{ name: "logs" }] });
    const running = send(other.url, { path: "/?location", headers: { host } });
    while (other.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const closed = other.close(60_000);
    await assert.rejects(send(other.url), { code: "ECONNREFUSED" });
    assert.equal((await running).status, 403);
    await closed;
  });
});

describe("the emulator's port, where clients are given little time,", () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await startEmulator({ headersTimeout: 300, requestTimeout: 600 });
    emulator.createBucket("open", { acl: "public-read-write" });
  });
  after(() => emulator.close());

  /** Sends bytes one by one and returns what comes back until the connection ends. */
  async function drip(bytes: string, everyMs: number): Promise<string> {
    const socket = connect(emulator.port, "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString())).on("error", () => undefined);
    let sent = 0;
    const next = () => socket.write(bytes[sent++ % bytes.length] ?? "");
    next();
    const timer = setInterval(next, everyMs);
    await new Promise((resolve) => socket.once("close", resolve));
    clearInterval(timer);
    return answer;
  }

  it("drops a client that never comes to the end of its headers", async () => {
    assert.match(await drip("GET / HTTP/1.1\r\nX-A: 1\r\nX-B: 2\r\nX-C: ", 20), /^HTTP\/1\.1 408 /);
  });

  it("drops a client that connects and says nothing", async () => {
    assert.equal(await drip("", 1_000), "");
  });

  it("drops a client that never comes to the end of a body", async () => {
    const head = "PUT /open/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9999\r\n\r\n";
    const socket = connect(emulator.port, "127.0.0.1");
    let answer = "";
    socket.on("error", () => undefined).on("data", (chunk: Buffer) => (answer += chunk.toString()));
    socket.write(head);
    const timer = setInterval(() => socket.write("x"), 20);
    await new Promise((resolve) => socket.once("close", resolve));
    clearInterval(timer);
    assert.match(answer, /^HTTP\/1\.1 408 /);
  });

  for (const [what, bytes] of [
    ["a tunnel", `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`],
    ["TLS", "\x16\x03\x01"],
  ] as const) {
    it(`drops a client that opens ${what} and says nothing more`, async () => {
      const socket = connect(emulator.port, "127.0.0.1", () => socket.write(bytes, "latin1"));
      socket.on("error", () => undefined).resume();
      await new Promise((resolve) => socket.once("close", resolve));
    });
  }
});
