import { setTimeout as pause } from "node:timers/promises";
import { Connections } from "pulumi-oss-encryption/oss";
import { resolve } from "node:path";
import { isFolder } from "./output/files";
import { UserError } from "./user-error";
import type { Context } from "./subcommand";
import { orUserError, Project } from "./pulumi/project";
import { alicloudRules, managedResources, type ManagedResource } from "./pulumi/stack-state";

export interface SessionOptions {
  stack?: string[] | undefined;
  cwd: string;
}

/** The stacks that were named, and the connections: by the first one's config, or by the environment alone. */
export interface Session {
  connections: Connections;
  /** Absent where no stack was named. */
  project: Project | undefined;
  /** What the alicloud provider sets in each stack, by the stack's name. */
  alicloud: ReadonlyMap<string, readonly { bucket: string; type: string }[]>;
  /** What each stack manages, by the stack's name; empty where none was named. */
  stacks: ReadonlyMap<string, readonly ManagedResource[]>;
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
  const stacks = new Map<string, ManagedResource[]>();
  const alicloud = new Map<string, ReturnType<typeof alicloudRules>>();
  // Without a stack it is used for nothing, but a misspelt one was meant for something.
  if (!(await isFolder(cwd))) throw new UserError(`--cwd: ${resolve(cwd)} is not a folder.`);
  if (names.length > 0) {
    progress.update("Looking for the Pulumi engine …");
    project = await Project.open(cwd, context);
  }
  for (const name of new Set(names)) {
    signal.throwIfAborted();
    progress.update(`Stack ${name}: reading its state …`);
    const stack = await project?.stack(name);
    if (!stack) continue;
    const state = await orUserError(stack.exportStack());
    stacks.set(name, managedResources(state));
    alicloud.set(name, alicloudRules(state));
    if (stacks.size === 1) config = await orUserError(stack.getAllConfig());
  }
  const connections = openConnections(config, context);
  return { connections, project, stacks, alicloud, close: () => connections.close() };
}

/** Config by its keys, as the engine prints it. */
export type StackConfig = Readonly<Record<string, { value: string } | undefined>>;

/** Connections by a stack's config and the environment, which an interruption closes. */
export function openConnections(
  config: StackConfig,
  { env, signal }: Pick<Context, "env" | "signal">,
): Connections {
  const clock = {
    now: () => performance.now(),
    random: Math.random,
    sleep: (ms: number) => pause(ms, undefined, { signal }),
  };
  const connections = new Connections((key) => config[key]?.value, { env, clock, isConfigCurrent: true });
  // Calls under way end with their sockets, and an aborted pause keeps them from trying again.
  signal.addEventListener("abort", () => connections.close(), { once: true });
  return connections;
}
