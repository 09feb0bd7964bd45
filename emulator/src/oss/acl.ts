import type { IncomingHttpHeaders } from "node:http";
import { OssError } from "../errors/oss-error";
import type { BucketAcl, StoredObject } from "../store/object-versions";

const bucketAcls = ["private", "public-read", "public-read-write"] as const;

/** Reads `x-oss-acl`, the ACL of a bucket. @throws OssError for what isn't one */
export function readBucketAcl(headers: IncomingHttpHeaders): BucketAcl | undefined {
  return readAcl(headers, "x-oss-acl", bucketAcls, "bucket");
}

/** Reads `x-oss-object-acl`. @throws OssError for what isn't an ACL of an object */
export function readObjectAcl(headers: IncomingHttpHeaders): StoredObject["acl"] | undefined {
  return readAcl(headers, "x-oss-object-acl", ["default", ...bucketAcls], "object");
}

export function aclToXml(owner: string, acl: string) {
  return {
    AccessControlPolicy: { Owner: { ID: owner, DisplayName: owner }, AccessControlList: { Grant: acl } },
  };
}

/** An empty header counts as absent: some clients always send it. */
function readAcl<A extends string>(
  headers: IncomingHttpHeaders,
  name: string,
  acls: readonly A[],
  owner: string,
): A | undefined {
  const text = headers[name]?.toString() ?? "";
  if (text === "") return undefined;
  const acl = acls.find((one) => one === text);
  if (acl !== undefined) return acl;
  const argument = { ArgumentName: name, ArgumentValue: text };
  throw new OssError("InvalidArgument", argument, `no such ${owner} access control exists`);
}
