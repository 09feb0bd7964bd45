import type { AccountConnections } from "pulumi-oss-encryption/oss";

/** Which connections lead to an address: a stack may have several providers, each with settings and credentials of its own. */
export interface ConnectionsOf {
  /** Throws ConfigurationError where a provider's settings are wrong. */
  of(address: { provider?: string }): AccountConnections;
}
