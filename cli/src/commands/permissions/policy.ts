/** What somebody needs to be allowed, and what for. */
export interface Permission {
  /** RAM action, such as `oss:GetBucketEncryption`. */
  action: string;
  /** Resources that it is needed on. */
  resources: string[];
  reason: string;
  isWrite: boolean;
}

export interface Scope {
  /** Names; undefined: all buckets of the account. */
  buckets?: readonly string[] | undefined;
  /** CMKs that their rules name; undefined: not known. */
  keys?: readonly string[] | undefined;
  /** Only what refresh, drift and audit need. */
  readOnly: boolean;
  /** With what `audit --objects` needs. */
  objects: boolean;
}

/** The least that the provider and this command need. */
export function permissions({ buckets, keys = ["*"], readOnly, objects }: Scope): Permission[] {
  const names = sorted(buckets ?? ["*"]);
  const onBuckets = names.map((name) => `acs:oss:*:*:${name}`);
  const onKeys = sorted(keys).map((id) => `acs:kms:*:*:key/${id}`);
  const onObjects = names.map((name) => `acs:oss:*:*:${name}/*`);
  const needed: Permission[] = [];
  const need = (action: string, resources: string[], reason: string, isWrite = false) =>
    needed.push({ action, resources, reason, isWrite });

  need("oss:GetBucketEncryption", onBuckets, "read the rule: preview, up, refresh, drift, audit, import");
  if (!readOnly) {
    need("oss:PutBucketEncryption", onBuckets, "declare a rule: up", true);
    const removal = "remove a rule that is no longer declared: up, destroy";
    need("oss:DeleteBucketEncryption", onBuckets, removal, true);
  }
  if (!buckets) need("oss:ListBuckets", ["acs:oss:*:*:*"], "find the buckets: audit, import");
  if (objects) {
    need("oss:ListObjects", onBuckets, "find existing objects: audit --objects");
    need("oss:GetObject", onObjects, "read how an object is encrypted: audit --objects");
    need("oss:ListObjectVersions", onBuckets, "find old versions of objects: audit --objects");
    need("oss:GetObjectVersion", onObjects, "read how an old version is encrypted: audit --objects");
  }
  if (keys.length > 0) {
    need("kms:DescribeKey", onKeys, "see whether uploads can use a rule's CMK: audit, permissions --check");
  }
  return needed;
}

/** What a CMK asks of others than who declares it: OSS encrypts in the name of who uploads. */
export const neededByOthers: readonly Pick<Permission, "action" | "reason">[] = [
  { action: "kms:GenerateDataKey", reason: "not in this policy: whoever uploads needs it on the CMK" },
  { action: "kms:Decrypt", reason: "not in this policy: whoever uploads or downloads needs it on the CMK" },
];

/** States have no order that lasts, and a policy that is kept in a repository should change for a reason only. */
const sorted = (names: readonly string[]) => [...new Set(names)].sort();

/** The RAM policy that allows them, with one statement for the same resources. */
export function policyDocument(needed: readonly Permission[]) {
  const statements = new Map<string, { Effect: "Allow"; Action: string[]; Resource: string[] }>();
  for (const { action, resources } of needed) {
    const key = resources.join();
    const statement = statements.get(key) ?? { Effect: "Allow", Action: [], Resource: resources };
    statement.Action.push(action);
    statements.set(key, statement);
  }
  return { Version: "1", Statement: [...statements.values()] };
}
