import assert from "node:assert/strict";
import { startEmulator, type Emulator, type Fault } from "oss-emulator";
import { Connections } from "../../provider/src/connections";
import { EngineEndedError, OssEncryptionError } from "../../provider/src/errors";
import { accessTo } from "../../tools/emulator-access";
import { VirtualClock } from "../support/virtual-clock";

describe("the error of a write says whether OSS may have carried it out", () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator();
    emulator.createBucket("logs");
  });
  afterEach(() => emulator.close());

  const lost = { connection: "reset", carriedOut: true } as const;
  const unsure = new OssEncryptionError("It can't be seen whether the engine still runs.");
  const cases: [
    title: string,
    faults: Fault[],
    secondTry: Error | undefined,
    mayHaveLanded: true | undefined,
  ][] = [
    ["answered by a page of something else", [{ answer: { status: 408, body: "<html/>" } }], undefined, true],
    ["answered by another success than OSS's", [{ answer: { status: 204 } }], undefined, true],
    ["refused at once", [{ answer: { code: "AccessDenied" } }], undefined, undefined],
    ["not answered, then refused", [{ after: 1, answer: { code: "AccessDenied" } }, lost], undefined, true],
    ["not answered, then not sent", [lost], unsure, true],
    ["not answered, then the engine was gone", [lost], new EngineEndedError("It has ended."), undefined],
  ];
  for (const [title, faults, secondTry, mayHaveLanded] of cases) {
    it(`${title}: ${mayHaveLanded ? "it may" : "no"}`, async () => {
      for (const fault of faults) emulator.fault({ operation: "PutBucketEncryption", ...fault });
      let tries = 0;
      const connections = new Connections(() => undefined, {
        env: accessTo(emulator),
        clock: new VirtualClock(),
        beforeWrite: () => (++tries === 2 && secondTry ? Promise.reject(secondTry) : Promise.resolve()),
      });
      const write = connections.client({}).putBucketEncryption("logs", { sseAlgorithm: "AES256" });
      await assert.rejects(write, (error: OssEncryptionError) => {
        assert.equal(error.mayHaveLanded, mayHaveLanded);
        return true;
      });
      connections.close();
      // What others may be thrown, too, is not marked.
      assert.equal(unsure.mayHaveLanded, undefined);
    });
  }
});
