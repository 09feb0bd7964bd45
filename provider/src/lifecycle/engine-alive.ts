import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { EngineEndedError, OssEncryptionError } from "../errors";

/** A dead engine refuses at once; a busy machine may take its time. */
const connectMs = 15_000;

/** What keeps this machine from connecting anywhere says nothing of the engine, and may be over soon. */
const local = new Set(["EMFILE", "ENFILE", "EADDRNOTAVAIL", "EAGAIN", "ENOBUFS", "ENOMEM"]);
const pauseMs = 250;

/** Host and port of the engine that started this process, as it was given; undefined: no engine did. */
export function engineAddress(args: readonly string[] = process.argv.slice(2)): string | undefined {
  // It is an argument of its own, after those for logging and tracing.
  return args.find((argument) => /^([\d.]+|localhost):\d+$/.test(argument));
}

/**
 * Throws if the engine that started this process is gone. A killed engine leaves its provider processes behind,
 * and one that was waiting, for an answer or for its next try, could overwrite what the next run has written.
 */
export async function assertEngineAlive(): Promise<void> {
  const address = engineAddress();
  if (address === undefined) return;
  const deadline = performance.now() + connectMs;
  for (;;) {
    try {
      (await connected(address)).destroy();
      return;
    } catch (error) {
      const code = localFailure(error);
      if (code === undefined) {
        throw new EngineEndedError("The Pulumi engine has ended, so this process writes nothing more.");
      }
      if (performance.now() > deadline) {
        throw new OssEncryptionError(
          `Nothing more is written, since it can't be seen whether the Pulumi engine still runs (${code}).`,
        );
      }
      await pause(pauseMs);
    }
  }
}

/**
 * Calls `gone` once the engine has ended. A connection that says nothing ends with the engine; the engine closes one
 * itself after two minutes, and then takes the next.
 */
export async function watchEngine(address: string, gone: () => void): Promise<void> {
  for (;;) {
    try {
      const socket = await connected(address);
      // Nothing here keeps a process alive that has nothing else to do.
      socket.unref();
      socket.resume();
      await closed(socket);
    } catch (error) {
      if (localFailure(error) === undefined) {
        gone();
        return;
      }
      await pause(pauseMs, undefined, { ref: false });
    }
  }
}

/** The code of a failure that is this machine's. */
function localFailure(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && local.has(code) ? code : undefined;
}

async function connected(address: string): Promise<Socket> {
  const [host = "", port] = address.split(":");
  const socket = connect({ host, port: Number(port) });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(connectMs) });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    // What a broken connection says besides closing is of no interest.
    socket.on("error", () => undefined).once("close", () => resolve());
  });
}
