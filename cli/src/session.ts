import type { Deployment } from "@pulumi/pulumi/automation";
import type { Context } from "./subcommand";
import { checkFolder, orUserError, Project } from "./pulumi/project";
import { StackConnections, type StackConfig } from "./pulumi/stack-connections";

export interface SessionOptions {
  stack?: string[] | undefined;
  cwd: string;
}

/** The stacks that were named, and the connections: by the first one's config, or by the environment alone. */
export interface Session {
  connections: StackConnections;
  /** Absent where no stack was named. */
  project: Project | undefined;
  /** The state of each stack, by the stack's name; empty where none was named. Holds secrets. */
  states: ReadonlyMap<string, Deployment>;
  close(): void;
}

/** Throws `UserError` where the engine or a stack can't be used. */
export async function openSession(
  { stack: names = [], cwd }: SessionOptions,
  context: Context,
): Promise<Session> {
  const { progress, signal } = context;
  let config: StackConfig = {};
  let project: Project | undefined;
  const states = new Map<string, Deployment>();
  // Without a stack it is used for nothing, but a misspelt one was meant for something.
  await checkFolder(cwd);
  if (names.length > 0) {
    progress.update("Looking for the Pulumi engine …");
    project = await Project.open(cwd, context);
  }
  for (const name of new Set(names)) {
    signal.throwIfAborted();
    progress.update(`Stack ${name}: reading its state …`);
    const stack = await project?.stack(name);
    if (!stack) continue;
    states.set(name, await orUserError(stack.exportStack()));
    if (states.size === 1) config = await orUserError(stack.getAllConfig());
  }
  const connections = new StackConnections(config, [...states.values()], context);
  return { connections, project, states, close: () => connections.close() };
}
