import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** A process whose output is read here; it reads nothing. */
export interface Child extends ChildProcess {
  stdout: Readable;
  stderr: Readable;
}

const running = new Set<Child>();

export function start(command: string, args: readonly string[], options: SpawnOptions): Child {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] }) as Child;
  running.add(child);
  child.on("error", () => running.delete(child));
  child.on("close", () => running.delete(child));
  return child;
}

/** The exit code once all output is read; a signal's name where that ended the process. */
export function ended(child: Child): Promise<number | NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal ?? 1));
  });
}

/** Ends every process that was started here, as this one ends. */
export function endAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

/**
 * Path of one of the SDK's runners, as the program itself would require it.
 *
 * @throws Error saying what to do where the SDK can't be required.
 */
export function sdkRunner(name: "run" | "run-plugin" | "run-policy-pack", folder: string): string {
  const module = `@pulumi/pulumi/cmd/${name}`;
  try {
    return createRequire(join(folder, "package.json")).resolve(module);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    const install = name === "run" ? "pulumi install" : `npm install in ${folder}`;
    throw new Error(`${module} can't be required in ${folder}: run ${install}.`, { cause: error });
  }
}

/** @throws Error where a process is to wait for a debugger. */
export function refuseDebugger(request: { getAttachDebugger(): boolean }): void {
  if (request.getAttachDebugger()) {
    throw new Error(
      "--attach-debugger needs Pulumi's official language host, and this one stands in for it.",
    );
  }
}
