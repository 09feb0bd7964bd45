import { createInterface } from "node:readline/promises";

/** Asks a person; anything but y or yes is no, and so is the end of input: Ctrl-D. */
export async function ask(
  question: string,
  { stdin, stderr, signal }: { stdin: NodeJS.ReadStream; stderr: NodeJS.WriteStream; signal: AbortSignal },
): Promise<boolean> {
  // Not as a terminal: then Ctrl-C stays a signal.
  const asking = createInterface({ input: stdin, terminal: false, signal });
  stderr.write(`${question} [y/N] `);
  try {
    const lines = asking[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
    const { value: answer } = await lines.next();
    signal.throwIfAborted();
    if (answer === undefined) stderr.write("\n");
    return /^y(es)?$/i.test(answer?.trim() ?? "");
  } finally {
    asking.close();
  }
}
