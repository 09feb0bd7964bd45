import type { Connections } from "pulumi-oss-encryption/oss";

/** Which connections lead to a place: a stack may have several providers, each with settings and credentials of its own. */
export interface ConnectionsOf {
  /** Throws ConfigurationError where a provider's settings are wrong. */
  of(place: { provider?: string }): Connections;
}
