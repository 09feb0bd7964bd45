import type { Deployment } from "@pulumi/pulumi/automation";
import { normalRule, type EncryptionRule } from "pulumi-oss-encryption/oss";
import type { BucketAddress } from "../../bucket-address";
import {
  ignores,
  isHidden,
  isOwn,
  managedBucket,
  pendingOperationsOf,
  addressOf,
  plain,
  plainValue,
  resourcesOf,
  type ManagedBucket,
  type PendingOperation,
  type StateResource,
} from "../../pulumi/stack-state";

/** What the engine has begun with a resource and not ended. */
export interface Pending {
  kind: "create" | "update" | "replacement" | "delete";
  /** A run was at it when it wrote the state: that run goes on, or has been killed. */
  isUnderWay: boolean;
}

/** A bucket that a state has something to say of. */
export interface DeclaredBucket {
  /** As it may be shown. */
  managed: ManagedBucket;
  /** Where it is read. May hold what the program keeps secret. */
  address: BucketAddress;
  /** The declared rule, in normal form. May hold what the program keeps secret. */
  rule: EncryptionRule;
  /** Whether a property of the rule must not be shown. */
  isSecret: (property: keyof EncryptionRule) => boolean;
  /** Whether a difference in a property of the rule is to be ignored. */
  isIgnored: (property: keyof EncryptionRule) => boolean;
  /** All that its resource ignores, as the program wrote it. */
  ignoreChanges: readonly string[];
  pending?: Pending;
}

const kinds: Record<string, Pending["kind"]> = {
  creating: "create",
  importing: "create",
  updating: "update",
  deleting: "delete",
};

/**
 * Each bucket that a state manages, and those that it is about to: a resource that was replaced and waits for its
 * deletion, and one of which the state says no more than that its creation was begun.
 */
export function declaredBuckets(state: Deployment): DeclaredBucket[] {
  const operations = pendingOperationsOf(state).filter(
    ({ type, resource }) => isOwn(resource) && type in kinds,
  );
  const resources = resourcesOf(state).filter(isOwn);
  const known = resources.map((resource) => {
    const operation = operations.find((one) => isAbout(one, resource));
    return declaredBucket(resource, kindOf(resource) ?? (operation && kinds[operation.type]), operation);
  });
  const created = operations
    .filter((operation) => !resources.some((resource) => isAbout(operation, resource)))
    .map((operation) => declaredBucket(operation.resource, kinds[operation.type], operation));
  return [...known, ...created];
}

/** A replaced resource and the one in its place have one URN, and perhaps two buckets. */
const isAbout = ({ resource: subject }: PendingOperation, resource: StateResource) =>
  subject.urn === resource.urn &&
  isWaiting(subject) === isWaiting(resource) &&
  plainValue(subject.inputs?.bucket) === plainValue(resource.inputs?.bucket);

const isWaiting = (resource: StateResource) => resource.delete ?? false;

function kindOf({ delete: isReplaced, pendingReplacement }: StateResource): Pending["kind"] | undefined {
  if (isReplaced) return "delete";
  return pendingReplacement ? "replacement" : undefined;
}

function declaredBucket(
  resource: StateResource,
  kind: Pending["kind"] | undefined,
  operation: PendingOperation | undefined,
): DeclaredBucket {
  const { inputs = {}, ignoreChanges = [] } = resource;
  const declared: DeclaredBucket = {
    managed: managedBucket(resource),
    address: addressOf(resource),
    rule: normalRule({
      sseAlgorithm: plain(inputs.sseAlgorithm) ?? "",
      kmsMasterKeyId: plain(inputs.kmsMasterKeyId) ?? undefined,
      kmsDataEncryption: plain(inputs.kmsDataEncryption) ?? undefined,
    }),
    isSecret: (property) => isHidden(resource, property),
    isIgnored: (property) => ignores(resource, property),
    ignoreChanges,
  };
  return kind ? { ...declared, pending: { kind, isUnderWay: operation !== undefined } } : declared;
}
