/** How long a first interruption has before the engine is told again. */
const graceMs = 3_000;

/**
 * The signal to run the engine with. At one SIGINT it still waits for reads and writes under way, up to a
 * minute; at a second one it ends at once, its lock released. The Automation API sends one for each abort event.
 */
export function engineSignal(signal: AbortSignal, stdin: NodeJS.ReadStream): AbortSignal {
  const controller = new AbortController();
  const onAbort = () => {
    // A terminal sends Ctrl-C to the engine as well as to this process.
    const isTold = signal.reason === "SIGINT" && stdin.isTTY;
    if (!isTold) controller.abort(signal.reason);
    const again = () =>
      isTold ? controller.abort(signal.reason) : controller.signal.dispatchEvent(new Event("abort"));
    setTimeout(again, graceMs).unref();
  };
  if (signal.aborted) controller.abort(signal.reason);
  else signal.addEventListener("abort", onAbort, { once: true });
  return controller.signal;
}
