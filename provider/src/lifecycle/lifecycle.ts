import { confirm } from "./confirm";
import { ConfigurationError, OssCallError, OssEncryptionError } from "../errors";
import { inputDifferences, inputFailures, normalInputs, type Inputs } from "../rule/inputs";
import type { OssClient } from "../oss/client";
import type { Clock } from "../net/retry";
import { describeRule, ruleDifferences, sameRule, unknownValue, type EncryptionRule } from "../rule/rule";
import type { PrefetchedRule } from "./rule-prefetch";
import { EngineRun } from "./engine-run";
import type { Target } from "../settings/settings";
import { isNotFound } from "../oss/call-sender";

type Props = Record<string, unknown>;

/** As the SDK takes it. */
interface CheckFailure {
  property: string;
  reason: string;
}

/** The constructor passes the `import` option under this name; `check` consumes it, so state never holds it. */
const importKey = "__import";

/** Milliseconds for looks that may fail. */
const briefMs = 3_000;

export interface LifecycleOptions {
  connections: {
    /** Throws {@link ConfigurationError} where the target's settings are wrong. */
    verify(target: Target): void;
    client(target: Target): OssClient;
  };
  clock: Clock;
  /** One line for the person who runs the engine. */
  log: (line: string) => void;
}

/**
 * The resource's verbs: observe, compare, apply, confirm. Olds are hints; what OSS says now decides.
 * One instance serves one run of the engine.
 */
export class Lifecycle {
  readonly #run = new EngineRun();
  readonly #said = new Set<string>();
  /** Where a look got no answer: the other looks would take as long, one after the other. */
  readonly #silent = new WeakSet<OssClient>();

  constructor(readonly options: LifecycleOptions) {}

