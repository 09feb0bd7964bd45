import type { Deployment } from "@pulumi/pulumi/automation";
import { managedBuckets, type ManagedBucket } from "../drift/managed-buckets";

/** A resource of ours in a state. */
export interface ManagedResource extends ManagedBucket {
  /** The name that the program gives the resource. */
  name: string;
}

export function managedResources(state: Deployment): ManagedResource[] {
  return managedBuckets(state).map((bucket) => ({ ...bucket, name: nameOf(bucket.urn) }));
}

export const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";
