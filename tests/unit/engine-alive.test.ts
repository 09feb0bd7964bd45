import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { assertEngineAlive, engineAddress, watchEngine } from "../../provider/src/lifecycle/engine-alive";
import { EngineStandIn } from "../support/provider-process";
import { until } from "../support/until";

describe("the engine of a provider's process", () => {
  const starts: [args: string[], address: string | undefined][] = [
    [["127.0.0.1:4000"], "127.0.0.1:4000"],
    [["--logtostderr", "--tracing", "tcp://127.0.0.1:9", "localhost:4000"], "localhost:4000"],
    [["http://127.0.0.1:9", "."], undefined],
    [[], undefined],
  ];
  for (const [args, address] of starts) {
    it(`the engine's address in [${args.join(" ")}] is ${address ?? "unknown"}`, () =>
      assert.equal(engineAddress(args), address));
  }

  it("assertEngineAlive rejects once the engine has ended", async () => {
    const engine = await EngineStandIn.start();
    const args = process.argv;
    process.argv = [...args.slice(0, 2), engine.address];
    try {
      await assertEngineAlive();
      engine.end();
      await assert.rejects(assertEngineAlive(), {
        name: "OssEncryptionError",
        message: "The Pulumi engine has ended, so this process writes nothing more.",
      });
    } finally {
      process.argv = args;
    }
  });

  it("watchEngine tells when the engine has ended, and not when that only closes a connection", async () => {
    const sockets: Socket[] = [];
    const engine = createServer((socket) => {
      sockets.push(socket.resume());
      if (sockets.length < 3) socket.end();
    });
    await once(engine.listen(0, "127.0.0.1"), "listening");
    let isGone = false;
    const address = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
    const watching = watchEngine(address, () => (isGone = true));
    await until(() => sockets.length === 3);
    assert.equal(isGone, false);
    engine.close();
    sockets[2]?.destroy();
    await watching;
    assert.equal(isGone, true);
  });
});
