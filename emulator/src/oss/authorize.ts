import { identityVerdict } from "../auth/accounts";
import type { Authenticated } from "../auth/authenticate";
import type { Verdict } from "../auth/policy";
import { OssError } from "../errors/oss-error";
import { endpointsOf } from "../requests/addressing";
import type { OssRequest } from "../requests/oss-request";
import { parseXml } from "../requests/xml";
import type { Bucket, Store } from "../store/store";
import { bucketPolicyVerdict } from "./bucket-policy";
import type { Operation } from "./operation";

/** What somebody asks to be allowed. */
interface Asked {
  operation: Operation;
  request: OssRequest;
  bucket: Bucket | undefined;
  /** In the words of policies. */
  action: string;
  resource: string;
  /** What the bucket's own policy says. */
  bucketVerdict: Verdict;
}

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
  if (operation.authorizesKeys) return;
  const asked = readAsked(operation, request, sender?.identity.account, bucket);
  if (asked.bucketVerdict === "ExplicitDeny") throw new OssError("ForbiddenByPolicy");
  if (sender === undefined) {
    if (asked.bucketVerdict !== "Allow" && !isOpen(asked)) throw new OssError("AnonymousForbidden");
    return;
  }
  checkPolicy(asked, sender);
  checkOwner(asked, sender);
}

function readAsked(
  operation: Operation,
  request: OssRequest,
  account: string | undefined,
  bucket: Bucket | undefined,
): Asked {
  const action = operation.action ?? `oss:${operation.name}`;
  const path = request.bucket === undefined ? "*" : [request.bucket, request.key].filter(Boolean).join("/");
  const region = bucket?.region ?? request.region ?? "*";
  const resource = `acs:oss:oss-${region}:${bucket?.owner ?? account ?? "*"}:${path}`;
  const bucketVerdict = bucket ? bucketPolicyVerdict(bucket, account, action, resource) : "ImplicitDeny";
  return { operation, request, bucket, action, resource, bucketVerdict };
}

function findBucket(operation: Operation, name: string, store: Store): Bucket | undefined {
  const mayBeMissing = operation.createsBucket ?? operation.makesMissingBucket;
  return mayBeMissing ? store.buckets.get(name) : store.bucket(name);
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

/** Whether the ACL opens it to everybody: the object's own, if it has one, otherwise the bucket's. */
function isOpen({ operation, request, bucket }: Asked): boolean {
  if (bucket === undefined || operation.openTo === undefined) return false;
  const own = operation.on === "object" ? bucket.objects.current(request.key ?? "")?.acl : undefined;
  return operation.openTo.includes(own === undefined || own === "default" ? bucket.acl : own);
}

function checkPolicy(
  { operation, action, resource, bucketVerdict }: Asked,
  { identity }: Authenticated,
): void {
  const verdict = identityVerdict(identity, action, resource);
  if (verdict === "SessionDeny") throw new OssError("ForbiddenBySessionPolicy");
  if (verdict === "Allow" || (verdict === "ImplicitDeny" && bucketVerdict === "Allow")) return;
  throw new OssError(verdict === "ExplicitDeny" ? "ForbiddenByPolicy" : causeOf(operation), {
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

function causeOf({ on }: Operation) {
  if (on === "service") return "ForbiddenListBuckets";
  return on === "object" ? "ForbiddenOnObject" : "ForeignBucket";
}

/** Other accounts need an open ACL or the bucket's policy, and have to say that they pay where they must. */
function checkOwner(asked: Asked, { identity }: Authenticated): void {
  const { bucket, operation, request, bucketVerdict } = asked;
  if (bucket === undefined || bucket.owner === identity.account || operation.createsBucket) return;
  if (bucketVerdict !== "Allow" && !isOpen(asked)) {
    throw new OssError("ForeignBucket", { BucketName: bucket.name });
  }
  const payer = request.headers["x-oss-request-payer"] ?? request.query.get("x-oss-request-payer");
  if (requesterPays(bucket) && payer !== "requester") {
    throw new OssError("RequesterMustPay");
  }
}

function requesterPays({ documents }: Bucket): boolean {
  const document = documents.get("requestPayment");
  return (
    document !== undefined && parseXml(document, "RequestPaymentConfiguration").text("Payer") === "Requester"
  );
}
