import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Emulator, EncryptionRule, Fault } from "oss-emulator";
import type { Props, Verbs } from "../support/verbs";
import { EngineModel, type Declaration, type Run } from "./engine-model";

/** The provider's processes of one engine command. */
export interface Processes {
  verbs: (provider: string) => Promise<Verbs>;
  close: () => unknown;
}

export type Command =
  | { up: readonly Declaration[]; refreshFirst: boolean; faults: readonly Fault[]; lostFrom: number }
  | { refresh: true; faults: readonly Fault[] }
  | { outside: string; rule: EncryptionRule | undefined };

/** Faults that are over soon, on a clock that nobody turns. */
export const passingFaults: Fault[] = [
  { answer: { code: "AccessDenied" } },
  { answer: { code: "InternalError" } },
  { connection: "reset", carriedOut: true },
];

export const everyFault: Fault[] = [
  ...passingFaults,
  { answer: { status: 404 } },
  { answer: { code: "MetaOperationQpsLimitExceeded" } },
  { answer: { body: "<html/>" } },
  { connection: "reset" },
  { connection: "reset-mid-body" },
  { stale: true },
];

export const bucketNames = ["one", "two", "three"];
export const rules: Props[] = [
  { sseAlgorithm: "AES256" },
  { sseAlgorithm: "SM4" },
  { sseAlgorithm: "KMS" },
  { sseAlgorithm: "KMS", kmsMasterKeyId: "key-1" },
  { sseAlgorithm: "KMS", kmsMasterKeyId: "key-1", kmsDataEncryption: "SM4" },
];

/** A rule in the names of the wire format. */
export const onWire = ({ sseAlgorithm, kmsMasterKeyId, kmsDataEncryption }: Props): EncryptionRule =>
  ({
    SSEAlgorithm: sseAlgorithm,
    ...(kmsMasterKeyId ? { KMSMasterKeyID: kmsMasterKeyId } : {}),
    ...(kmsDataEncryption ? { KMSDataEncryption: kmsDataEncryption } : {}),
  }) as EncryptionRule;

/** Programs of up to four resources; where two declare one bucket, they declare the same rule. */
export const programs = fc
  .record({
    ruleOf: fc.record(Object.fromEntries(bucketNames.map((name) => [name, fc.constantFrom(...rules)]))),
    resources: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom("a", "b", "c", "d", "other-a", "other-b"),
        bucket: fc.constantFrom(...bucketNames),
        region: fc.constantFrom({}, {}, { region: "cn-hangzhou" }),
        deleteBeforeReplace: fc.boolean(),
        replacesBucket: fc.constantFrom(false, false, false, true),
      }),
      { selector: ({ name }) => name, maxLength: 4 },
    ),
  })
  .map(({ ruleOf, resources }) =>
    resources.map(({ name, bucket, region, deleteBeforeReplace, replacesBucket }) => ({
      name,
      props: { bucket, ...ruleOf[bucket], ...region },
      deleteBeforeReplace,
      replacesBucket,
      provider: name.startsWith("other-") ? "other" : "default",
    })),
  );

const rule = fc.option(fc.constantFrom(...rules).map(onWire), { nil: undefined });

/** Random programs and accidents. `faults` may happen in a run; what they hit is random. */
export function sequences(faults: readonly Fault[], maxLength: number) {
  const fault = fc
    .record({
      fault: fc.constantFrom(...faults),
      operation: fc.constantFrom("GetBucketEncryption", "PutBucketEncryption", "DeleteBucketEncryption"),
      after: fc.nat(3),
      times: fc.constantFrom(1, 2, 6),
    })
    // Stale reads show what there was before the run.
    .map(({ fault, operation, ...when }) => ({
      ...when,
      operation: fault.stale ? "GetBucketEncryption" : operation,
      ...fault,
    }));
  const some = fc.array(fault, { maxLength: 2 });
  const command: fc.Arbitrary<Command> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        up: fc.oneof({ weight: 4, arbitrary: programs }, { weight: 1, arbitrary: fc.constant([]) }),
        refreshFirst: fc.boolean(),
        faults: some,
        lostFrom: fc.constantFrom(Infinity, Infinity, 0, 1, 3),
      }),
    },
    { weight: 1, arbitrary: fc.record({ refresh: fc.constant(true as const), faults: some }) },
    { weight: 1, arbitrary: fc.record({ outside: fc.constantFrom(...bucketNames), rule }) },
  );
  return fc.record({ commands: fc.array(command, { maxLength }), last: programs });
}

let played = 0;

/**
 * Plays a sequence on fresh buckets, and checks after each run that succeeded that OSS has what was declared, after each
 * with a refresh whatever came before, that no run took away a rule which its state doesn't have, and in the end that
 * there is nothing left to do.
 */
