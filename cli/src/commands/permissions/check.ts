import { OssCallError, OssEncryptionError } from "pulumi-oss-encryption/oss";
import type { EncryptionRule } from "pulumi-oss-encryption/oss";
import { concurrently } from "../../buckets/concurrently";
import { isUsable, KeyReader } from "../../buckets/read-keys";
import { targetOf, type BucketAddress, type ConnectionsOf } from "../../bucket-address";
import type { Permission } from "./policy";
import type { Untriable } from "./scope";

/** What trying a permission showed. */
export interface Tried {
  action: string;
  /** Empty: the account. */
  bucket: string;
  /** `untried`: it can't be tried, see `reason`; `keyUnusable`: allowed, but uploads can't use the rule's CMK. */
  result: "allowed" | "missing" | "unknown" | "untried" | "keyUnusable";
  reason?: string;
}

type Result = Pick<Tried, "result" | "reason">;

/** Buckets that are tried side by side. */
const concurrency = 16;

/** No object has this name for sure, and OSS looks at the permission before it looks for the object. */
const noObject = "oss-encryption-permission-check";
/** The version of objects from before a bucket kept versions. */
const noVersion = "null";

/** Tries, by reading only, what the credentials may do; what can't be tried is not known. */
export async function check(
  needed: readonly Permission[],
  addresses: readonly BucketAddress[],
  untriable: readonly Untriable[],
  connections: ConnectionsOf,
): Promise<Tried[]> {
  const checker = new Checker(addresses, untriable, connections);
  const tried: Tried[] = [];
  for (const permission of needed) {
    const { action } = permission;
    const results = await checker.try(permission);
    tried.push(...results.map((result) => ({ action, ...result })));
  }
  return tried;
}

type BucketResult = Result & Pick<Tried, "bucket">;

class Checker {
  /** Rules that were read, whose CMKs are looked up after. */
  readonly #rules = new Map<BucketAddress, EncryptionRule | undefined>();
  readonly #keys: KeyReader;

  constructor(
    private readonly addresses: readonly BucketAddress[],
    private readonly untriable: readonly Untriable[],
    private readonly connections: ConnectionsOf,
  ) {
    this.#keys = new KeyReader(connections);
  }

  async try({ action, isWrite }: Permission): Promise<BucketResult[]> {
    const ofAccount = (result: Result) => [{ bucket: "", ...result }];
    if (isWrite) return ofAccount({ result: "untried", reason: "Only a write would show it." });
    if (action === "oss:ListBuckets") {
      return ofAccount(await attempt(() => first(this.connections.of({}).inventory({}).listBuckets())));
    }
    if (action === "kms:DescribeKey") {
      const withKey = this.addresses.filter((address) => this.#keyId(address) !== undefined);
      if (withKey.length > 0) return this.#each(withKey, (address) => this.#tryKey(address));
      return ofAccount({ result: "untried", reason: "No rule that was read names a CMK." });
    }
    const unknown = this.untriable.map((one) => ({ ...one, result: "unknown" as const }));
    if (this.addresses.length === 0 && unknown.length === 0) {
      return ofAccount({ result: "unknown", reason: "There is no bucket to try it on." });
    }
    const results = await this.#each(this.addresses, (address) => attempt(() => this.#call(action, address)));
    return [...results, ...unknown];
  }

  #each(
    addresses: readonly BucketAddress[],
    work: (address: BucketAddress) => Promise<Result>,
  ): Promise<BucketResult[]> {
    return concurrently(addresses, concurrency, async (address) => ({
      bucket: address.bucket,
      ...(await work(address)),
    }));
  }

  #keyId(address: BucketAddress): string | undefined {
    return this.#rules.get(address)?.kmsMasterKeyId;
  }

  async #call(action: string, address: BucketAddress): Promise<void> {
    const { bucket } = address;
    const inventory = this.connections.of(address).inventory(targetOf(address));
    if (action === "oss:ListObjects") {
      await first(inventory.listKeys(bucket, 1));
    } else if (action === "oss:GetObject") {
      await inventory.headObject(bucket, noObject);
    } else if (action === "oss:ListObjectVersions") {
      await first(inventory.listOldVersions(bucket, 1));
    } else if (action === "oss:GetObjectVersion") {
      await inventory.headObject(bucket, noObject, noVersion);
    } else {
      this.#rules.set(
        address,
        await this.connections.of(address).client(targetOf(address)).getBucketEncryption(bucket),
      );
    }
  }

  async #tryKey(address: BucketAddress): Promise<Result> {
    const keyId = this.#keyId(address) ?? "";
    const region = this.connections.of(address).inventory(targetOf(address)).regionOf(address.bucket);
    const key = await this.#keys.read(keyId, { ...address, region });
    if (key.state === null) {
      // The state may keep the id secret.
      const reason = (key.reason ?? "").replaceAll(keyId, "<id>");
      return { result: key.missing ? "missing" : "unknown", reason };
    }
    if (isUsable(key)) return { result: "allowed" };
    return { result: "keyUnusable", reason: `Its CMK is ${key.state} in KMS: uploads fail.` };
  }
}

const first = (pages: AsyncGenerator) => pages.next();

async function attempt(call: () => Promise<unknown>): Promise<Result> {
  try {
    await call();
    return { result: "allowed" };
  } catch (error) {
    if (!(error instanceof OssEncryptionError)) throw error;
    const { status, code } = error instanceof OssCallError ? error.failure : {};
    if (status === 404 && (code === "NoSuchKey" || code === "NoSuchVersion")) return { result: "allowed" };
    const isMissing = status === 403 && code === "AccessDenied";
    return { result: isMissing ? "missing" : "unknown", reason: error.message };
  }
}
