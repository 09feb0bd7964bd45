// What happens in each verb?

import { isNotFound, OssEncryptionError } from "../errors";
import type { OssClient } from "../oss/client";
import { inputDifferences, normalInputs, type Inputs } from "../rule/inputs";
import type { Place } from "./place";
import { normalRule, sameRule, unknownValue, type LiveRule } from "../rule/rule";
import type { Target } from "../settings/settings";
import { Check, type CheckFailure } from "./check";
import { confirm } from "./confirm";
import { EngineRun, type Declarer } from "./engine-run";
import { bucketReplaced, mayBeDeclared, otherRuleStays, removedRule, stillDeclared } from "./messages";
import { onceBucketShows } from "./new-bucket";
import { briefMs, type LifecycleOptions, type Props } from "./options";
import { placeKey, placeOf } from "./place";
import { RulePrefetch } from "./rule-prefetch";
import { noNotes } from "./run-notes";

/**
 * The resource's verbs: observe, compare, apply, confirm. Olds are hints; what OSS says now decides.
 * One instance serves one run of the engine.
 */
export class Lifecycle {
  readonly #run: EngineRun;
  readonly #prefetch = new RulePrefetch();
  readonly #check: Check;
  readonly #said = new Set<string>();

  constructor(readonly options: LifecycleOptions) {
    const say = (line: string) => this.#say(line);
    this.#run = new EngineRun(options.notes ?? noNotes, options.clock, say);
    this.#check = new Check(options, this.#run, this.#prefetch, say);
  }

  check(olds: Props, news: Props): Promise<{ inputs: Props; failures: CheckFailure[] }> {
    return this.#check.check(olds, news);
  }

  /** Waits for what `check` began: it may still have to say something. */
  settled(): Promise<void> {
    return this.#check.settled();
  }

  /** Waits for what `check` began about one new resource. */
  previewed(props: Props): Promise<void> {
    return this.#check.previewed(normalInputs(props));
  }

