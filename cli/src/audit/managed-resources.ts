import type { Deployment } from "@pulumi/pulumi/automation";
import { managedBucket, ourResources, shown, type ManagedBucket } from "../drift/managed-buckets";

/** A resource of ours in a state. */
export interface ManagedResource extends ManagedBucket {
  /** The name that the program gives the resource. */
  name: string;
  /** "[secret]" where the state keeps it secret. */
  kmsMasterKeyId?: string;
}

export function managedResources(state: Deployment): ManagedResource[] {
  return ourResources(state).map((resource) => {
    const key = shown(resource.inputs?.kmsMasterKeyId);
    const named = { ...managedBucket(resource), name: nameOf(resource.urn) };
    return key ? { ...named, kmsMasterKeyId: key } : named;
  });
}

export const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";
