import type { Deployment } from "@pulumi/pulumi/automation";

/** Type token of the alicloud provider's resource for the same rule. */
const peerType = "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption";

/** A rule that the alicloud provider's resource manages. */
export interface PeerResource {
  urn: string;
  bucket: string;
  isProtected: boolean;
}

/** The alicloud provider's resources for default rules in a state. */
export function peerResources(state: Deployment): PeerResource[] {
  interface StateResource {
    urn: string;
    type: string;
    id?: string;
    delete?: boolean;
    external?: boolean;
    protect?: boolean;
  }
  const { resources = [] } = (state.deployment ?? {}) as { resources?: StateResource[] };
  return resources
    .filter(({ type, delete: isReplaced, external }) => type === peerType && !isReplaced && !external)
    .flatMap(({ urn, id, protect = false }) => (id ? [{ urn, bucket: id, isProtected: protect }] : []));
}

/** Arguments of the command that takes a resource out of a state and leaves the rule in OSS as it is. */
export function dropArguments({ urn, isProtected }: PeerResource, stack: string): string[] {
  return ["state", "delete", urn, "--stack", stack, "--yes", ...(isProtected ? ["--force"] : [])];
}

/** A command as a shell takes it. */
export function shellLine(command: string, args: readonly string[]): string {
  const quoted = args.map((arg) =>
    /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`,
  );
  return [command, ...quoted].join(" ");
}