  diff(olds: Props, news: Props): { changes?: boolean; replaces?: string[] } {
    // While an update runs, only this is asked with an unknown bucket: what if the bucket were replaced? A delete of this
    // resource, before its next check, is then part of replacing the bucket.
    if (news.bucket === unknownValue) this.#run.noteBucketReplaced(this.#place(normalInputs(olds)));
    const changed = inputDifferences(olds, news);
    if (changed.length > 0) {
      // With `changes` left out the engine compares the inputs itself and shows exactly which properties differ.
      return { replaces: changed.filter((property) => property === "bucket") };
    }
    const inputs = normalInputs(news);
    this.#run.noteUnchanged(this.#place(inputs), inputs);
    // State holds other code than this provider's: an update brings it here, and writes nothing where the rule is equal.
    const isOthersCode = olds.__provider !== news.__provider;
    // Another resource's delete-before-replace took the rule away before the program came to declare this one.
    return { changes: isOthersCode || this.#run.wasRemoved(this.#place(inputs)) };
  }

  async create(props: Props): Promise<{ id: string; outs: Props }> {
    const inputs = normalInputs(props);
    const { bucket } = inputs;
    const place = this.#place(inputs);
    const client = this.options.connections.client(inputs);
    await this.#run.exclusively(place, async () => {
      const seen = await this.#prefetch.take(placeKey(place), this.options.clock);
      const live = seen
        ? seen.rule
        : await onceBucketShows(bucket, () => client.getBucketEncryption(bucket), this.options);
      if (!this.#run.wasRemoved(place) && sameRule(live, inputs)) {
        this.#run.noteLive(place, inputs);
        return;
      }
      const line = this.#check.replacedRule(inputs, live);
      if (line) this.#say(line);
      await this.#apply(client, inputs, props, () =>
        onceBucketShows(bucket, () => client.putBucketEncryption(bucket, inputs), this.options),
      );
    });
    return { id: bucket, outs: { ...inputs } };
  }

  async update(olds: Props, news: Props): Promise<{ outs: Props }> {
    const inputs = normalInputs(news);
    const { bucket } = inputs;
    const place = this.#place(inputs);
    const client = this.options.connections.client(inputs);
    await this.#run.exclusively(place, async () => {
      // The rule is as it was: only the way to the bucket changed, or an earlier run ended before it could confirm.
      const isLive =
        !this.#run.wasRemoved(place) &&
        sameRule(normalInputs(olds), inputs) &&
        sameRule(await client.getBucketEncryption(bucket), inputs);
      if (isLive) this.#run.noteLive(place, inputs);
      else await this.#apply(client, inputs, news);
    });
    return { outs: { ...inputs } };
  }

  /**
   * The live rule; without an id where OSS says that the rule or the bucket is gone, and an error in doubt.
   * `BucketEncryption.get` has no state yet: the engine takes a blank for a resource without properties there.
   */
  async read(id: string, props: Props): Promise<{ id?: string; props?: Props; inputs?: Props }> {
    const { region, connection } = props as Target;
    const target = { region, connection };
    const bucket = bucketOf(id, props);
    const isGet = props.sseAlgorithm === undefined;
    let live: LiveRule | undefined;
    try {
      live = await this.options.connections.client(target).getBucketEncryption(bucket);
    } catch (error) {
      if (isGet || !isNotFound(error, "NoSuchBucket")) throw error;
    }
    if (!live && isGet) {
      throw new OssEncryptionError(`bucket ${bucket} has no default rule that could be read`);
    }
    if (!live) return {};
    const inputs = { ...normalInputs({ bucket, ...normalRule(live), ...target }) };
    return { id, props: inputs, inputs: { ...inputs } };
  }

  /**
   * Takes back the rule that state declares, and no other one: not what the program declares in another resource, not
   * what goes with its bucket, and not what somebody else has put there.
   */
  async delete(id: string, props: Props): Promise<void> {
    const state = normalInputs({ ...props, bucket: bucketOf(id, props) });
    const place = this.#place(state);
    await this.#run.exclusivelyRemoving(place, async () => {
      if (await this.#isKept(place, state, props)) return;
      if (this.#run.isBucketReplaced(place)) {
        this.options.log(bucketReplaced(state.bucket));
        // The new bucket may have the old one's name, and a stale read then shows the old one's rule.
        this.#noteRemoved(place);
        return;
      }
      await this.#takeBack(place, state, props);
    });
  }

  async #takeBack(place: Place, state: Inputs, props: Props): Promise<void> {
    const { log, connections } = this.options;
    const { bucket } = state;
    const client = connections.client(state);
    const live = await orNoBucket(client.getBucketEncryption(bucket));
    if (!live) return;
    if (!sameRule(live, state)) {
      log(otherRuleStays(bucket, state, live));
      return;
    }
    // Noted before it is done: whatever declares the bucket from now on must write. What has declared it meanwhile, with
    // a delete-before-replace the program goes on, may have been told already that nothing has changed.
    this.#noteRemoved(place);
    if (await this.#isKept(place, state, props)) return;
    try {
      await client.deleteBucketEncryption(bucket);
    } catch (error) {
      if (!isNotFound(error, "NoSuchBucket") && !(await this.#isGone(client, bucket, error))) throw error;
    }
    log(removedRule(bucket, state));
  }

  /** Whether the program declares the bucket, so that its rule stays; then it also makes sure that it is the right one. */
  async #isKept(place: Place, state: Inputs, props: Props): Promise<boolean> {
    const declarer = this.#run.declarer(place);
    if (!declarer) return false;
    this.options.log((declarer.isLikely ? stillDeclared : mayBeDeclared)(state.bucket));
    await this.#keep(declarer, state, props);
    return true;
  }

  /**
   * A run that broke off may have left the rule of the resource that goes now, while the one that stays counts as
   * unchanged: the engine compares it with state, not with OSS.
   */
  async #keep(declarer: Declarer, gone: Inputs, props: Props): Promise<void> {
    if (declarer.process === "own") {
      const { inputs, isLive } = declarer;
      if (!inputs || isLive || sameRule(gone, inputs)) return;
      const client = this.options.connections.client(inputs);
      if (!sameRule(await client.getBucketEncryption(inputs.bucket), inputs)) {
        await this.#apply(client, inputs, props);
      }
      return;
    }
    // Another process knows the rule, and this one only whether a rule is the same.
    if (!declarer.isLikely || !declarer.isSettled || declarer.isDeclared(gone)) return;
    const live = await orNoBucket(this.options.connections.client(gone).getBucketEncryption(gone.bucket));
    if (declarer.isDeclared(live)) return;
    throw new OssEncryptionError(
      `bucket ${gone.bucket}: the program declares another default rule than the one that OSS shows, through another ` +
        "provider. Run pulumi up --refresh: it puts the declared rule back.",
    );
  }

  #noteRemoved(place: Place): void {
    this.#prefetch.drop(placeKey(place));
    this.#run.noteRemoved(place);
  }

  async #apply(
    client: OssClient,
    inputs: Inputs,
    props: Props,
    put = () => client.putBucketEncryption(inputs.bucket, inputs),
  ): Promise<void> {
    const place = this.#place(inputs);
    try {
      await put();
    } catch (error) {
      if (!(await this.#hasLanded(client, inputs, error))) throw error;
    }
    this.#run.noteLive(place, inputs);
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
    if (this.#run.wasRemoved(this.#place(inputs)) || !mayHaveLanded(error)) return false;
    const look = client.getBucketEncryption(inputs.bucket, { timeoutMs: briefMs });
    return look.then(
      (live) => sameRule(live, inputs),
      () => false,
    );
  }

  /** OSS may have carried out a delete whose answers were lost; then the resource must not stay in the state. */
  async #isGone(client: OssClient, bucket: string, error: unknown): Promise<boolean> {
    if (!mayHaveLanded(error)) return false;
    const look = orNoBucket(client.getBucketEncryption(bucket, { timeoutMs: briefMs }));
    return look.then(
      (live) => live === undefined,
      () => false,
    );
  }

  #place(inputs: Inputs): Place {
    return placeOf(inputs, this.options.connections);
  }

  /** Says a line once in a run. */
  #say(line: string): void {
    if (!this.#said.has(line)) this.options.log(line);
    this.#said.add(line);
  }
}

/** The id is the bucket's name, but for a resource that was created by other code; `BucketEncryption.get` has only the id. */
const bucketOf = (id: string, { bucket }: Props) => (typeof bucket === "string" ? bucket : id);

/** Whether OSS may have done what it was asked for, although no answer says so. */
const mayHaveLanded = (error: unknown) => error instanceof OssEncryptionError && error.mayHaveLanded === true;

/** A bucket that isn't there has no rule. */
async function orNoBucket(look: Promise<LiveRule | undefined>): Promise<LiveRule | undefined> {
  try {
    return await look;
  } catch (error) {
    if (isNotFound(error, "NoSuchBucket")) return undefined;
    throw error;
  }
}

/** OSS took the rule, so it stays managed: the engine keeps `properties` as state and runs update at the next `up`. */
export class WrittenButUnconfirmedError extends OssEncryptionError {
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
