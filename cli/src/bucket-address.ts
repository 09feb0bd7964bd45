import type { Target } from "pulumi-oss-encryption/oss";

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

/** An address as a provider's connections take it. */
export const targetOf = ({ region, connection }: Omit<BucketAddress, "bucket">): Target => ({
  region: region ?? undefined,
  connection: connection ?? undefined,
});
