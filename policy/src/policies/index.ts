import type { Policies } from "@pulumi/policy";
import { allowedAlgorithms } from "./allowed-algorithms";
import { customerManagedKey } from "./customer-managed-key";
import { declared } from "./declared";
import { declaredOnce } from "./declared-once";
import { ignoreChanges } from "./ignore-changes";
import { kms } from "./kms";
import { protectedFromDeletion } from "./protected";

export { allowedAlgorithms } from "./allowed-algorithms";
export { customerManagedKey } from "./customer-managed-key";
export { declared } from "./declared";
export { declaredOnce } from "./declared-once";
export { ignoreChanges } from "./ignore-changes";
export { kms } from "./kms";
export { protectedFromDeletion } from "./protected";

/**
 * Every policy of the pack, for a pack of one's own: importing this starts none. Each checks its own config when the
 * first resource comes by.
 */
export const policies: Policies = [
  declared,
  declaredOnce,
  ignoreChanges,
  kms,
  customerManagedKey,
  allowedAlgorithms,
  protectedFromDeletion,
];
