import type { Deployment } from "@pulumi/pulumi/automation";
import { pluginResourceType, resourceTypes } from "pulumi-oss-encryption/oss";
import type { BucketAddress } from "../bucket-address";

/** A bucket whose default rule a stack manages. */
export interface ManagedBucket {
  urn: string;
  /** Name, or "[secret]" where the state keeps it secret. */
  bucket: string;
  region: string | null;
  connection: string | null;
}

/** As {@link ManagedBucket}, with what the program calls it and how it is reached. */
export interface ManagedResource extends ManagedBucket {
  /** Where the bucket truly is, secret or not: it is matched and read by this, and shown as the rest says. */
  address: BucketAddress;
  /** The name that the program gives the resource. */
  name: string;
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

/** A property as the program gave it: an export that shows secrets has them as JSON. */
export function plainValue(value: unknown): unknown {
  if (!isSecret(value)) return value;
  const { plaintext } = value as { plaintext?: unknown };
  return typeof plaintext === "string" ? (JSON.parse(plaintext) as unknown) : undefined;
}

/** As {@link plainValue}, where it is text; null: there is none, or it is something else. */
export function plain(value: unknown): string | null {
  const given = plainValue(value);
  return typeof given === "string" && given !== "" ? given : null;
}

/** A resource as states hold it: what of it is read here. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** Deleted already, to be created anew. */
  pendingReplacement?: boolean;
  /** Waiting to be deleted, having been replaced. */
  delete?: boolean;
  /** Looked up by the program, not managed. */
  external?: boolean;
  protect?: boolean;
  ignoreChanges?: string[];
  parent?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
  deletedWith?: string;
  replaceWith?: string[];
  /** URN and id. */
  provider?: string;
}

/** Whether a property of a resource is to be shown to nobody: `additionalSecretOutputs` marks it among the outputs alone. */
export const isHidden = ({ inputs = {}, outputs = {} }: StateResource, property: string): boolean =>
  isSecret(inputs[property]) || isSecret(outputs[property]);

/** A property that was declared, as it may be shown; null: there is none. */
export function shown(resource: StateResource, property: string): string | null {
  const value = resource.inputs?.[property] ?? null;
  if (value === null) return null;
  if (isHidden(resource, property)) return secretText;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Whether the engine leaves a property as it is, whatever the program says. */
export const ignores = ({ ignoreChanges = [] }: StateResource, property: string): boolean =>
  ignoreChanges.some((path) => ["*", property, `["${property}"]`].includes(path));

/** All that a state holds, of whatever type. */
export const resourcesOf = (state: Deployment): StateResource[] =>
  ((state.deployment ?? {}) as { resources?: StateResource[] }).resources ?? [];

/** What the engine had begun when it wrote the state last, and not ended. */
export interface PendingOperation {
  /** `creating`, `updating`, `deleting`, `importing` or `reading`. */
  type: string;
  /** As it is to be; for a delete, as it is. */
  resource: StateResource;
}

export const pendingOperationsOf = (state: Deployment): PendingOperation[] =>
  ((state.deployment ?? {}) as { pending_operations?: PendingOperation[] | null }).pending_operations ?? [];

/** Whether a resource is a `BucketEncryption`, in whichever of its forms. */
export const isBucketEncryption = ({ type }: Pick<StateResource, "type">) => resourceTypes.includes(type);

/** Whether a resource is a `BucketEncryption` that is the stack's own, and not only looked up. */
export const isOwn = (resource: StateResource) => isBucketEncryption(resource) && !resource.external;

/** The resources of a type that the stack manages: neither replaced already nor only looked up. */
export const managedOfType = (state: Deployment, ...types: readonly string[]): StateResource[] =>
  resourcesOf(state).filter(
    (resource) => types.includes(resource.type) && !resource.delete && !resource.external,
  );

export const managedResources = (state: Deployment): ManagedResource[] =>
  managedOfType(state, ...resourceTypes).map((resource) => ({
    ...managedBucket(resource),
    address: addressOf(resource),
    name: nameOf(resource.urn),
  }));

/**
 * The `BucketEncryption`s that the next `pulumi up` has to do with: also those that wait for their deletion, and those that
 * the engine had begun to create.
 */
export function ownResources(state: Deployment): StateResource[] {
  const begun = pendingOperationsOf(state).filter(({ type }) => type !== "reading");
  return [...resourcesOf(state), ...begun.map(({ resource }) => resource)].filter(isOwn);
}

export function addressOf({ type, id, provider, inputs = {} }: StateResource): BucketAddress {
  return {
    // Code of somebody else may have given the resource any id.
    bucket: plain(inputs.bucket) ?? id ?? "",
    region: plain(inputs.region),
    connection: plain(inputs.connection),
    ...reachedThrough({ type, provider }),
  };
}

/** The provider resource that leads to a bucket: a dynamic resource's is the engine's own business. */
export const reachedThrough = ({ type, provider }: { type: string; provider?: string | undefined }) =>
  type === pluginResourceType && provider ? { provider } : {};

export function managedBucket(resource: StateResource): ManagedBucket {
  const { urn, id } = resource;
  return {
    urn,
    bucket: isHidden(resource, "bucket") ? secretText : (id ?? shown(resource, "bucket") ?? ""),
    region: shown(resource, "region"),
    connection: shown(resource, "connection"),
  };
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";
