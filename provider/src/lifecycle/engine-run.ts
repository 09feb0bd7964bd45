import { OssEncryptionError } from "../errors";
import type { Clock } from "../net/retry";
import type { Inputs } from "../rule/inputs";
import { normalRule, ruleDifferences, unknownValue, type EncryptionRule } from "../rule/rule";
import { removalHangs, waitingForRemoval, withoutNotes } from "./messages";
import { isLikelyOne, mayBeSame, type Place } from "./place";
import { queue, type Queue } from "./queue";
import { digest, type Note, type OthersNote, type RunNotes } from "./run-notes";

const hasUnknown = (inputs: Inputs) => Object.values(inputs).some((value) => value === unknownValue);

/** What this process knows of one bucket in this run of the engine. */
interface Known {
  place: Place;
  /** What the program declares, as far as `check` could see it. */
  declared?: Inputs | undefined;
  /** What a verb saw whole: with `--continue-on-error`, `check` may see inputs that nobody declared. */
  whole?: Inputs | undefined;
  /** This run has written the rule, or found and adopted it: reads may still show an older one. */
  isLive?: boolean;
  /** A resource is moving to this bucket: the engine checks a replacement again. */
  isMoving?: boolean;
  /** The bucket itself is about to be replaced. */
  isReplaced?: boolean;
  /** This run has removed the rule, or may have: a read that shows it must not be taken for adopted. */
  isRemoved?: boolean;
}

/** Who in this run declares a bucket; without `isLikely`, one of its name at an address that may lead to the same cloud. */
export type Declarer =
  /** This process; with the rule, where a verb saw it whole. */
  | { process: "own"; isLikely: boolean; inputs: Inputs | undefined; isLive: boolean }
  /** Another process of the same engine command. `isDeclared` compares without knowing the rule. */
  | {
      process: "other";
      isLikely: boolean;
      isSettled: boolean;
      isDeclared: (rule: EncryptionRule | undefined) => boolean;
    };

/** Milliseconds for which a removal by another process is waited for: longer than its calls go on by the limits that are default. */
const removalMs = 15 * 60_000;
/** From here on a person is told what is being waited for. */
const quietMs = 5_000;
const pollMs = 50;

/**
 * What one run of the engine has declared, written and removed so far. The engine deletes after the program's last
 * registration, so by then every declared bucket is known: to this process, or by the notes of the other processes
 * of the same engine command, one for each provider resource.
 */
export class EngineRun {
  readonly #known: Known[] = [];
  readonly #byBucket = new Map<string, Known[]>();
  readonly #turns = new Map<string, Queue>();

  constructor(
    private readonly notes: RunNotes,
    private readonly clock: Clock,
    /** Says a line for a person, once in a run. */
    private readonly say: (line: string) => void,
  ) {}

  /**
   * Notes that the program declares this bucket; why not, if it has declared another rule for it. A resource that moves
   * to the bucket is declared twice: the engine checks a replacement again, and then leaves out `ignoreChanges`.
   */
  declare(place: Place, inputs: Inputs, isMoving = false): string | undefined {
    if (place.bucket === unknownValue) return undefined;
    const known = this.#at(place);
    const earlier = known.isMoving ? undefined : known.declared;
    // What was seen before the first declaration is a refresh's: it compared what is in state.
    if (!known.declared) known.whole = undefined;
    known.isMoving = isMoving;
    known.isReplaced = false;
    known.declared = inputs;
    this.notes.add(place, { event: "declared" });
    if (!earlier || [earlier, inputs].some(hasUnknown)) return undefined;
    const property = ruleDifferences(earlier, inputs)[0];
    return (
      property &&
      `bucket ${inputs.bucket} is declared twice with a different ${property}: a bucket has one default rule`
    );
  }

  /** A verb saw the declaration whole, and state has it so already. */
  noteUnchanged(place: Place, inputs: Inputs): void {
    if (place.bucket === unknownValue || hasUnknown(inputs)) return;
    this.#at(place).whole = inputs;
    this.notes.add(place, { event: "settled", rule: ruleDigest(place.bucket, inputs) });
  }

  /** A verb has written the declared rule, or found it live. */
  noteLive(place: Place, inputs: Inputs): void {
    const known = this.#at(place);
    known.whole = inputs;
    known.isLive = true;
    this.#tell(place, { event: "live" });
  }

  /** The engine is about to replace the bucket: it asked what would become of the resource if its bucket were another. */
  noteBucketReplaced(place: Place): void {
    this.#at(place).isReplaced = true;
  }

  isBucketReplaced(place: Place): boolean {
    return this.#find(place).some(({ isReplaced }) => isReplaced);
  }

