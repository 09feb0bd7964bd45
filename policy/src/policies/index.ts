// What may a stack not do?

import type { Policies } from "@pulumi/policy";
import { allowedAlgorithms } from "./allowed-algorithms";
import { customerManagedKey } from "./customer-managed-key";
import { declared } from "./declared";
import { declaredOnce } from "./declared-once";
import { ignoreChanges } from "./ignore-changes";
import { kms } from "./kms";
import { protectedFromDeletion } from "./protected";

export {
  allowedAlgorithms,
  customerManagedKey,
  declared,
  declaredOnce,
  ignoreChanges,
  kms,
  protectedFromDeletion,
};

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
