import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { OssEncryptionError } from "../errors";

/** A dead engine refuses at once; a busy machine may take its time. */
const connectMs = 15_000;

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
  try {
    (await connected(address)).destroy();
  } catch {
    throw new OssEncryptionError("The Pulumi engine has ended, so this process writes nothing more.");
  }
}

/**
 * Calls `gone` once the engine has ended. A connection that says nothing ends with the engine; the engine closes one
 * itself after two minutes, and then takes the next.
 */
export async function watchEngine(address: string, gone: () => void): Promise<void> {
  try {
    for (;;) {
      const socket = await connected(address);
      // Nothing here keeps a process alive that has nothing else to do.
      socket.unref();
      socket.resume();
      await closed(socket);
    }
  } catch {
    gone();
  }
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
