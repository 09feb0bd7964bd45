import { createInterface } from "node:readline/promises";

/** Asks a person; anything but y or yes is no. */
export async function ask(
  question: string,
  { stdin, stderr, signal }: { stdin: NodeJS.ReadStream; stderr: NodeJS.WriteStream; signal: AbortSignal },
): Promise<boolean> {
  // Not as a terminal: then Ctrl-C stays a signal.
  const asking = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    asking.close();
  }
}
