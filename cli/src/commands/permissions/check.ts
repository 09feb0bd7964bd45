import { OssCallError, OssEncryptionError, isNotFound } from "pulumi-oss-encryption/oss";
import type { Connections, EncryptionRule } from "pulumi-oss-encryption/oss";
import { concurrently } from "../../buckets/concurrently";
import { isUsable, KeyReader } from "../../buckets/read-keys";
import type { Selected } from "../../buckets/select-buckets";
import type { Permission } from "./policy";

/** What trying a permission showed. */
export interface Tried {
  action: string;
  /** Empty: the account. */
  bucket: string;
  /** `untried`: there is no way, see `reason`; `keyUnusable`: allowed, but uploads can't use the rule's CMK. */
  result: "allowed" | "missing" | "unknown" | "untried" | "keyUnusable";
  reason?: string;
}

type Shown = Pick<Tried, "result" | "reason">;

/** Buckets that are tried side by side. */
const concurrency = 16;

/** Tries, by reading only, what the credentials may do. */
export async function check(
  needed: readonly Permission[],
  targets: readonly Selected[],
  connections: Connections,
): Promise<Tried[]> {
  const rules = new Map<Selected, EncryptionRule | undefined>();
  const tried: Tried[] = [];
  for (const { action, isWrite } of needed) {
    const add = (bucket: string, shown: Shown) => tried.push({ action, bucket, ...shown });
    const each = async (some: readonly Selected[], show: (target: Selected) => Promise<Shown>) => {
      const all = await concurrently(some, concurrency, show);
      all.forEach((shown, index) => add(some[index]?.bucket ?? "", shown));
    };
    if (isWrite) {
      add("", { result: "untried", reason: "Only a write would show it." });
    } else if (action === "oss:ListBuckets") {
      add("", await attempt(() => first(connections.inventory({}).listBuckets())));
    } else if (action === "kms:DescribeKey") {
      const reader = new KeyReader(connections);
      const withKey = targets.filter((target) => rules.get(target)?.kmsMasterKeyId !== undefined);
      if (withKey.length === 0) add("", { result: "untried", reason: "No rule that was read names a CMK." });
      await each(withKey, (target) =>
        attemptKey(reader, target, rules.get(target)?.kmsMasterKeyId ?? "", connections),
      );
    } else if (targets.length === 0) {
      add("", { result: "unknown", reason: "There is no bucket to try it on." });
    } else {
      await each(targets, (target) =>
        attempt(async () => {
          const answer = await probe(action, target, connections);
          if (action === "oss:GetBucketEncryption") rules.set(target, answer as EncryptionRule | undefined);
        }),
      );
    }
  }
  return tried;
}

const first = (pages: AsyncGenerator) => pages.next();

/** No object has this name for sure, and OSS looks at the permission before it looks for the object. */
const noObject = "oss-encryption-permission-check";

function probe(action: string, { bucket, ...target }: Selected, connections: Connections): Promise<unknown> {
  const inventory = connections.inventory(target);
  if (action === "oss:ListObjects") return first(inventory.listKeys(bucket, 1));
  if (action === "oss:GetObject") return inventory.headObject(bucket, noObject);
  return connections.client(target).getBucketEncryption(bucket);
}

async function attempt(call: () => Promise<unknown>): Promise<Shown> {
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

async function attemptKey(
  reader: KeyReader,
  { bucket, ...target }: Selected,
  keyId: string,
  connections: Connections,
): Promise<Shown> {
  const region = connections.inventory(target).regionOf(bucket);
  const key = await reader.read(keyId, { region, connection: target.connection ?? null });
  if (key.state === null) return { result: key.missing ? "missing" : "unknown", reason: key.reason ?? "" };
  if (isUsable(key)) return { result: "allowed" };
  return { result: "keyUnusable", reason: `CMK ${keyId} is ${key.state} in KMS: uploads fail.` };
}
