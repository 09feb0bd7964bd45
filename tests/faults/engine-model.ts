import { unknownValue } from "../../provider/src/rule/rule";
import { providerText, VerbError, type Props, type Verbs } from "../support/verbs";

/** One resource of a program. */
export interface Declaration {
  name: string;
  props: Props & { bucket: string };
  deleteBeforeReplace: boolean;
  /** The provider resource it goes by; each has a process of its own. */
  provider: string;
  /** The bucket resource whose output it has is replaced, its old bucket deleted before. */
  replacesBucket: boolean;
}

interface Resource {
  id: string;
  inputs: Props;
  outs: Props;
  provider: string;
  /** OSS took a write that could not be confirmed. */
  isPending: boolean;
}

interface Step {
  run: () => Promise<{ id: string; outs: Props }>;
  replaces?: Resource;
}

/** The provider's processes of one engine command, and the buckets of its program. */
export interface Run {
  verbs: (provider: string) => Promise<Verbs>;
  /** Deletes a bucket and creates it anew; false: OSS refused, since it isn't empty. */
  replaceBucket: (bucket: string) => boolean;
}

/** What a process that is killed leaves: its steps are carried out, and nobody hears of it. */
const killed = () => new VerbError("error reading from server: EOF");

/**
 * What the Pulumi engine does with one kind of resource, in small: registrations one after the other, their steps at
 * once, and deletes when the program is through and nothing has failed. Each call stands for one engine command.
 */
export class EngineModel {
  /** By logical name. */
  readonly state = new Map<string, Resource>();
  /** Replaced, but not deleted yet. */
  #leftOver: Resource[] = [];

  /** Everything in the state. */
  get managed(): readonly Resource[] {
    return [...this.state.values(), ...this.#leftOver];
  }

  /**
   * Returns what failed; empty: the run succeeded. From the step `lostFrom` on, deletes included, results get lost
   * although the steps are carried out: the process of provider or engine was killed.
   */
  async up(run: Run, program: readonly Declaration[], lostFrom = Infinity): Promise<string[]> {
    const errors: string[] = [];
    const failed = (error: unknown) => {
      if (!(error instanceof VerbError)) throw error;
      errors.push(error.message);
    };
    const steps: Promise<void>[] = [];
    for (const declaration of program) {
      // A resource that has the bucket's name without depending on it would be left behind; docs/drift.md says so.
      const isShared = program.some(
        (other) => other !== declaration && other.props.bucket === this.state.get(declaration.name)?.id,
      );
      const replacesBucket = declaration.replacesBucket && !isShared;
      const step = await this.#register(run, { ...declaration, replacesBucket }, errors);
      if (!step) continue;
      steps.push(this.#carryOut(step, declaration, steps.length >= lostFrom).catch(failed));
    }
    await Promise.all(steps);
    if (errors.length > 0) return errors;

    const declared = new Set(program.map(({ name }) => name));
    const removed = [...this.state].filter(([name]) => !declared.has(name));
    const remove = async ({ id, outs, provider }: Resource, at: number, forget: () => void) => {
      try {
        await (await run.verbs(provider)).delete(id, outs);
        if (steps.length + at >= lostFrom) throw killed();
        forget();
      } catch (error) {
        failed(error);
      }
    };
    await Promise.all([
      ...removed.map(([name, old], at) => remove(old, at, () => this.state.delete(name))),
      ...this.#leftOver.map((old, at) =>
        remove(old, removed.length + at, () => {
          this.#leftOver = this.#leftOver.filter((other) => other !== old);
        }),
      ),
    ]);
    return errors;
  }

  /** Returns what drifted or failed. */
  async refresh(run: Run): Promise<{ drifted: string[]; errors: string[] }> {
    const drifted: string[] = [];
    const errors: string[] = [];
    await Promise.all(
      [...this.state].map(async ([name, old]) => {
        try {
          const verbs = await run.verbs(old.provider);
          const { id, props, inputs } = await verbs.read(old.id, old.outs);
          if (!id) this.state.delete(name);
          else this.state.set(name, { ...old, id, inputs, outs: props, isPending: false });
          if (!id || (await isChanged(verbs, id, props, inputs, old.inputs))) drifted.push(name);
        } catch (error) {
          if (!(error instanceof VerbError)) throw error;
          errors.push(error.message);
        }
      }),
    );
    return { drifted, errors };
  }

  /** Decides on a resource's step, and returns what carries it out. */
  async #register(
    run: Run,
    { name, props, provider, deleteBeforeReplace, replacesBucket }: Declaration,
    errors: string[],
  ): Promise<Step | undefined> {
    const verbs = await run.verbs(provider);
    const news = { ...props, __provider: providerText };
    const before = this.state.get(name);
    if (before && replacesBucket) {
      // The dependants of what is deleted before it is replaced go first: diffed with what isn't known then.
      await verbs.diff(before.id, before.outs, { ...before.inputs, bucket: unknownValue });
      await verbs.delete(before.id, before.outs);
      this.state.delete(name);
      if (!run.replaceBucket(before.id)) {
        errors.push("BucketNotEmpty");
        return undefined;
      }
    }
    const old = this.state.get(name);
    const { inputs, failures } = await verbs.check(old?.inputs ?? {}, news);
    errors.push(...failures.map(({ reason }) => reason));
    if (failures.length > 0) return undefined;
    if (!old) return { run: () => verbs.create(inputs) };

    const { changes, replaces } = await verbs.diff(old.id, old.outs, inputs);
    if (replaces.length > 0) {
      await verbs.check({}, news);
      if (!deleteBeforeReplace) return { run: () => verbs.create(inputs), replaces: old };
      const replace = async () => {
        await verbs.delete(old.id, old.outs);
        this.state.delete(name);
        return verbs.create(inputs);
      };
      return { run: replace };
    }
    const isSame = changes === "none" || (changes === "unknown" && sameProps(old.inputs, inputs));
    if (isSame && !old.isPending) {
      old.inputs = inputs;
      return undefined;
    }
    return { run: async () => ({ id: old.id, ...(await verbs.update(old.id, old.outs, inputs)) }) };
  }

  async #carryOut({ run, replaces }: Step, { name, provider }: Declaration, isLost: boolean): Promise<void> {
    const keep = (id: string, props: Props, isPending: boolean) => {
      this.state.set(name, { id, inputs: props, outs: props, provider, isPending });
      if (replaces) this.#leftOver.push(replaces);
    };
    try {
      const { id, outs } = await run();
      if (isLost) throw killed();
      keep(id, outs, false);
    } catch (error) {
      if (error instanceof VerbError && error.pending && !isLost) {
        keep(error.pending.id, error.pending.properties, true);
      }
      throw error;
    }
  }
}

/** The engine's verdict on refreshed inputs and outputs against the inputs in state. */
async function isChanged(
  verbs: Verbs,
  id: string,
  props: Props,
  inputs: Props,
  old: Props,
): Promise<boolean> {
  const { changes } = await verbs.diff(id, props, old);
  return changes === "some" || (changes === "unknown" && !sameProps(inputs, old));
}

function sameProps(a: Props, b: Props): boolean {
  const text = (props: Props) =>
    JSON.stringify(Object.entries(props).sort(([one], [other]) => (one < other ? -1 : 1)));
  return text(a) === text(b);
}
