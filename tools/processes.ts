import { execFile } from "node:child_process";
import { promisify } from "node:util";

interface Process {
  pid: number;
  parent: number;
  /** KiB of memory in use. */
  resident: number;
  command: string;
}

/** Every process of the machine. */
export async function processes(): Promise<Process[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,rss=,args="]);
  return stdout
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
    .map(([, pid, parent, resident, command = ""]) => ({
      pid: Number(pid),
      parent: Number(parent),
      resident: Number(resident),
      command,
    }));
}

/** Every process that the given one has started, directly or not, and whose parents are still there. */
export async function descendants(ancestor = process.pid): Promise<Process[]> {
  const all = await processes();
  const found = all.filter(({ parent }) => parent === ancestor);
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

/** Kills processes, those included that are gone already. */
export function kill(...pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** Whether a process with this id is there. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
