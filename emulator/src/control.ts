import { startAccounts, type Account } from "./auth/accounts";
import type { BucketSettings, EmulatorOptions } from "./options";
import { isOldBucketName } from "./requests/addressing";
import type { EncryptionRule } from "./store/encryption-rule";
import type { Key } from "./store/store";
import { bucketSchema, check, faultSchema, keyState, ruleSchema } from "./schema";
import type { Fault } from "./server/fault";
import type { LoggedRequest } from "./server/request-log";
import type { ServerState } from "./server/server-state";

/** What a test does to an emulator behind the back of its clients: seed, look, change, script faults. */
export class Control {
  /** @param operations names that faults may use */
  constructor(
    /** @internal */
    protected readonly state: ServerState,
    private readonly options: Pick<EmulatorOptions, "accounts" | "buckets" | "keys" | "faults">,
    private readonly operations: ReadonlySet<string>,
  ) {}

  /** Brings back what the emulator was started with: other buckets, accounts, sessions, keys of KMS and faults are gone, and so is the log. */
  reset(): void {
    const { store, faults, accounts } = this.state;
    accounts.clear();
    for (const account of startAccounts(this.options.accounts)) this.addAccount(account);
    store.buckets.clear();
    store.keys.clear();
    faults.clear();
    this.clearRequests();
    for (const key of this.options.keys ?? []) {
      if (typeof key === "string") this.setKey(key);
      else store.keys.set(key.id, { ...key });
    }
    for (const { name, ...settings } of this.options.buckets ?? []) this.createBucket(name, settings);
    for (const fault of this.options.faults ?? []) this.fault(fault);
  }

  /** Every request so far, in order of arrival; those still running are in it too. */
  get requests(): readonly LoggedRequest[] {
    return this.state.log.entries;
  }

  /** How often each operation was answered; `unknown` are requests that ask for none. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.state.log.counts);
  }

  /** Forgets log and counts. */
  clearRequests(): void {
    this.state.log.clear();
  }

  /** Makes a bucket, also an old one with underscores in its name. @throws Error for another name, or one that is taken; TypeError for wrong settings */
  createBucket(name: string, settings: BucketSettings = {}): void {
    const { store, now, owner } = this.state;
    if (!isOldBucketName(name)) throw new Error(`"${name}" is not a bucket name.`);
    if (store.buckets.has(name)) throw new Error(`The bucket "${name}" exists already.`);
    const {
      region = this.state.region,
      account = owner,
      encryption,
      acl = "private",
    } = check(bucketSchema, settings, "A bucket");
    store.addBucket({ name, region, owner: account, createdAt: new Date(now()), acl });
    this.setEncryption(name, encryption);
  }

  /** Removes a bucket with all its objects; nothing happens if there is none. */
  deleteBucket(name: string): void {
    this.state.store.buckets.delete(name);
  }

  /** Names of all buckets of all accounts, sorted. */
  get buckets(): string[] {
    return [...this.state.store.buckets.keys()].sort();
  }

  /** A bucket's default rule as it truly is, however stale requests read it; `undefined`: none. @throws OssError NoSuchBucket */
  encryption(bucket: string): EncryptionRule | undefined {
    const rule = this.state.store.bucket(bucket).encryption.latest;
    return rule && { ...rule };
  }

  /** Sets or removes a bucket's default rule at once: a change "from outside". @throws OssError NoSuchBucket; TypeError for what is no rule */
  setEncryption(bucket: string, rule: EncryptionRule | undefined): void {
    const checked = rule === undefined ? undefined : check(ruleSchema, rule, "A rule");
    this.state.store.bucket(bucket).encryption.set(checked, -Infinity, -Infinity);
  }

  /** Adds a CMK to KMS, or changes its state. @throws TypeError for another state */
  setKey(id: string, state: Key["state"] = "Enabled"): void {
    const { keys } = this.state.store;
    keys.set(id, { ...keys.get(id), id, state: check(keyState, state, "The state of a key") });
  }

  /** Adds keys of an account, or replaces what is known of an access key id. */
  addAccount(account: Account): void {
    this.state.accounts.set(account.accessKeyId, account);
  }

  /** Forgets an access key; its account keeps its buckets. */
  removeAccessKey(accessKeyId: string): void {
    this.state.accounts.delete(accessKeyId);
  }

  /**
   * Ends all temporary keys given out so far: OSS then answers SecurityTokenExpired (`expired`), or doesn't know
   * them any more and answers InvalidSecurityToken (`revoked`).
   */
  endSessions(how: "expired" | "revoked" = "expired"): void {
    const { accounts, now } = this.state;
    for (const [accessKeyId, account] of accounts) {
      if (!accessKeyId.startsWith("STS.")) continue;
      if (how === "revoked") accounts.delete(accessKeyId);
      else accounts.set(accessKeyId, { ...account, expiration: new Date(now()) });
    }
  }

  /** Scripts a fault. Returns a function that takes it back. @throws TypeError naming what is wrong with it */
  fault(given: Fault): () => void {
    const { store, faults, now } = this.state;
    const fault = check(faultSchema, given, "A fault");
    const unknown = [fault.operation ?? []].flat().find((name) => !this.operations.has(name));
    if (unknown !== undefined) throw new TypeError(`There is no operation "${unknown}".`);
    const snapshot = [...store.buckets.values()].map(
      ({ name, encryption }) => [name, encryption.latest] as const,
    );
    return faults.add(fault, new Map(snapshot), now());
  }

  /** Takes all faults back. */
  clearFaults(): void {
    this.state.faults.clear();
  }
}
