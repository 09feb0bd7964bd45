import { Connections, type ConnectionsOptions } from "./connections";
import { OssEncryptionError } from "./errors";
import { assertEngineAlive, engineAddress, watchEngine } from "./lifecycle/engine-alive";
import { Lifecycle } from "./lifecycle/lifecycle";
import { withoutNotes } from "./lifecycle/messages";
import { noNotes, NoteFiles, type RunNotes } from "./lifecycle/run-notes";
import { systemClock, type Clock } from "./net/retry";
import type { Lookup } from "./settings/lookups";

/**
 * The verbs for the process of one provider resource: knowing the other processes of the same engine command, writing
 * nothing once the engine is gone, and ending with it.
 */
export function startLifecycle(
  config: Lookup,
  log: (line: string) => void,
  options: ConnectionsOptions = {},
): Lifecycle {
  const connections = new Connections(config, { ...options, beforeWrite: assertEngineAlive, log });
  endWithEngine(connections);
  return new Lifecycle({ connections, clock: systemClock, log, notes: notesOfThisRun(log) });
}

/** Notes for the other processes of the same engine command, taken away when this one ends. */
function notesOfThisRun(log: (line: string) => void): RunNotes {
  const address = engineAddress();
  if (address === undefined) return noNotes;
  try {
    const notes = new NoteFiles(address);
    process.once("exit", () => notes.close());
    return notes;
  } catch (error) {
    if (!(error instanceof OssEncryptionError)) throw error;
    // Most programs have one provider, and need no notes.
    log(withoutNotes(error));
    return noNotes;
  }
}

/** Milliseconds for which a call that is on the wire may still get its answer once the engine is gone. */
const lastCallsMs = 3_000;

/**
 * Without its engine a process has nobody to answer. What it prints breaks the pipe, and the SDK's handler of uncaught
 * errors would print that, and so on: such a process was seen to fill gigabytes.
 */
export function endWithEngine(
  connections: Pick<Connections, "idle">,
  clock: Pick<Clock, "sleep"> = systemClock,
  exit: (code: number) => unknown = (code) => process.exit(code),
): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const address = engineAddress();
  if (address === undefined) return;
  void watchEngine(address, () => {
    void Promise.race([connections.idle(), clock.sleep(lastCallsMs)]).then(() => exit(1));
  });
}
