import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { startEmulator, type Emulator } from "oss-emulator";
import { accessTo } from "../../tools/emulator-access";
import { SharedNotes } from "../support/shared-notes";
import { VirtualClock } from "../support/virtual-clock";
import { InProcess } from "./in-process";
import { everyFault, play, sequences, type Processes } from "./random-sequences";

/** How many sequences are played. */
const numRuns = Number(process.env.RANDOM_SEQUENCES ?? 100);

describe("whatever programs, outside changes, kills and faults came before", () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator.close());

  /** A process for each provider resource; all of one command share their notes. */
  const inProcess = (): Promise<Processes> => {
    const notes = new SharedNotes();
    const processes = new Map<string, InProcess>();
    const verbs = (provider: string) => {
      // A sleep gives way to what the other processes have on the wire.
      const clock = new VirtualClock(() => pause(1));
      const options = { clock, env: accessTo(emulator), notes: notes.of(processes.size) };
      const process = processes.get(provider) ?? new InProcess(options);
      processes.set(provider, process);
      return Promise.resolve(process);
    };
    return Promise.resolve({ verbs, close: () => processes.forEach((process) => process.close()) });
  };

  it("a run that succeeds leaves OSS as declared, takes nothing of others, and leaves nothing to do", () =>
    fc.assert(
      fc.asyncProperty(sequences(everyFault, 6), (sequence) => play(emulator, inProcess, sequence)),
      { numRuns },
    ));
});
