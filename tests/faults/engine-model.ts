import { providerText, VerbError, type Props, type Verbs } from "../support/verbs";

/** One resource of a program. */
export interface Declaration {
  name: string;
  props: Props & { bucket: string };
  deleteBeforeReplace: boolean;
}

interface Resource {
  id: string;
  inputs: Props;
  outs: Props;
  /** OSS took a write that could not be confirmed. */
  isPending: boolean;
}

interface Step {
  run: () => Promise<{ id: string; outs: Props }>;
  replaces?: Resource;
}

/**
 * What the Pulumi engine does with one kind of resource, in small: registrations one after the other, their steps at
 * once, and deletes when the program is through and nothing has failed. Each call stands for one run with a provider
 * process of its own.
 */
export class EngineModel {
  /** By logical name. */
  readonly state = new Map<string, Resource>();
  /** Replaced, but not deleted yet. */
  #leftOver: Resource[] = [];

  /** Ids of everything in the state. */
  get managed(): string[] {
    return [...this.state.values(), ...this.#leftOver].map(({ id }) => id);
  }

  /**
   * Returns what failed; empty: the run succeeded. From the step `lostFrom` on, results get lost although the steps are
   * carried out: the provider's process was killed.
   */
  async up(verbs: Verbs, program: readonly Declaration[], lostFrom = Infinity): Promise<string[]> {
    const errors: string[] = [];
    const failed = (error: unknown) => {
      if (!(error instanceof VerbError)) throw error;
      errors.push(error.message);
    };
    const steps: Promise<void>[] = [];
    for (const declaration of program) {
      const step = await this.#register(verbs, declaration, errors);
      if (step) steps.push(this.#carryOut(step, declaration.name, steps.length >= lostFrom).catch(failed));
    }
    await Promise.all(steps);
    if (errors.length > 0) return errors;

    const declared = new Set(program.map(({ name }) => name));
    const removed = [...this.state].filter(([name]) => !declared.has(name));
    await Promise.all([
      ...removed.map(async ([name, { id, outs }]) => {
        await verbs.delete(id, outs).then(() => this.state.delete(name), failed);
      }),
      ...this.#leftOver.map(async (resource) => {
        await verbs.delete(resource.id, resource.outs).then(() => {
          this.#leftOver = this.#leftOver.filter((other) => other !== resource);
        }, failed);
      }),
    ]);
    return errors;
  }

  /** Returns what drifted or failed. */
  async refresh(verbs: Verbs): Promise<{ drifted: string[]; errors: string[] }> {
    const drifted: string[] = [];
    const errors: string[] = [];
    await Promise.all(
      [...this.state].map(async ([name, old]) => {
        try {
          const { id, props, inputs } = await verbs.read(old.id, old.outs);
          if (!id) this.state.delete(name);
          else this.state.set(name, { id, inputs, outs: props, isPending: false });
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
    verbs: Verbs,
    { name, props, deleteBeforeReplace }: Declaration,
    errors: string[],
  ): Promise<Step | undefined> {
    const old = this.state.get(name);
    const news = { ...props, __provider: providerText };
    const { inputs, failures } = await verbs.check(old?.inputs ?? {}, news);
    errors.push(...failures.map(({ reason }) => reason));
    if (failures.length > 0) return undefined;
    if (!old) return { run: () => verbs.create(inputs) };

    const { changes, replaces } = await verbs.diff(old.id, old.outs, inputs);
    if (replaces.length > 0) {
      await verbs.check({}, news);
      if (!deleteBeforeReplace) return { run: () => verbs.create(inputs), replaces: old };
      const run = async () => {
        await verbs.delete(old.id, old.outs);
        this.state.delete(name);
        return verbs.create(inputs);
      };
      return { run };
    }
    const isSame = changes === "none" || (changes === "unknown" && sameProps(old.inputs, inputs));
    if (isSame && !old.isPending) {
      old.inputs = inputs;
      return undefined;
    }
    return { run: async () => ({ id: old.id, ...(await verbs.update(old.id, old.outs, inputs)) }) };
  }

  async #carryOut({ run, replaces }: Step, name: string, isLost: boolean): Promise<void> {
    const keep = (id: string, props: Props, isPending: boolean) => {
      this.state.set(name, { id, inputs: props, outs: props, isPending });
      if (replaces) this.#leftOver.push(replaces);
    };
    try {
      const { id, outs } = await run();
      if (isLost) throw new VerbError("error reading from server: EOF");
      keep(id, outs, false);
    } catch (error) {
      if (error instanceof VerbError && error.pending && !isLost)
        keep(error.pending.id, error.pending.properties, true);
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
