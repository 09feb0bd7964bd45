import { evaluate, type Policy, type Verdict } from "./policy";

/** Keys of an account, of one of its RAM users, or of a role somebody took on. Entries with the same `id` share one account and its buckets. */
export interface Account {
  /** Account id, usually 16 digits. Owns the buckets that its keys create. */
  id: string;
  /** Any text; with a `securityToken`, OSS's begin with `STS.`. */
  accessKeyId: string;
  /** What requests are signed with. */
  accessKeySecret: string;
  /** Makes these temporary keys (STS): requests must carry this token. */
  securityToken?: string;
  /** When temporary keys end; absent: never. */
  expiration?: Date;
  /** RAM policy of this identity; absent: it may do everything in its account. */
  policy?: Policy;
  /** What narrows `policy` for temporary keys: an action needs both. */
  sessionPolicy?: Policy;
  /** Who this is, in messages and in the log: `user/ci`, `assumed-role/deployer/session`, or `root`, which may not assume roles. Default `user/default`. */
  name?: string;
  /** A disabled key is refused like on OSS. */
  disabled?: boolean;
}

/** The keys that an emulator knows when nobody gave it any. */
export const defaultAccount: Account = {
  id: "1234567890123456",
  accessKeyId: "emulator-access-key-id",
  accessKeySecret: "emulator-access-key-secret",
};

/** The keys that an emulator starts with. */
export function startAccounts(given: readonly Account[] = []): readonly Account[] {
  return given.length > 0 ? given : [defaultAccount];
}

/** Who a request comes from, without anything secret. */
export interface Identity {
  account: string;
  name: string;
  policy: Policy | undefined;
  sessionPolicy: Policy | undefined;
}

export function identityOf({ id, name = "user/default", policy, sessionPolicy }: Account): Identity {
  return { account: id, name, policy, sessionPolicy };
}

/** What the policies of an identity say about an action. Temporary keys need the permission of both. */
export function identityVerdict(
  { policy, sessionPolicy }: Pick<Identity, "policy" | "sessionPolicy">,
  action: string,
  resource: string,
): Verdict | "SessionDeny" {
  if (evaluate(sessionPolicy, action, resource) !== "Allow") return "SessionDeny";
  return evaluate(policy, action, resource);
}
