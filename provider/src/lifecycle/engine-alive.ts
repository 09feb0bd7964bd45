import { connect } from "node:net";
import { once } from "node:events";
import { OssEncryptionError } from "../errors";

/**
 * Throws if the engine that started this process is gone. A killed engine leaves its provider processes behind,
 * and one that was waiting, for an answer or for its next try, could overwrite what the next run has written.
 */
export async function assertEngineAlive(): Promise<void> {
  // The engine starts the process with its address as an argument, after those for logging and tracing.
  const [, host, port] =
    /^([\d.]+|localhost):(\d+)$/.exec(
      process.argv.slice(2).find((argument) => /:\d+$/.test(argument)) ?? "",
    ) ?? [];
  if (!host || !port) return;
  const socket = connect({ host, port: Number(port) });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(2_000) });
  } catch {
    throw new OssEncryptionError("The Pulumi engine has ended, so this process writes nothing more.");
  } finally {
    socket.destroy();
  }
}
