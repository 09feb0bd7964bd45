import assert from "node:assert/strict";
import { once } from "node:events";
import net, { createServer, Socket, type AddressInfo } from "node:net";
import { mock } from "node:test";
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

  describe("on a machine that has no file descriptor left for a moment", () => {
    let engine: EngineStandIn;
    let failures = 0;
    const failing = () => {
      failures++;
      return new Socket().destroy(Object.assign(new Error("too many open files"), { code: "EMFILE" }));
    };
    beforeEach(async () => {
      engine = await EngineStandIn.start();
      failures = 0;
      mock.method(net, "connect", failing, { times: 2 });
    });
    afterEach(() => {
      mock.restoreAll();
      engine.end();
    });

    it("assertEngineAlive asks again", async () => {
      const args = process.argv;
      process.argv = [...args.slice(0, 2), engine.address];
      try {
        await assertEngineAlive();
        assert.equal(failures, 2);
      } finally {
        process.argv = args;
      }
    });

    it("watchEngine does not take the engine for ended", async () => {
      let isGone = false;
      const watching = watchEngine(engine.address, () => (isGone = true));
      await until(() => failures === 2);
      assert.equal(isGone, false);
      engine.end();
      await watching;
      assert.equal(isGone, true);
    });
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
