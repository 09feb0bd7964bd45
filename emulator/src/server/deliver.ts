import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import type { Answer } from "./answer";
import type { Fault } from "./fault";

const drip = 50;

/** Sends an answer, or does to the connection what a fault says. Comes back when the answer is complete or the connection gone. */
export async function deliver(
  answer: Answer,
  response: ServerResponse,
  connection: Fault["connection"],
  closing: AbortSignal,
): Promise<void> {
  const { socket } = response;
  if (socket === null || response.closed) return; // the client is gone, and "close" won't come again
  const done = new Promise<void>((resolve) => response.once("close", resolve));
  if (connection === "reset") {
    reset(socket);
  } else if (connection === "hang") {
    response.setTimeout(0);
  } // until the client gives up, or the emulator closes
  else if (connection === "reset-mid-body") {
    await sendHalf(answer, response, socket);
  } else if (connection === "endless") {
    await sendForEver(answer, response, closing);
  } else {
    response.writeHead(answer.status, {
      "content-length": Buffer.byteLength(answer.body ?? ""),
      ...answer.headers,
    });
    response.end(answer.body);
  }
  await done;
}

async function sendHalf(answer: Answer, response: ServerResponse, socket: Socket): Promise<void> {
  const body = Buffer.from(answer.body ?? "<?xml version");
  response.writeHead(answer.status, { ...answer.headers, "content-length": Math.max(body.length, 2) });
  await new Promise((resolve) => response.write(body.subarray(0, Math.ceil(body.length / 2)), resolve));
  await sleep(drip); // a reset overtakes what the peer hasn't read yet
  reset(socket);
}

/** Node can't reset under TLS; there the connection ends without the farewell that TLS asks for. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

async function sendForEver(answer: Answer, response: ServerResponse, closing: AbortSignal): Promise<void> {
  response.writeHead(answer.status, { ...answer.headers });
  response.write(answer.body ?? '<?xml version="1.0"?>');
  while (!response.destroyed && !closing.aborted) {
    response.write(" ");
    await sleep(drip, undefined, { signal: closing }).catch(() => undefined);
  }
}
