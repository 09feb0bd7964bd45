import { Connections } from "../../provider/src/connections";
import { Lifecycle } from "../../provider/src/lifecycle/lifecycle";
import { noNotes, type RunNotes } from "../../provider/src/lifecycle/run-notes";
import type { Clock } from "../../provider/src/net/retry";
import { VerbError, type Props, type Verbs } from "../support/verbs";

export interface InProcessOptions {
  clock: Clock;
  env: Record<string, string>;
  config?: Record<string, string>;
  /** Of the other processes of the same run; default: there are none. */
  notes?: RunNotes;
}

/**
 * The provider without process and gRPC, on a clock that tests turn: what lies in between does the same as the SDK's
 * host, which the protocol tests drive. One instance serves one run of the engine.
 */
export class InProcess implements Verbs {
  readonly #connections: Connections;
  readonly #lifecycle: Lifecycle;
  /** What was said to the person who runs the engine. */
  readonly lines: string[] = [];

  constructor({ clock, env, config = {}, notes = noNotes }: InProcessOptions) {
    this.#connections = new Connections((key) => config[key], { clock, env });
    const log = (line: string) => this.lines.push(line);
    this.#lifecycle = new Lifecycle({ connections: this.#connections, clock, log, notes });
  }

  async check(olds: Props, news: Props) {
    const { inputs, failures } = await this.#lifecycle.check(olds, news);
    return { inputs: { ...inputs, __provider: news.__provider }, failures };
  }

  diff(_id: string, olds: Props, news: Props) {
    const { changes, replaces = [] } = this.#lifecycle.diff(olds, news);
    const told = { true: "some", false: "none", undefined: "unknown" } as const;
    return Promise.resolve({ changes: told[`${changes}`], replaces });
  }

  async create(props: Props) {
    const { id, outs } = await telling(this.#lifecycle.create(props));
    return { id, outs: { ...outs, __provider: props.__provider } };
  }

  async read(id: string, props: Props) {
    const read = await telling(this.#lifecycle.read(id, props));
    const { __provider } = props;
    return {
      id: read.id ?? "",
      props: { ...read.props, __provider },
      inputs: { ...read.inputs, __provider },
    };
  }

  async update(_id: string, olds: Props, news: Props) {
    const { outs } = await telling(this.#lifecycle.update(olds, news));
    return { outs: { ...outs, __provider: news.__provider } };
  }

  delete(id: string, props: Props) {
    return telling(this.#lifecycle.delete(id, props));
  }

  close(): void {
    this.#connections.close();
  }
}

async function telling<T>(verb: Promise<T>): Promise<T> {
  try {
    return await verb;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { id, properties = {}, reasons = [] } = error as Partial<NonNullable<VerbError["pending"]>>;
    throw new VerbError(error.message, id === undefined ? undefined : { id, properties, reasons });
  }
}
