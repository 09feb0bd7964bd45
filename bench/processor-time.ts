import { readFileSync } from "node:fs";

/** Clock ticks of Linux's process statistics, which are 10 ms wherever Node runs. */
const tickMs = 10;

/**
 * Milliseconds of processor time that this process's children, and theirs, have taken up to their end. Unlike the time
 * on the clock it doesn't depend on what else the machine does. Undefined where the system is not Linux.
 */
export function childrenCpuMs(): number | undefined {
  let text: string;
  try {
    text = readFileSync("/proc/self/stat", "utf8");
  } catch {
    return undefined;
  }
  return childTicks(text) * tickMs;
}

/** Fields 16 and 17 of a line of /proc/PID/stat: the second holds a name in brackets, which may hold anything. */
export function childTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[13]) + Number(fields[14]);
}