  async check(olds: Props, news: Props): Promise<{ inputs: Props; failures: CheckFailure[] }> {
    const { [importKey]: importId, ...props } = news;
    const failures = inputFailures(props);
    // Also with other failures, so that nothing goes on to remove this bucket's rule.
    const isMoving = olds.bucket !== undefined && olds.bucket !== props.bucket;
    const conflict =
      typeof props.bucket === "string" && this.#run.declare(props as unknown as Inputs, isMoving);
    if (failures.length > 0) return { inputs: props, failures: failures.map(checkFailure) };

    const inputs = normalInputs(props);
    if (conflict) failures.push(conflict);
    failures.push(...this.#targetFailures(inputs));
    const isNew = Object.keys(olds).length === 0;
    if (failures.length === 0 && isNew && inputs.bucket !== unknownValue && this.#isTargetKnown(inputs)) {
      if (importId !== undefined) failures.push(...(await this.#compareForImport(inputs, importId)));
      else await this.#run.prefetch.start(inputs.bucket, () => this.#look(inputs));
    }
    return { inputs: { ...inputs }, failures: failures.map(checkFailure) };
  }

  diff(olds: Props, news: Props): { changes?: boolean; replaces?: string[] } {
    const changed = inputDifferences(olds, news);
    // Another resource's delete-before-replace took the rule away before the program came to declare this one.
    if (changed.length === 0) return { changes: this.#run.wasRemoved(normalInputs(news).bucket) };
    // With `changes` left out the engine compares the inputs itself and shows exactly which properties differ.
    return { replaces: changed.filter((property) => property === "bucket") };
  }

  async create(props: Props): Promise<{ id: string; outs: Props }> {
    const inputs = normalInputs(props);
    const { bucket } = inputs;
    const client = this.options.connections.client(inputs);
    await this.#run.exclusively(bucket, async () => {
      const { rule: live } = (await this.#run.prefetch.take(bucket, this.options.clock)) ?? {
        rule: await client.getBucketEncryption(bucket),
      };
      if (!this.#run.wasRemoved(bucket) && sameRule(live, inputs)) return;
      this.#announceReplacement(inputs, live);
      await this.#apply(client, inputs, props);
    });
    return { id: bucket, outs: { ...inputs } };
  }

  async update(olds: Props, news: Props): Promise<{ outs: Props }> {
    const inputs = normalInputs(news);
    const { bucket } = inputs;
    const client = this.options.connections.client(inputs);
    await this.#run.exclusively(bucket, async () => {
      // The rule is as it was: only the way to the bucket changed, or an earlier run ended before it could confirm.
      const isLive =
        !this.#run.wasRemoved(bucket) &&
        sameRule(normalInputs(olds), inputs) &&
        sameRule(await client.getBucketEncryption(bucket), inputs);
      if (!isLive) await this.#apply(client, inputs, news);
    });
    return { outs: { ...inputs } };
  }

  /**
   * The live rule; without an id where OSS says that the rule or the bucket is gone, and an error in doubt.
   * `BucketEncryption.get` has no state yet: the engine takes a blank for a resource without properties there.
   */
  async read(id: string, props: Props): Promise<{ id?: string; props?: Props; inputs?: Props }> {
    const { region, connection } = props as Target;
    const target = { ...(region ? { region } : {}), ...(connection ? { connection } : {}) };
    const isGet = props.sseAlgorithm === undefined;
    let live: EncryptionRule | undefined;
    try {
      live = await this.options.connections.client(target).getBucketEncryption(id);
    } catch (error) {
      if (isGet || !isNotFound(error, "NoSuchBucket")) throw error;
    }
    if (!live && isGet) throw new OssEncryptionError(`bucket ${id} has no default rule that could be read`);
    if (!live) return {};
    const inputs = { ...normalInputs({ bucket: id, ...live, ...target }) };
    return { id, props: inputs, inputs: { ...inputs } };
  }

  /** Waits for what `check` began: it may still have to say something. */
  async settled(): Promise<void> {
    await this.#run.prefetch.settled();
  }

  async delete(id: string, props: Props): Promise<void> {
    await this.#run.exclusively(id, () => this.#removeRule(id, props));
  }

  async #removeRule(id: string, props: Props): Promise<void> {
    const { log, connections } = this.options;
    const declared = this.#run.declared(id);
    if (declared) {
      log(`bucket ${id}: the program still declares it, so its default rule stays`);
      await this.#restore(normalInputs({ ...declared }), props);
      return;
    }
    // Noted before it is done: whatever declares the bucket from now on must write.
    this.#run.removes(id);
    try {
      await connections.client(props).deleteBucketEncryption(id);
    } catch (error) {
      if (!isNotFound(error, "NoSuchBucket")) throw error;
    }
    const rule = describeRule(normalInputs(props), { hideKey: true });
    log(`bucket ${id}: default rule removed (was ${rule}); objects keep the encryption they have`);
  }

