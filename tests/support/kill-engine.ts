import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../../tools/engine";
import { descendants, kill } from "../../tools/processes";

/** The processes that run the provider's code; `up --refresh` has two. */
export async function providers(): Promise<number[]> {
  const all = await descendants();
  return all.filter(({ command }) => /^\S*node\b.*dynamic-provider/.test(command)).map(({ pid }) => pid);
}

/** Kills the provider's processes; the engine lives on. */
export async function killProvider(): Promise<void> {
  const pids = await providers();
  if (pids.length === 0) throw new Error("No provider is running.");
  kill(...pids);
}

/** Kills the engine, and what it has started unless that is to be watched; returns what it has started. */
export async function killEngine(
  { command }: Engine,
  { spare = false, verb = "up" } = {},
): Promise<number[]> {
  const engine = (await descendants()).find((one) => one.command.startsWith(`${command} ${verb}`));
  if (!engine) throw new Error("The engine is not running.");
  // Its own only: this process has others, such as the compiler that loads the tests.
  const orphans = (await descendants(engine.pid)).map(({ pid }) => pid);
  kill(engine.pid);
  if (!spare) kill(...orphans);
  return orphans;
}

/**
 * A file backend replaces the state as a whole, but not the file of attributes beside it: killed in the middle, that one
 * is empty. It can go, since it has nothing that the engine needs.
 */
export async function removeTornAttributes(folder: string): Promise<void> {
  const file = join(folder, "../backend/.pulumi/stacks/project/test.json.attrs");
  const { size } = await stat(file);
  if (size === 0) await rm(file);
}
