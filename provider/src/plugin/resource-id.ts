import { OssEncryptionError } from "../errors";
import { isBucketName } from "../rule/bucket-name";

/** The bucket that an import asks for, and how it is reached. */
export interface ImportTarget {
  /** Name of the bucket. */
  bucket: string;
  /** Region, where it isn't the provider's. */
  region?: string | null;
  /** Name of an entry of `connections`, where it isn't reached by the provider's own connection. */
  connection?: string | null;
}

/** The id by which `pulumi import` asks the plugin for a bucket: `connection/bucket@region`, of which the name alone must be. */
export const importId = ({ bucket, region, connection }: ImportTarget) =>
  `${connection ? `${connection}/` : ""}${bucket}${region ? `@${region}` : ""}`;

/**
 * Reads the id of an import, or of a `get`: the bucket's name; after `@` its region, before `/` the connection, where
 * they aren't those of the provider. State has the bucket's name alone as id. Throws OssEncryptionError.
 */
export function parseImportId(id: string): ImportTarget {
  const slash = id.lastIndexOf("/");
  const [bucket = "", region, ...others] = id.slice(slash + 1).split("@");
  const connection = id.slice(0, Math.max(0, slash));
  const isWhole = isBucketName(bucket) && region !== "" && others.length === 0 && slash !== 0;
  if (!isWhole) {
    throw new OssEncryptionError(
      "The id of a BucketEncryption is its bucket's name; to import one of another region or connection than the " +
        "provider's it is bucket@region, connection/bucket or connection/bucket@region.",
    );
  }
  return { bucket, ...(region && { region }), ...(connection && { connection }) };
}
