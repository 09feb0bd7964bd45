import fc from "fast-check";
import { startEmulator, type Emulator } from "oss-emulator";
import { accessTo } from "../../tools/emulator-access";
import { EngineStandIn, startProvider, type ProviderProcess } from "../support/provider-process";
import { passingFaults, play, sequences, type Processes } from "./random-sequences";

describe("with provider processes for each run, whatever came before", () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator.close());

  const overGrpc = async (): Promise<Processes> => {
    const engine = await EngineStandIn.start();
    const processes = new Map<string, Promise<ProviderProcess>>();
    const verbs = (provider: string) => {
      const process = processes.get(provider) ?? startProvider({ env: accessTo(emulator), engine });
      processes.set(provider, process);
      return process;
    };
    const close = async () => {
      for (const process of processes.values()) await (await process).stop();
      engine.end();
    };
    return { verbs, close };
  };

  it("a run that succeeds leaves OSS as declared, takes nothing of others, and leaves nothing to do", () =>
    fc.assert(
      fc.asyncProperty(sequences(passingFaults, 3), (sequence) => play(emulator, overGrpc, sequence)),
      { numRuns: 4, endOnFailure: true },
    ));
});
