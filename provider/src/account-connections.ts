import { Connections, withUsableProxy, type ConnectionsOptions } from "./connections";
import { systemClock } from "./net/retry";
import { OssInventory } from "./oss/inventory";
import { KmsClient } from "./rpc/kms-client";
import { readProviderConfig, type ProviderName } from "./plugin/provider-config";
import type { RpcOptions } from "./rpc/send-rpc";
import { callerIdentity, type CallerIdentity } from "./rpc/sts-client";
import type { Target } from "./settings/settings";

/** Connections that also tell of an account what the command line reports; the provider's process loads none of it. */
export class AccountConnections extends Connections {
  /** Lists what a target reaches, over the same connections. Throws like {@link client}. */
  inventory(target: Target): OssInventory {
    return new OssInventory(this.client(target).calls);
  }

  /** Looks up keys of a target's account and region, over the same connections. Throws like {@link client}. */
  kms(target: Target): KmsClient {
    return new KmsClient(this.#rpcOptions(target, "kmsEndpoint"));
  }

  /**
   * Asks STS whose credentials a target is reached with. Throws like {@link client}, and StsCallError or
   * CredentialsError where there is no telling.
   */
  identity(target: Target): Promise<CallerIdentity> {
    return callerIdentity(this.#rpcOptions(target, "stsEndpoint"));
  }

  /** Where a target's credentials come from, such as `OSS_ACCESS_KEY_ID in the environment`. Throws like {@link client}. */
  origin(target: Target): string {
    return this.accessTo(target).origin;
  }

  #rpcOptions(target: Target, endpoint: "kmsEndpoint" | "stsEndpoint"): RpcOptions {
    const access = this.accessTo(target);
    const { clock = systemClock } = this.options;
    return { ...access, endpoint: withUsableProxy(access.settings[endpoint]), clock };
  }
}

/**
 * Connections of a provider resource of the plugin, by its config: values as they are, or as the JSON text that SDKs and
 * stack config make of them. Throws ConfigurationError, naming the key, where that is wrong.
 */
export function providerConnections(
  values: Record<string, unknown>,
  provider: ProviderName,
  options: ConnectionsOptions = {},
): AccountConnections {
  const { config, ...ofProvider } = readProviderConfig(values, provider);
  return new AccountConnections(config, { ...options, ...ofProvider });
}
