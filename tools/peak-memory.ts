import { descendants } from "./processes";

export interface Measured<T> {
  result: T;
  /** Milliseconds. */
  took: number;
  /** KiB of memory that the largest matching process had in use; 0: none was seen. */
  peak: number;
}

/** Runs an operation to its end while it watches the processes below this one whose command line matches. */
export async function measured<T>(
  operation: () => Promise<T>,
  command: RegExp,
  everyMs = 500,
): Promise<Measured<T>> {
  const started = performance.now();
  let peak = 0;
  const watch = setInterval(() => {
    void descendants().then((all) => {
      const sizes = all.filter((one) => command.test(one.command)).map(({ resident }) => resident);
      peak = Math.max(peak, ...sizes);
    });
  }, everyMs);
  try {
    const result = await operation();
    return { result, took: performance.now() - started, peak };
  } finally {
    clearInterval(watch);
  }
}

/** Command lines of the process that the engine serves dynamic resources from. */
export const dynamicProvider = /^\S*node\b.*dynamic-provider/;
