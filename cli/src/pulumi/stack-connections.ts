import { setTimeout as pause } from "node:timers/promises";
import type { Deployment } from "@pulumi/pulumi/automation";
import {
  ConfigurationError,
  AccountConnections,
  isDefaultProviderName,
  providerConnections,
} from "pulumi-oss-encryption/oss";
import type { Context } from "../subcommand";
import { isSecret, plainValue, resourcesOf } from "./stack-state";

/** Config by its keys, as the engine prints it. */
export type StackConfig = Readonly<Record<string, { value: string } | undefined>>;

const namespace = "oss-encryption:";

/**
 * The connections of a stack: its own, by its config of today and the environment, and those of the plugin's provider
 * resources in its state. An interruption closes them.
 */
export class StackConnections {
  /** What the dynamic resource and everything that no provider resource stands for is reached through. */
  readonly own: AccountConnections;
  readonly #ofProviders = new Map<string, AccountConnections>();
  readonly #options;

  constructor(
    private readonly config: StackConfig,
    /** States that hold the provider resources. */
    private readonly states: readonly Deployment[],
    { env, signal }: Pick<Context, "env" | "signal">,
  ) {
    const clock = {
      now: () => performance.now(),
      random: Math.random,
      sleep: (ms: number) => pause(ms, undefined, { signal }),
    };
    this.#options = { env, clock, isConfigCurrent: true };
    this.own = new AccountConnections((key) => config[key]?.value, this.#options);
    // Calls under way end with their sockets, and an aborted pause keeps them from trying again.
    signal.addEventListener("abort", () => this.close(), { once: true });
  }

  /** The connections that lead to an address. Throws ConfigurationError where its provider's settings are wrong or missing. */
  of({ provider }: { provider?: string }): AccountConnections {
    if (provider === undefined) return this.own;
    const connections = this.#ofProviders.get(provider) ?? this.#open(provider);
    this.#ofProviders.set(provider, connections);
    return connections;
  }

  close(): void {
    for (const connections of [this.own, ...this.#ofProviders.values()]) connections.close();
  }

  /** `reference` is the provider's URN and id, as states hold it. */
  #open(reference: string): AccountConnections {
    const end = reference.lastIndexOf("::");
    const [urn, id] = [reference.slice(0, end), reference.slice(end + 2)];
    const name = urn.split("::").at(-1) ?? "";
    const resource = this.states.flatMap(resourcesOf).find((one) => one.urn === urn && one.id === id);
    // The engine makes its own outside of the stack: one that a program makes and calls the same has a parent.
    if (isDefaultProviderName(name) && resource?.parent === undefined) {
      return providerConnections(this.#ownConfig(), "default", this.#options);
    }
    if (!resource) throw new ConfigurationError(`The state has no provider ${name}, which a resource names.`);
    const values: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(resource.inputs ?? {})) {
      values[key] = plainValue(value);
      if (isSecret(value) && values[key] === undefined) {
        throw new ConfigurationError(`${key} of the provider ${name} can't be decrypted.`);
      }
    }
    return providerConnections(values, { explicit: name }, this.#options);
  }

  #ownConfig(): Record<string, unknown> {
    const own = Object.entries(this.config).filter(([key]) => key.startsWith(namespace));
    return Object.fromEntries(own.map(([key, entry]) => [key.slice(namespace.length), entry?.value]));
  }
}
