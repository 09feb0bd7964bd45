import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Transport } from "../../provider/src/net/transport";

/** What the transport makes of the bytes that something in OSS's place answers with. */
async function answerTo(bytes: string) {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.write(bytes));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const options = {
    connectTimeoutMs: 60_000,
    readTimeoutMs: 60_000,
    userAgent: "test",
    proxyFor: () => undefined,
  };
  const transport = new Transport(options);
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { status, failure } = await transport.request(url, {
      method: "GET",
      headers: {},
      ctx: { msLeft: 60_000 },
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
});
