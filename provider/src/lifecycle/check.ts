import { ConfigurationError, OssCallError, OssEncryptionError } from "../errors";
import { printable } from "../printable";
import type { OssClient } from "../oss/client";
import { inputFailures, normalInputs, type Inputs } from "../rule/inputs";
import { ruleDifferences, unknownValue, type LiveRule } from "../rule/rule";
import type { EngineRun } from "./engine-run";
import { briefMs, type LifecycleOptions, type Props } from "./options";
import { failedLooks, reasonOf, replacedRule, unknownInImport } from "./messages";
import { anywhere, placeKey, placeOf } from "./place";
import type { PrefetchedRule, RulePrefetch } from "./rule-prefetch";

/** The constructor passes the `import` option under this name; `check` consumes it, so state never holds it. */
const importKey = "__import";

/** As the SDK takes it. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** What happens before anything is written: the verb that previews and updates have in common. */
export class Check {
  /** Where a look got no answer: the other looks would take as long, one after the other. */
  readonly #silent = new WeakMap<OssClient, OssCallError>();
  /** Keys that state has for buckets: the engine checks a replacement again, and then passes on no state. */
  readonly #ownKeys = new Set<string>();
  /** Why looks of a preview failed, as far as it has been said. */
  readonly #saidReasons = new Set<string>();

  constructor(
    private readonly options: LifecycleOptions,
    private readonly run: EngineRun,
    private readonly prefetch: RulePrefetch,
    /** Says a line once in a run. */
    private readonly say: (line: string) => void,
  ) {}

  /** Validates, and returns the normal form. For a new resource it also begins to look which rule is live. */
  async check(olds: Props, news: Props): Promise<{ inputs: Props; failures: CheckFailure[] }> {
    const { [importKey]: importId, ...props } = news;
    const failures = inputFailures(props);
    if (olds.kmsMasterKeyId) this.#ownKeys.add(keyOf(olds));
    const conflict = this.#declare(olds, props, failures.length === 0);
    if (failures.length > 0) return { inputs: props, failures: failures.map(checkFailure) };

    const inputs = normalInputs(props);
    if (conflict) failures.push(conflict);
    failures.push(...this.#targetFailures(inputs));
    const isNew = Object.keys(olds).length === 0;
    if (failures.length === 0 && isNew && inputs.bucket !== unknownValue && isTargetKnown(inputs)) {
      if (importId !== undefined) failures.push(...(await this.#compareForImport(inputs, importId)));
      else await this.prefetch.start(this.#key(inputs), () => this.#look(inputs));
    }
    return { inputs: { ...inputs }, failures: failures.map(checkFailure) };
  }

  /** That another rule is about to be replaced; undefined: none is. */
  replacedRule(inputs: Inputs, live: LiveRule | undefined): string | undefined {
    const { bucket } = inputs;
    return replacedRule(inputs, live, this.#ownKeys.has(keyOf({ ...live, bucket })));
  }

  /** Waits for the looks that `check` began, and says why those failed that nobody else will tell of. */
  async settled(): Promise<void> {
    for (const line of failedLooks(await this.prefetch.settled())) this.say(line);
  }

  /**
   * Waits for the look that `check` began at one bucket, where an engine previews a create; a failure is said, the same
   * reason once.
   */
  async previewed(inputs: Inputs): Promise<void> {
    const seen = await this.prefetch.peek(this.#key(inputs));
    if (!seen || !("failure" in seen)) return;
    const reason = reasonOf(seen.failure);
    if (this.#saidReasons.has(reason)) return;
    this.#saidReasons.add(reason);
    for (const line of failedLooks([seen.failure])) this.say(line);
  }

  /** Notes the bucket also where there are failures, so that nothing goes on to remove its rule. */
  #declare(olds: Props, props: Props, isValid: boolean): string | undefined {
    const { bucket } = props;
    if (typeof bucket !== "string") return undefined;
    const isMoving = olds.bucket !== undefined && olds.bucket !== bucket;
    const inputs = props as unknown as Inputs;
    const place = isValid ? placeOf(normalInputs(props), this.options.connections) : anywhere(bucket);
    return this.run.declare(place, inputs, isMoving);
  }

  #key(inputs: Inputs): string {
    return placeKey(placeOf(inputs, this.options.connections));
  }

  #targetFailures(inputs: Inputs): string[] {
    if (!isTargetKnown(inputs)) return [];
    try {
      this.options.connections.verify(inputs);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return [error.message];
    }
  }

  async #compareForImport(inputs: Inputs, importId: unknown): Promise<string[]> {
    const { bucket } = inputs;
    const fail = (reason: string) => [`import of bucket ${bucket}: ${reason}`];
    if (importId !== bucket) return fail("the import option must be the bucket's name");
    try {
      const live = await this.options.connections.client(inputs).getBucketEncryption(bucket);
      if (!live) return fail("the bucket has no default rule; without the import option it gets this one");
      const look = { rule: live, at: this.options.clock.now() };
      await this.prefetch.start(this.#key(inputs), () => Promise.resolve(look));
      const line = unknownInImport(bucket, live);
      if (line) this.say(line);
      return ruleDifferences(live, inputs)
        .filter((property) => inputs[property] !== unknownValue)
        .flatMap((property) =>
          fail(
            `${property} is ${live[property] ?? "absent"} in OSS, and the program declares something else`,
          ),
        );
    } catch (error) {
      if (!(error instanceof OssEncryptionError)) throw error;
      return fail(error.message);
    }
  }

  /** A brief look: it says in preview which rule is about to be replaced, and saves create a request. */
  async #look(inputs: Inputs): Promise<PrefetchedRule> {
    const { connections, clock } = this.options;
    const client = connections.client(inputs);
    const silent = this.#silent.get(client);
    if (silent) throw silent;
    try {
      const rule = await client.getBucketEncryption(inputs.bucket, { timeoutMs: briefMs });
      const line = Object.values(inputs).includes(unknownValue) ? undefined : this.replacedRule(inputs, rule);
      if (line) this.say(line);
      return { rule, at: clock.now() };
    } catch (error) {
      if (error instanceof OssCallError && error.failure.network) this.#silent.set(client, error);
      throw error;
    }
  }
}

const isTargetKnown = ({ region, connection }: Inputs) =>
  region !== unknownValue && connection !== unknownValue;

const keyOf = ({ bucket, kmsMasterKeyId }: Props) => JSON.stringify([bucket, kmsMasterKeyId]);

/** The engine would print the value of the property it is given, secret or not; the reason names the property. */
const checkFailure = (reason: string): CheckFailure => ({
  property: "",
  reason: printable(reason),
});
