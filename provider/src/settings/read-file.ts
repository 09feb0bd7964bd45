import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { ConfigurationError } from "../errors";
import type { Lookup } from "./lookups";

/** How long a pipe may take to deliver what is in it. */
const pipeTimeoutMs = 5_000;
const pauseMs = 20;
const largestFile = 1024 * 1024;

/** Windows has no such flag, and no such pipes. */
const noWait = (constants as Partial<typeof constants>).O_NONBLOCK ?? 0;

/** What pipes held, by path: a pipe such as /dev/fd/63 can be read once only, and every lookup reads. */
const readPipes = new Map<string, string>();

/** Reads files whole as text, without a byte order mark; `~/` stands for `home`. Pipes are read once per process. */
export function fileReader(home: string): Lookup {
  return (given) => {
    const path = given.replace(/^~(?=\/)/, home);
    try {
      return (readPipes.get(path) ?? read(path)).replace(/^\uFEFF/, "");
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      throw new ConfigurationError(`${path} can't be read (${code ?? "unknown error"}).`);
    }
  };
}

function read(path: string): string {
  // Without waiting: opening a pipe that nobody writes to would block for ever.
  const file = openSync(path, constants.O_RDONLY | noWait);
  try {
    const found = fstatSync(file);
    if (!found.isFIFO()) return readBounded(path, file);
    const content = readPipe(path, file);
    readPipes.set(path, content);
    return content;
  } finally {
    closeSync(file);
  }
}

/** A device or a log that is named by mistake would fill the memory, and need not tell its size beforehand. */
function readBounded(path: string, file: number): string {
  const content = Buffer.allocUnsafe(largestFile + 1);
  let size = 0;
  for (let bytes = -1; bytes !== 0 && size < content.length; size += bytes) {
    bytes = readSync(file, content, size, content.length - size, null);
  }
  if (size > largestFile) throw new ConfigurationError(`${path} is larger than 1 MiB.`);
  return content.toString("utf8", 0, size);
}

/** Reads are synchronous, since lookups are, so the wait for a writer is one of the whole thread. */
function readPipe(path: string, file: number): string {
  const chunks: Buffer[] = [];
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  let size = 0;
  for (let waitedMs = 0; waitedMs < pipeTimeoutMs;) {
    const chunk = Buffer.alloc(64 * 1024);
    const bytes = readNow(file, chunk);
    if (bytes > 0) {
      chunks.push(chunk.subarray(0, bytes));
      size += bytes;
      if (size > largestFile) throw new ConfigurationError(`${path} is larger than 1 MiB.`);
      continue;
    }
    // The end, or a pipe whose writer has not come yet.
    if (bytes === 0 && size > 0) return Buffer.concat(chunks).toString("utf8");
    Atomics.wait(sleeper, 0, 0, pauseMs);
    waitedMs += pauseMs;
  }
  throw new ConfigurationError(`${path} is a pipe, and nothing came out of it within 5 seconds.`);
}

/** Bytes read; 0 at the end or without a writer, -1 where the writer has nothing yet. */
function readNow(file: number, into: Buffer): number {
  try {
    return readSync(file, into);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return -1;
    throw error;
  }
}
