import fc from "fast-check";
import { startEmulator, type Emulator } from "oss-emulator";
import { accessTo } from "../../tools/emulator-access";
import { InProcess } from "./in-process";
import { everyFault, play, sequences, type Run } from "./random-sequences";
import { VirtualClock } from "../support/virtual-clock";

describe("whatever programs, outside changes and faults came before", () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator.close());

  const inProcess = (): Promise<Run> => {
    const verbs = new InProcess({ clock: new VirtualClock(), env: accessTo(emulator) });
    return Promise.resolve({ verbs, close: () => verbs.close() });
  };
  it("a run that succeeds leaves OSS as declared, and the run after it finds nothing to do", () =>
    fc.assert(
      fc.asyncProperty(sequences(everyFault, 6), (sequence) => play(emulator, inProcess, sequence)),
      { numRuns: 100 },
    ));
});
