import type { Deployment } from "@pulumi/pulumi/automation";

/** Type token of our resource; glob that finds it under any parent: `*` does not reach over a `$` or `:`. */
export const resourceType = "pulumi-nodejs:dynamic/oss:BucketEncryption";
export const everyResource = `urn:pulumi:*::*::**${resourceType}::**`;

/** A bucket whose default rule a stack manages. */
export interface ManagedBucket {
  urn: string;
  /** Name, or "[secret]" where the state keeps it secret. */
  bucket: string;
  region: string | null;
  connection: string | null;
}

export const secretText = "[secret]";

/** Key by which states and events mark a value that is not a plain one, and its value for secrets. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

export function isSecret(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as Record<string, unknown>)[signatureKey] === secretSignature
  );
}

/** A property as it may be shown. */
export function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (isSecret(value)) return secretText;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A resource as states hold it. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  /** Waiting to be deleted, having been replaced. */
  delete?: boolean;
  /** Looked up by the program, not managed. */
  external?: boolean;
}

/** The buckets that a stack's state says it manages. */
export function managedBuckets(state: Deployment): ManagedBucket[] {
  return ourResources(state).map(managedBucket);
}

export function ourResources(state: Deployment): StateResource[] {
  const { resources = [] } = (state.deployment ?? {}) as { resources?: StateResource[] };
  return resources.filter(
    (resource) => resource.type === resourceType && !resource.delete && !resource.external,
  );
}

export function managedBucket({ urn, id, inputs = {} }: StateResource): ManagedBucket {
  return {
    urn,
    bucket: isSecret(inputs.bucket) ? secretText : (id ?? shown(inputs.bucket) ?? ""),
    region: shown(inputs.region),
    connection: shown(inputs.connection),
  };
}