export async function play(
  emulator: Emulator,
  open: () => Promise<Processes>,
  { commands, last }: { commands: readonly Command[]; last: readonly Declaration[] },
): Promise<void> {
  const prefix = `run-${played++}-`;
  for (const name of bucketNames) emulator.createBucket(prefix + name);
  const own = (program: readonly Declaration[]) =>
    program.map((one) => ({ ...one, props: { ...one.props, bucket: prefix + one.props.bucket } }));
  const engine = new EngineModel();
  /**
   * Changed since a refresh looked, from outside or by a run that was lost before the state knew: a plain `up` has no
   * reason to look there.
   */
  const touched = new Set<string>();
  /** Buckets that took their rules with them. */
  const replaced = new Set<string>();

  /** One engine command; every second bucket that is to be replaced isn't empty. */
  const command = async <T>(task: (run: Run) => Promise<T>): Promise<T> => {
    const { verbs, close } = await open();
    const replaceBucket = (bucket: string) => {
      if (bucket.endsWith("two")) return false;
      emulator.setEncryption(bucket, undefined);
      replaced.add(bucket);
      return true;
    };
    try {
      return await task({ verbs, replaceBucket });
    } finally {
      await close();
      emulator.clearFaults();
    }
  };
  const happen = (faults: readonly Fault[]) => faults.forEach((fault) => emulator.fault(fault));
  /** The engine starts processes for a refresh, and others for what comes after it. */
  const refreshIn = async ({ verbs, ...run }: Run) => {
    const outcome = await engine.refresh({
      ...run,
      verbs: (provider) => verbs(`${provider}, refreshing`),
    });
    if (outcome.errors.length === 0) touched.clear();
    return outcome;
  };
  const refresh = (faults: readonly Fault[]) =>
    command((run) => {
      happen(faults);
      return refreshIn(run);
    });
  const isDeclaredAndLive = (program: readonly Declaration[]) => {
    for (const { props } of program) {
      if (touched.has(props.bucket)) continue;
      assert.deepStrictEqual(emulator.encryption(props.bucket), onWire(props), props.bucket);
    }
  };
  /** Rules that aren't as the state has them, on buckets that the program doesn't declare: somebody else's. */
  const othersRules = (program: readonly Declaration[]) => {
    const declared = new Set(program.map(({ props }) => props.bucket));
    const ids = new Set(engine.managed.map(({ id }) => id).filter((id) => !declared.has(id)));
    return [...ids].flatMap((id) => {
      const live = emulator.encryption(id);
      const states = engine.managed.filter((one) => one.id === id).map(({ outs }) => onWire(outs));
      const isOurs = states.some((state) => isDeepStrictEqual(state, live));
      return live && !isOurs ? [{ id, live }] : [];
    });
  };
  const upIn = async (
    run: Run,
    program: readonly Declaration[],
    faults: readonly Fault[],
    lostFrom: number,
  ) => {
    const managed = engine.managed.map(({ id }) => id);
    const others = othersRules(program);
    replaced.clear();
    happen(faults);
    const errors = await engine.up(run, program, lostFrom);
    for (const { id, live } of others.filter(({ id }) => !replaced.has(id))) {
      assert.deepStrictEqual(emulator.encryption(id), live, id);
    }
    const declared = new Set(program.map(({ props }) => props.bucket));
    if (errors.length > 0) {
      // A kill hides what was done; and of a delete that failed, as of the look after it, nothing is known.
      if (lostFrom !== Infinity) for (const id of declared) touched.add(id);
      for (const id of managed.filter((id) => !declared.has(id))) touched.add(id);
      return errors;
    }
    isDeclaredAndLive(program);
    const kept = new Set(others.map(({ id }) => id));
    for (const id of managed.filter((id) => !declared.has(id) && !kept.has(id) && !touched.has(id))) {
      assert.equal(emulator.encryption(id), undefined, id);
    }
    return errors;
  };
  const up = (program: readonly Declaration[]) => command((run) => upIn(run, program, [], Infinity));

  for (const one of commands) {
    if ("outside" in one) {
      emulator.setEncryption(prefix + one.outside, one.rule);
      touched.add(prefix + one.outside);
    } else if ("refresh" in one) {
      await refresh(one.faults);
    } else {
      await command(async (run) => {
        if (one.refreshFirst && (await refreshIn(run)).errors.length > 0) return;
        await upIn(run, own(one.up), one.faults, one.lostFrom);
      });
    }
  }

  const program = own(last).map((one) => ({ ...one, replacesBucket: false }));
  assert.deepStrictEqual((await refresh([])).errors, []);
  assert.deepStrictEqual(await up(program), []);
  const before = emulator.requests.length;
  assert.deepStrictEqual(await refresh([]), { drifted: [], errors: [] });
  assert.deepStrictEqual(await up(program), []);
  const writes = emulator.requests.slice(before).filter(({ method }) => method !== "GET");
  assert.deepStrictEqual(
    writes.map(({ operation }) => operation),
    [],
  );
  assert.equal(engine.state.size, program.length);
}
