import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { Transport } from "../../provider/src/net/transport";

const options = {
  connectTimeoutMs: 60_000,
  readTimeoutMs: 60_000,
  userAgent: "test",
  proxyFor: () => undefined,
};

/** What the transport makes of the bytes that something in OSS's place answers with. */
async function answerTo(bytes: string) {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.write(bytes));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const transport = new Transport(options);
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { status, failure } = await transport.request(url, {
      method: "GET",
      headers: {},
      timeoutMs: 60_000,
    });
    return failure?.code ?? status;
  } finally {
    transport.close();
    server.close();
  }
}

describe("the transport", () => {
  it("passes on an answer of any status", async () => {
    assert.equal(await answerTo("HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n"), 418);
  });

  it("ends the wait for an answer that switches to another protocol", async () => {
    const answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    assert.equal(await answerTo(answer), "BODY_CUT_OFF");
  });

  it("takes an answer that came in time, although this process stood still until it was too late", async () => {
    // Answers while this thread stands still, which is from the request's arrival on.
    const steps = new Int32Array(new SharedArrayBuffer(4));
    const [arrived, answered] = [1, 2];
    const program = `
      const { parentPort, workerData: steps } = require("node:worker_threads");
      const step = (value) => (Atomics.store(steps, 0, value), Atomics.notify(steps, 0));
      const server = require("node:http").createServer((request, response) => {
        step(${arrived});
        response.end("x", () => step(${answered}));
      });
      server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`;
    const worker = new Worker(program, { eval: true, workerData: steps });
    const transport = new Transport(options);
    try {
      const [port] = (await once(worker, "message")) as [number];
      const msLeft = 5_000;
      const request = { method: "GET", headers: {}, timeoutMs: msLeft };
      const answer = transport.request(`http://127.0.0.1:${port}/`, request);
      const over = answer.then(() => true);
      while (Atomics.load(steps, 0) === 0 && !(await Promise.race([over, turn(false)])));
      Atomics.wait(steps, 0, arrived, 60_000);
      Atomics.wait(steps, 0, answered, 1.1 * msLeft);
      assert.equal((await answer).status, 200);
    } finally {
      transport.close();
      await worker.terminate();
    }
  });

  for (const [who, proxy] of [
    ["a server", undefined],
    ["a proxy", "HTTPS_PROXY"],
  ] as const) {
    it(`waits no longer than it may for the connection to ${who} that says nothing`, async () => {
      const silent = createServer((socket) => socket.on("error", () => undefined));
      await once(silent.listen(0, "127.0.0.1"), "listening");
      const { port } = silent.address() as AddressInfo;
      const limits = proxy ? { connectTimeoutMs: 50 } : {};
      const proxyFor = () => proxy && { url: new URL(`http://127.0.0.1:${port}`), name: proxy };
      const transport = new Transport({ ...options, ...limits, proxyFor });
      const { failure } = await transport.request(`https://127.0.0.1:${port}/`, {
        method: "GET",
        headers: {},
        timeoutMs: 60_000,
        ...(proxy ? {} : { connectMs: 50 }),
      });
      transport.close();
      silent.close();
      assert.equal(failure?.code, "CONNECT_TIMEOUT");
    });
  }
});
