/**
 * Calls `passed` after some milliseconds, once what has arrived by then was read: when a process has stood still, on a machine
 * that was asleep or has too much to do, its timers run before its sockets are read. Returns what ends the wait.
 */
export function deadline(ms: number, passed: () => void): () => void {
  let late: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    late = setImmediate(passed);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(late);
  };
}
