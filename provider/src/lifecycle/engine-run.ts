import pLimit, { type Limit } from "p-limit";
import { unknownValue, ruleDifferences } from "../rule/rule";
import type { Inputs } from "../rule/inputs";
import { RulePrefetch } from "./rule-prefetch";

const hasUnknown = (inputs: Inputs) => Object.values(inputs).some((value) => value === unknownValue);

/**
 * What one run of the engine has declared, seen and removed so far, by bucket. The engine serves a run from one
 * process and deletes only after the program's last registration, so by then every declared bucket is known.
 */
export class EngineRun {
  readonly prefetch = new RulePrefetch();
  readonly #declared = new Map<string, Inputs>();
  readonly #moving = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #turns = new Map<string, Limit>();

  /**
   * Notes that the program declares this bucket; a failure if it has declared another rule for it. A resource that moves
   * to the bucket is declared twice: the engine checks a replacement again, and then leaves out `ignoreChanges`.
   */
  declare(inputs: Inputs, isMoving = false): string | undefined {
    if (inputs.bucket === unknownValue) return undefined;
    const earlier = this.#moving.delete(inputs.bucket) ? undefined : this.#declared.get(inputs.bucket);
    if (isMoving) this.#moving.add(inputs.bucket);
    this.#declared.set(inputs.bucket, inputs);
    if (!earlier || [earlier, inputs].some(hasUnknown)) return undefined;
    const property = ruleDifferences(earlier, inputs)[0];
    if (!property) return undefined;
    return `bucket ${inputs.bucket} is declared twice with a different ${property}: a bucket has one default rule`;
  }

  /** What the program declares for a bucket. */
  declared(bucket: string): Inputs | undefined {
    return this.#declared.get(bucket);
  }

  removes(bucket: string): void {
    this.prefetch.drop(bucket);
    this.#removed.add(bucket);
  }

  /**
   * Runs tasks on one bucket one after the other. A delete-before-replace is still under way when the program goes on
   * and another resource takes the bucket over: its write must not be overtaken by that delete.
   */
  exclusively<T>(bucket: string, task: () => Promise<T>): Promise<T> {
    const turns = this.#turns.get(bucket) ?? pLimit(1);
    this.#turns.set(bucket, turns);
    return turns(task);
  }

  /** Whether this run removed the bucket's rule: a read may still show it, so it must not be taken for adopted. */
  wasRemoved(bucket: string): boolean {
    return this.#removed.has(bucket);
  }
}
