import type { Authenticated } from "../auth/authenticate";
import { evaluate } from "../auth/policy";
import { endpointsOf } from "../requests/addressing";
import type { Operation } from "./operation";
import { OssError } from "../errors/oss-error";
import type { OssRequest } from "../requests/oss-request";
import type { Bucket, Store } from "../store/store";

/**
 * Decides whether a sender may do what it asks for, in the order in which OSS looks: bucket exists, right endpoint, permission.
 *
 * @throws OssError with the reason
 */
export function authorize(
  operation: Operation,
  request: OssRequest,
  sender: Authenticated | undefined,
  store: Store,
): void {
  const bucket = request.bucket === undefined ? undefined : findBucket(operation, request.bucket, store);
  if (bucket && !operation.anyRegion && !operation.createsBucket) {
    checkEndpoint(request, bucket, sender?.signedRegion);
  }
  if (sender === undefined) {
    if (bucket && operation.openTo?.includes(bucket.acl)) return;
    throw new OssError("AnonymousForbidden");
  }
  checkPolicy(operation, request, sender, bucket);
  checkOwner(operation, sender, bucket);
}

function findBucket(operation: Operation, name: string, store: Store): Bucket | undefined {
  return operation.createsBucket ? store.buckets.get(name) : store.bucket(name);
}

function checkEndpoint(request: OssRequest, bucket: Bucket, signedRegion: string | undefined): void {
  if (request.region !== undefined && request.region !== bucket.region) {
    throw new OssError("WrongEndpoint", {
      Bucket: bucket.name,
      Endpoint: endpointsOf(bucket.region).ExtranetEndpoint,
    });
  }
  if (signedRegion !== undefined && signedRegion !== bucket.region && request.region === undefined) {
    throw new OssError("SigningRegionOfOtherBucket", { ArgumentName: "region", ArgumentValue: signedRegion });
  }
}

function checkPolicy(
  operation: Operation,
  request: OssRequest,
  { identity }: Authenticated,
  bucket: Bucket | undefined,
): void {
  const action = operation.action ?? `oss:${operation.name}`;
  const path = request.bucket === undefined ? "*" : [request.bucket, request.key].filter(Boolean).join("/");
  const region = bucket?.region ?? request.region ?? "*";
  const resource = `acs:oss:oss-${region}:${bucket?.owner ?? identity.account}:${path}`;
  if (evaluate(identity.sessionPolicy, action, resource) !== "Allow") {
    throw new OssError("ForbiddenBySessionPolicy");
  }
  const verdict = evaluate(identity.policy, action, resource);
  if (verdict === "Allow") return;
  const cause = operation.on === "object" ? "ForbiddenOnObject" : "ForeignBucket";
  throw new OssError(verdict === "ExplicitDeny" ? "ForbiddenByPolicy" : cause, {
    AccessDeniedDetail: {
      PolicyType: "AccountLevelIdentityBasedPolicy",
      AuthPrincipalOwnerId: identity.account,
      AuthPrincipalType: identity.name.startsWith("assumed-role/") ? "AssumedRoleUser" : "SubUser",
      AuthPrincipalDisplayName: identity.name.replace(/^[a-z-]+\//, ""),
      NoPermissionType: verdict,
      AuthAction: action,
    },
  });
}

function checkOwner(operation: Operation, { identity }: Authenticated, bucket: Bucket | undefined): void {
  if (bucket === undefined || bucket.owner === identity.account || operation.createsBucket) return;
  if (!operation.openTo?.includes(bucket.acl)) {
    throw new OssError("ForeignBucket", { BucketName: bucket.name });
  }
}
