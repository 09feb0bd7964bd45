import { OssCallError, OssEncryptionError, isNotFound, type Connections } from "pulumi-oss-encryption/oss";
import type { Selected } from "../audit/select-buckets";
import type { Permission } from "./policy";

/** What trying a permission showed. */
export interface Tried {
  action: string;
  /** Empty: the account. */
  bucket: string;
  /** `untried`: only a write would show it. */
  result: "allowed" | "missing" | "unknown" | "untried";
  reason?: string;
}

/** Tries, by reading only, what the credentials may do. */
export async function check(
  needed: readonly Permission[],
  targets: readonly Selected[],
  connections: Connections,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const { action, isWrite } of needed) {
    if (isWrite) tried.push({ action, bucket: "", result: "untried" });
    else if (action === "oss:ListBuckets")
      tried.push({
        action,
        bucket: "",
        ...(await outcome(() => first(connections.inventory({}).listBuckets()))),
      });
    else if (targets.length === 0)
      tried.push({ action, bucket: "", result: "unknown", reason: "There is no bucket to try it on." });
    else
      for (const { bucket, ...target } of targets)
        tried.push({ action, bucket, ...(await outcome(() => probe(action, bucket, target, connections))) });
  }
  return tried;
}

const first = (pages: AsyncGenerator) => pages.next();

/** No object has this name for sure, and OSS looks at the permission before it looks for the object. */
const noObject = "oss-encryption-permission-check";

function probe(
  action: string,
  bucket: string,
  target: Omit<Selected, "bucket">,
  connections: Connections,
): Promise<unknown> {
  const inventory = connections.inventory(target);
  if (action === "oss:ListObjects") return first(inventory.listKeys(bucket, 1));
  if (action === "oss:GetObject") return inventory.headObject(bucket, noObject);
  return connections.client(target).getBucketEncryption(bucket);
}

async function outcome(call: () => Promise<unknown>): Promise<Pick<Tried, "result" | "reason">> {
  try {
    await call();
    return { result: "allowed" };
  } catch (error) {
    if (!(error instanceof OssEncryptionError)) throw error;
    const { status, code } = error instanceof OssCallError ? error.failure : {};
    if (status === 404 && code === "NoSuchKey") return { result: "allowed" };
    const isMissing = status === 403 && code === "AccessDenied" && !isNotFound(error, "NoSuchBucket");
    return { result: isMissing ? "missing" : "unknown", reason: error.message };
  }
}
