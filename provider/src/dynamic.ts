import type { dynamic } from "@pulumi/pulumi";
import { setTimeout as pause } from "node:timers/promises";
import { Connections } from "./connections";
import { OssEncryptionError } from "./errors";
import { assertEngineAlive, engineAddress, watchEngine } from "./lifecycle/engine-alive";
import { Lifecycle } from "./lifecycle/lifecycle";
import { noNotes, NoteFiles, type RunNotes } from "./lifecycle/run-notes";
import { printable } from "./printable";
import { systemClock } from "./net/retry";

/**
 * The provider behind every `BucketEncryption`, for the process that the engine serves dynamic resources from.
 * States refer to this entry by name, so it exists for ever.
 */
export function provider(): dynamic.ResourceProvider {
  let configured: (lifecycle: Lifecycle) => void;
  // The SDK's server may pass on calls before it has awaited configure.
  const lifecycle = new Promise<Lifecycle>((resolve) => (configured = resolve));
  return {
    configure: quietly(({ config }: dynamic.ConfigureRequest) => {
      // The engine shows what its provider processes print, with the stack's diagnostics.
      const log = (line: string) => console.log(printable(line));
      const connections = new Connections((key) => config.get(key), { beforeWrite: assertEngineAlive, log });
      const notes = notesOfThisRun(log);
      const started = new Lifecycle({ connections, clock: systemClock, log, notes });
      // A preview has no verb after check that could wait for its looks.
      atEnd(() => started.settled());
      endWithEngine(connections);
      configured(started);
      return Promise.resolve();
    }),
    check: quietly(async (olds: object, news: object) => (await lifecycle).check({ ...olds }, { ...news })),
    diff: quietly(async (_id: string, olds: object, news: object) =>
      (await lifecycle).diff({ ...olds }, { ...news }),
    ),
    create: async (props: object) => (await lifecycle).create({ ...props }),
    read: quietly(async (id: string, props: object) => (await lifecycle).read(id, { ...props })),
    update: async (_id: string, olds: object, news: object) =>
      (await lifecycle).update({ ...olds }, { ...news }),
    delete: quietly(async (id: string, props: object) => (await lifecycle).delete(id, { ...props })),
  };
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
    log(
      `${error.message} Without that folder a rule may be lost when its resource moves to another provider resource; ` +
        "pulumi up --refresh puts it back.",
    );
    return noNotes;
  }
}

/** The engine ends its provider processes with SIGINT, and for five seconds still shows what they say. */
function atEnd(finish: () => Promise<void>): void {
  process.once("SIGINT", () => {
    void finish().finally(() => {
      // The process serves dynamic resources of every kind: another one may want to end it in its own time.
      if (process.listenerCount("SIGINT") === 0) process.exit(130);
    });
  });
}

/** Milliseconds for which a call that is on the wire may still get its answer once the engine is gone. */
const lastCallsMs = 3_000;

/**
 * Without its engine a process has nobody to answer. What it prints breaks the pipe, and the SDK's handler of uncaught
 * errors would print that, and so on: such a process was seen to fill gigabytes.
 */
function endWithEngine(connections: Connections): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const address = engineAddress();
  if (address === undefined) return;
  void watchEngine(address, () => {
    void Promise.race([connections.idle(), pause(lastCallsMs)]).then(() => process.exit(1));
  });
}

/** The server prints the stack of an error besides passing it on; what a person needs is in the message. */
function quietly<Args extends unknown[], Result>(verb: (...args: Args) => Promise<Result>) {
  return async (...args: Args): Promise<Result> => {
    try {
      return await verb(...args);
    } catch (error) {
      if (error instanceof Error) error.stack = "";
      throw error;
    }
  };
}
