/** Runs something and returns all that this process printed meanwhile. */
export async function overhear(run: () => Promise<void>): Promise<string> {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write.bind(stream));
  let heard = "";
  for (const stream of streams) {
    stream.write = (chunk: string | Uint8Array) => {
      heard += String(chunk);
      return true;
    };
  }
  try {
    await run();
  } finally {
    for (const [at, write] of writes.entries()) Object.assign(streams[at] ?? {}, { write });
  }
  return heard;
}