  /**
   * A run that broke off may have left the rule of the resource that goes now, while the one that stays counts as
   * unchanged: the engine compares it with state, not with OSS.
   */
  async #restore(declared: Inputs, gone: Props): Promise<void> {
    if (sameRule(normalInputs(gone), declared) || inputFailures({ ...declared }).length > 0) return;
    const client = this.options.connections.client(declared);
    if (!sameRule(await client.getBucketEncryption(declared.bucket), declared)) {
      await this.#apply(client, declared, gone);
    }
  }

  async #apply(client: OssClient, inputs: Inputs, props: Props): Promise<void> {
    try {
      await client.putBucketEncryption(inputs.bucket, inputs);
    } catch (error) {
      if (!(await this.#hasLanded(client, inputs, error))) throw error;
    }
    try {
      await confirm(client, inputs.bucket, inputs, this.options);
    } catch (error) {
      if (error instanceof OssEncryptionError) throw new WrittenButUnconfirmedError(inputs, props, error);
      throw error;
    }
  }

  /** OSS may have carried out a write whose answers were lost; then the resource must not be missing from the state. */
  async #hasLanded(client: OssClient, inputs: Inputs, error: unknown): Promise<boolean> {
    // After this run's own delete a stale read could show the rule that was there before.
    if (this.#run.wasRemoved(inputs.bucket)) return false;
    if (!(error instanceof OssCallError) || (error.failure.status ?? 500) < 500) return false;
    const look = client.getBucketEncryption(inputs.bucket, { timeoutMs: briefMs });
    return look.then(
      (live) => sameRule(live, inputs),
      () => false,
    );
  }

  #targetFailures(inputs: Inputs): string[] {
    if (!this.#isTargetKnown(inputs)) return [];
    try {
      this.options.connections.verify(inputs);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return [error.message];
    }
  }

  #isTargetKnown({ region, connection }: Inputs): boolean {
    return region !== unknownValue && connection !== unknownValue;
  }

  async #compareForImport(inputs: Inputs, importId: unknown): Promise<string[]> {
    const { bucket } = inputs;
    const fail = (reason: string) => [`import of bucket ${bucket}: ${reason}`];
    if (importId !== bucket) return fail("the import option must be the bucket's name");
    try {
      const live = await this.options.connections.client(inputs).getBucketEncryption(bucket);
      if (!live) return fail("the bucket has no default rule; without the import option it gets this one");
      const look = { rule: live, at: this.options.clock.now() };
      await this.#run.prefetch.start(bucket, () => Promise.resolve(look));
      const known = ruleDifferences(live, inputs).filter((property) => inputs[property] !== unknownValue);
      return known.flatMap((property) =>
        fail(`${property} is ${live[property] ?? "absent"} in OSS, and the program declares something else`),
      );
    } catch (error) {
      if (!(error instanceof OssEncryptionError)) throw error;
      return fail(error.message);
    }
  }

  /** A brief look that never fails: it says in preview which rule is about to be replaced, and saves create a request. */
  async #look(inputs: Inputs): Promise<PrefetchedRule | undefined> {
    const { connections, clock } = this.options;
    const client = connections.client(inputs);
    if (this.#silent.has(client)) return undefined;
    try {
      const rule = await client.getBucketEncryption(inputs.bucket, { timeoutMs: briefMs });
      if (!Object.values(inputs).includes(unknownValue)) this.#announceReplacement(inputs, rule);
      return { rule, at: clock.now() };
    } catch (error) {
      // Anything about the bucket shows when it is written. Missing credentials concern the whole run: better now.
      if (error instanceof ConfigurationError) this.#say(error.message);
      if (error instanceof OssCallError && error.failure.network) this.#silent.add(client);
      return undefined;
    }
  }

  #announceReplacement(inputs: Inputs, live: EncryptionRule | undefined): void {
    if (!live || sameRule(live, inputs)) return;
    // The program may keep its key secret, also where another property is what differs.
    const replaced = describeRule(live, { hideKey: live.kmsMasterKeyId === inputs.kmsMasterKeyId });
    const declared = describeRule(inputs, { hideKey: true });
    this.#say(`bucket ${inputs.bucket}: its default rule ${replaced} is replaced by ${declared}`);
  }

  /** Says a line once in a run. */
  #say(line: string): void {
    if (!this.#said.has(line)) this.options.log(line);
    this.#said.add(line);
  }
}

/** The engine would print the value of the property it is given, secret or not; the reason names the property. */
const checkFailure = (reason: string): CheckFailure => ({ property: "", reason });

/** OSS took the rule, so it stays managed: the engine keeps `properties` as state and runs update at the next `up`. */
class WrittenButUnconfirmedError extends OssEncryptionError {
  override name = "WrittenButUnconfirmedError";
  readonly id: string;
  readonly properties: Props;
  readonly reasons: string[];

  constructor(inputs: Inputs, props: Props, cause: OssEncryptionError) {
    super(cause.message, { cause });
    this.id = inputs.bucket;
    // Without it a later refresh of this resource could not find its provider.
    this.properties = { ...inputs, __provider: props.__provider };
    this.reasons = [cause.message];
  }
}