  /** Who declares the bucket in this run, so that its rule has to stay; undefined: nobody. */
  declarer(place: Place): Declarer | undefined {
    const isLikely = (cloud: string) => isLikelyOne(cloud, place.cloud);
    const own = preferred(
      this.#find(place).filter(({ declared }) => declared),
      (known) => isLikely(known.place.cloud),
    );
    if (own) {
      const { whole: inputs, isLive = false } = own;
      return { process: "own", inputs, isLive, isLikely: isLikely(own.place.cloud) };
    }
    const last = preferred(this.#declaredByOthers(place).reverse(), ({ cloud }) => isLikely(cloud));
    if (!last) return undefined;
    const isDeclared = (rule: EncryptionRule | undefined) =>
      rule !== undefined && last.rule === ruleDigest(place.bucket, rule);
    const isSettled = last.event === "settled";
    return { process: "other", isSettled, isDeclared, isLikely: isLikely(last.cloud) };
  }

  /** What others have noted since they heard the program declare the bucket: before that, a refresh compares state with OSS. */
  #declaredByOthers(place: Place): OthersNote[] {
    const declarers = new Set<number>();
    return this.notes.about(place).filter(({ event, process }) => {
      if (event === "declared") declarers.add(process);
      return declarers.has(process) && ["declared", "settled", "live"].includes(event);
    });
  }

  /** From now on whatever declares the bucket must write its rule. */
  noteRemoved(place: Place): void {
    const known = this.#at(place);
    known.isRemoved = true;
    known.isLive = false;
    this.notes.add(place, { event: "removed" });
  }

  /** Whether this run removed the bucket's rule: a read may still show it. */
  wasRemoved(place: Place): boolean {
    return (
      this.#find(place).some(({ isRemoved }) => isRemoved) ||
      this.notes.about(place).some(({ event }) => event === "removed")
    );
  }

  /**
   * Runs tasks on one bucket one after the other, those of other processes that remove its rule included. A
   * delete-before-replace is still under way when the program goes on and another resource takes the bucket over: its
   * write must not be overtaken by that delete.
   */
  exclusively<T>(place: Place, task: () => Promise<T>): Promise<T> {
    const turns = this.#turns.get(place.bucket) ?? queue(1);
    this.#turns.set(place.bucket, turns);
    return turns(async () => {
      await this.#othersRemovalsEnded(place);
      return task();
    });
  }

  /** As {@link exclusively}, and other processes wait until it is over. */
  exclusivelyRemoving<T>(place: Place, task: () => Promise<T>): Promise<T> {
    return this.exclusively(place, async () => {
      // Noted before it is looked who declares the bucket: of two processes at least one sees the other's note.
      this.notes.add(place, { event: "removal began" });
      try {
        return await task();
      } finally {
        this.#tell(place, { event: "removal ended" });
      }
    });
  }

  /** Notes what is done: it stays done where the others can't be told, since a disk is full. */
  #tell(place: Place, note: Note): void {
    try {
      this.notes.add(place, note);
    } catch (error) {
      if (!(error instanceof OssEncryptionError)) throw error;
      this.say(withoutNotes(error));
    }
  }

  /** Throws OssEncryptionError where that takes too long: a write that the removal overtakes would be lost. */
  async #othersRemovalsEnded(place: Place): Promise<void> {
    const start = this.clock.now();
    while (this.#isBeingRemovedByOthers(place)) {
      const waited = this.clock.now() - start;
      if (waited >= removalMs) throw new OssEncryptionError(removalHangs(place.bucket, removalMs));
      if (waited >= quietMs) this.say(waitingForRemoval(place.bucket));
      await this.clock.sleep(pollMs);
    }
  }

  #isBeingRemovedByOthers(place: Place): boolean {
    const under = new Map<number, number>();
    for (const { event, process } of this.notes.about(place)) {
      if (event === "removal began") under.set(process, (under.get(process) ?? 0) + 1);
      if (event === "removal ended") under.set(process, (under.get(process) ?? 0) - 1);
    }
    return [...under.values()].some((count) => count > 0);
  }

  #find(place: Place): Known[] {
    return (this.#byBucket.get(place.bucket) ?? []).filter((known) => mayBeSame(known.place, place));
  }

  #at(place: Place): Known {
    const all = this.#byBucket.get(place.bucket) ?? [];
    this.#byBucket.set(place.bucket, all);
    let known = all.find((one) => one.place.cloud === place.cloud);
    if (!known) all.push((known = { place }));
    return known;
  }
}

/** The first that fits, or the first. */
const preferred = <T>(all: readonly T[], fits: (one: T) => boolean): T | undefined =>
  all.find(fits) ?? all[0];

/** Two processes compare rules by this, so that no key id stands in their notes. */
function ruleDigest(bucket: string, rule: EncryptionRule): string {
  const { sseAlgorithm, kmsMasterKeyId, kmsDataEncryption } = normalRule(rule);
  return digest(JSON.stringify([bucket, sseAlgorithm, kmsMasterKeyId ?? "", kmsDataEncryption ?? ""]));
}
