import type { Deployment } from "@pulumi/pulumi/automation";
import { managedOfType } from "../../pulumi/stack-state";

/** Type token of the alicloud provider's resource for the same rule. */
const alicloudType = "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption";

/** A rule that the alicloud provider's resource manages. */
export interface AlicloudResource {
  urn: string;
  bucket: string;
  isProtected: boolean;
}

/** The alicloud provider's resources for default rules in a state. */
export function alicloudResources(state: Deployment): AlicloudResource[] {
  return managedOfType(state, alicloudType).flatMap(({ urn, id, protect = false }) =>
    id ? [{ urn, bucket: id, isProtected: protect }] : [],
  );
}

/** Arguments of the command that takes a resource out of a state and leaves the rule in OSS as it is. */
export function dropArguments({ urn, isProtected }: AlicloudResource, stack: string): string[] {
  return ["state", "delete", urn, "--stack", stack, "--yes", ...(isProtected ? ["--force"] : [])];
}

/** A command as a shell takes it. */
export function shellLine(command: string, args: readonly string[]): string {
  const quoted = args.map((arg) =>
    /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`,
  );
  return [command, ...quoted].join(" ");
}
