import type { AccountConnections, Target } from "pulumi-oss-encryption/oss";

/** A bucket and how it is reached. */
export interface BucketAddress {
  bucket: string;
  /** Null: not known yet. */
  region: string | null;
  /** Null: the default one. */
  connection: string | null;
  /** URN and id of the plugin's provider resource that it is reached through; absent: the connections are the stack's own. */
  provider?: string;
}

/** Which connections lead to an address: a stack may have several providers, each with settings and credentials of its own. */
export interface ConnectionsOf {
  /** Throws ConfigurationError where a provider's settings are wrong. */
  of(address: { provider?: string }): AccountConnections;
}

/** An address as a provider's connections take it. */
export const targetOf = ({ region, connection }: Omit<BucketAddress, "bucket">): Target => ({
  region: region ?? undefined,
  connection: connection ?? undefined,
});
