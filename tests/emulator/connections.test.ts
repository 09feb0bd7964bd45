import assert from "node:assert/strict";
import { connect } from "node:net";
import { startEmulator, type Emulator } from "oss-emulator";
import { send, tunnel } from "./http";

const host = "logs.oss-cn-hangzhou.aliyuncs.com";

describe("the emulator's port", () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await startEmulator({ headersTimeout: 300, requestTimeout: 600 });
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

  /** Sends bytes one by one and returns what comes back until the connection ends. */
  async function drip(bytes: string, everyMs: number): Promise<string> {
    const socket = connect(emulator.port, "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString())).on("error", () => undefined);
    let sent = 0;
    const timer = setInterval(() => socket.write(bytes[sent++ % bytes.length] ?? ""), everyMs);
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
    const closed = other.close(2_000);
    await assert.rejects(send(other.url), { code: "ECONNREFUSED" });
    assert.equal((await running).status, 403);
    await closed;
  });
});
