import type { Deployment, Stack } from "@pulumi/pulumi/automation";
import { orUserError } from "../../pulumi/project";
import { managedOfType } from "../../pulumi/stack-state";
import { UserError } from "../../user-error";

/** Type token of the alicloud provider's resource for the same rule. */
const alicloudType = "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption";

/** A rule that the alicloud provider's resource manages. */
export interface AlicloudResource {
  urn: string;
  bucket: string;
  isProtected: boolean;
}

/** The alicloud provider's resources for default rules in a stack. Throws {@link UserError} where there are none. */
export async function findAlicloudResources(stack: Stack): Promise<AlicloudResource[]> {
  const resources = alicloudResources(await orUserError(stack.exportStack()));
  if (resources.length > 0) return resources;
  throw new UserError(
    `--from-alicloud: the state of stack ${stack.name} holds no alicloud.oss.BucketServerSideEncryption.`,
  );
}

export function alicloudResources(state: Deployment): AlicloudResource[] {
  return managedOfType(state, alicloudType).flatMap(({ urn, id, protect = false }) =>
    id ? [{ urn, bucket: id, isProtected: protect }] : [],
  );
}
