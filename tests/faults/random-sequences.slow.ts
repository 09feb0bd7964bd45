import fc from "fast-check";
import { startEmulator, type Emulator } from "oss-emulator";
import { accessTo } from "../../tools/emulator-access";
import { startProvider } from "../support/provider-process";
import { passingFaults, play, sequences, type Run } from "./random-sequences";

describe("with a provider process for each run, whatever came before", () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator.close());

  const overGrpc = async (): Promise<Run> => {
    const verbs = await startProvider({ env: accessTo(emulator) });
    return { verbs, close: () => verbs.stop() };
  };

  it("a run that succeeds leaves OSS as declared, and the run after it finds nothing to do", () =>
    fc.assert(
      fc.asyncProperty(sequences(passingFaults, 3), (sequence) => play(emulator, overGrpc, sequence)),
      { numRuns: 4, endOnFailure: true },
    ));
});
