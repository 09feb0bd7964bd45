import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { startEmulator, type Emulator } from "oss-emulator";
import { Connections } from "../../provider/src/connections";
import { endWithEngine } from "../../provider/src/start-lifecycle";
import { accessTo } from "../../tools/emulator-access";
import { EngineStandIn } from "../support/provider-process";
import { until } from "../support/until";
import { VirtualClock } from "../support/virtual-clock";

const bucket = "last-call";

describe("a process whose engine ends while a call is on the wire", () => {
  let emulator: Emulator;
  let connections: Connections;
  let letGo: () => void;
  let written: Promise<unknown>;
  let clock: VirtualClock;
  let isOver: () => void;
  const exits: number[] = [];
  const args = process.argv;

  beforeEach(async () => {
    emulator = await startEmulator();
    emulator.createBucket(bucket);
    letGo = emulator.fault({ operation: "PutBucketEncryption", delay: 600_000 });
    connections = new Connections(() => undefined, { env: accessTo(emulator) });
    const engine = await EngineStandIn.start();
    process.argv = [...args.slice(0, 2), engine.address];
    let isWaiting = false;
    const time = new Promise<void>((resolve) => (isOver = resolve));
    clock = new VirtualClock(() => {
      isWaiting = true;
      return time;
    });
    exits.length = 0;
    endWithEngine(connections, clock, (code) => exits.push(code));
    written = connections.client({}).putBucketEncryption(bucket, { sseAlgorithm: "AES256" });
    await until(() => emulator.requests.length === 1);
    engine.end();
    await until(() => isWaiting);
  });
  afterEach(async () => {
    process.argv = args;
    letGo();
    isOver();
    await written;
    connections.close();
    await emulator.close();
  });

  it("ends once the call has its answer", async () => {
    await turn();
    assert.deepStrictEqual(exits, []);
    letGo();
    await until(() => exits.length > 0);
    assert.deepStrictEqual(exits, [1]);
    assert.equal(emulator.requests[0]?.dropped, false);
    assert.deepStrictEqual(emulator.encryption(bucket), { SSEAlgorithm: "AES256" });
  });

  it("waits no longer than three seconds for it", async () => {
    isOver();
    await until(() => exits.length > 0);
    assert.deepStrictEqual([exits, clock.elapsed], [[1], 3_000]);
    assert.equal(emulator.encryption(bucket), undefined);
  });
});
