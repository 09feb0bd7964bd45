import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "oss-emulator";
import { Connections } from "../../provider/src/connections";
import { NotConvergedError, OssCallError } from "../../provider/src/errors";
import { confirm } from "../../provider/src/lifecycle/confirm";
import { accessTo } from "../../tools/emulator-access";
import { served } from "../support/served";
import { VirtualClock } from "../support/virtual-clock";

describe("confirm", () => {
  const rule = { sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" };
  const onWire = { SSEAlgorithm: "KMS", KMSMasterKeyID: "key-1" } as const;
  let emulator: Emulator;
  let connections: Connections;
  let clock: VirtualClock;
  let lines: string[];

  beforeEach(async () => {
    clock = new VirtualClock();
    lines = [];
    const started = Date.now();
    emulator = await startEmulator({ clock: () => started + clock.elapsed });
    emulator.createBucket("logs", { encryption: onWire });
    connections = new Connections(() => undefined, { env: accessTo(emulator), clock });
  });
  afterEach(async () => {
    connections.close();
    await emulator.close();
  });

  /** Seconds that it took. */
  async function seconds(): Promise<number> {
    await confirm(connections.client({}), "logs", rule, { clock, log: (line) => lines.push(line) });
    return clock.elapsed / 1000;
  }

  const isStaleUntil = (times: number) => {
    emulator.setEncryption("logs", { SSEAlgorithm: "SM4" });
    emulator.fault({ operation: "GetBucketEncryption", times, stale: true });
    emulator.setEncryption("logs", onWire);
  };

  it("confirm asks once where the rule shows at once", async () => {
    assert.equal(await seconds(), 0);
    assert.deepStrictEqual([served(emulator, "logs"), lines], [["Get"], []]);
  });

  it("confirm asks again after 0.25, 0.5, 1 and 2 s, silently, while an older rule shows", async () => {
    isStaleUntil(4);
    assert.equal(await seconds(), 3.75);
    assert.deepStrictEqual([served(emulator, "logs").length, lines], [5, []]);
  });

  it("confirm says once what it waits for, from five seconds on", async () => {
    isStaleUntil(7);
    assert.equal(await seconds(), 23.75);
    assert.deepStrictEqual(lines, [
      "bucket logs: OSS accepted the default rule; waiting up to a minute for reads to show it",
    ]);
  });

  it("confirm takes a bucket that is not shown for one that is not shown yet", async () => {
    emulator.fault({ operation: "GetBucketEncryption", answer: { code: "NoSuchBucket" } });
    assert.equal(await seconds(), 0.25);
  });

  const accepted = "OSS accepted the default rule of bucket logs, but 56 s later still shows";
  const advice = "Run pulumi up again: it looks first and writes only what differs.";
  const other = { SSEAlgorithm: "KMS", KMSMasterKeyID: "key-of-an-earlier-run" } as const;
  const unconverged: [title: string, change: () => unknown, shown: string][] = [
    ["another rule", () => emulator.setEncryption("logs", other), "KMS with the CMK it names"],
    ["no rule", () => emulator.setEncryption("logs", undefined), "no default rule"],
    ["no bucket", () => emulator.deleteBucket("logs"), "no such bucket"],
  ];
  for (const [title, change, shown] of unconverged) {
    it(`confirm gives up within a minute where ${title} shows, without its key`, async () => {
      change();
      await assert.rejects(seconds(), new NotConvergedError(`${accepted} ${shown}. ${advice}`));
      assert.equal(served(emulator, "logs").length, 12);
    });
  }

  it("confirm looks once more after a pause that took a minute", async () => {
    isStaleUntil(1);
    emulator.fault({ operation: "GetBucketEncryption", delay: 50 });
    clock.onSleep = () => (clock.elapsed += 60_000);
    assert.equal(await seconds(), 60.25);
    assert.equal(served(emulator, "logs").length, 2);
  });

  it("confirm fails at once where reading is refused", async () => {
    emulator.fault({ operation: "GetBucketEncryption", answer: { code: "AccessDenied" } });
    await assert.rejects(seconds(), OssCallError);
    assert.equal(clock.elapsed, 0);
  });
});
