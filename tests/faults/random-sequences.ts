import assert from "node:assert/strict";
import fc from "fast-check";
import type { Emulator, EncryptionRule, Fault } from "oss-emulator";
import type { Props, Verbs } from "../support/verbs";
import { EngineModel, type Declaration } from "./engine-model";

/** A provider for one run of the engine. */
export interface Run {
  verbs: Verbs;
  close: () => unknown;
}

export type Command =
  | { up: readonly Declaration[]; faults: readonly Fault[]; lostFrom: number }
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
        name: fc.constantFrom("a", "b", "c", "d"),
        bucket: fc.constantFrom(...bucketNames),
        region: fc.constantFrom({}, {}, { region: "cn-hangzhou" }),
        deleteBeforeReplace: fc.boolean(),
      }),
      { selector: ({ name }) => name, maxLength: 4 },
    ),
  })
  .map(({ ruleOf, resources }) =>
    resources.map(({ name, bucket, region, deleteBeforeReplace }) => ({
      name,
      props: { bucket, ...ruleOf[bucket], ...region },
      deleteBeforeReplace,
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
        up: programs,
        faults: some,
        lostFrom: fc.constantFrom(Infinity, Infinity, 0, 1),
      }),
    },
    { weight: 1, arbitrary: fc.record({ refresh: fc.constant(true as const), faults: some }) },
    { weight: 1, arbitrary: fc.record({ outside: fc.constantFrom(...bucketNames), rule }) },
  );
  return fc.record({ commands: fc.array(command, { maxLength }), last: programs });
}

let played = 0;

/** Plays a sequence on fresh buckets and checks, after each run that succeeded and at the end, that OSS has what was declared. */
export async function play(
  emulator: Emulator,
  openRun: () => Promise<Run>,
  { commands, last }: { commands: readonly Command[]; last: readonly Declaration[] },
): Promise<void> {
  const prefix = `run-${played++}-`;
  for (const name of bucketNames) emulator.createBucket(prefix + name);
  const own = (program: readonly Declaration[]) =>
    program.map((one) => ({ ...one, props: { ...one.props, bucket: prefix + one.props.bucket } }));
  const engine = new EngineModel();
  /**
   * Changed since a refresh looked, from outside or by a run that was lost before the state knew: a plain `up` has no
   * reason to look there. The recovery of a lost run ends with a refresh.
   */
  const touched = new Set<string>();
  const inRun = async <T>(faults: readonly Fault[], task: (verbs: Verbs) => Promise<T>): Promise<T> => {
    for (const fault of faults) emulator.fault(fault);
    const { verbs, close } = await openRun();
    try {
      return await task(verbs);
    } finally {
      await close();
      emulator.clearFaults();
    }
  };
  const isDeclaredAndLive = (program: readonly Declaration[]) => {
    for (const { props } of program)
      if (!touched.has(props.bucket))
        assert.deepStrictEqual(emulator.encryption(props.bucket), onWire(props), props.bucket);
  };

  for (const command of commands) {
    if ("outside" in command) {
      emulator.setEncryption(prefix + command.outside, command.rule);
      touched.add(prefix + command.outside);
    } else if ("refresh" in command) {
      const { errors } = await inRun(command.faults, (verbs) => engine.refresh(verbs));
      if (errors.length === 0) touched.clear();
    } else {
      const program = own(command.up);
      const managed = engine.managed;
      const errors = await inRun(command.faults, (verbs) => engine.up(verbs, program, command.lostFrom));
      if (errors.length > 0) {
        if (command.lostFrom !== Infinity) for (const { props } of program) touched.add(props.bucket);
        continue;
      }
      isDeclaredAndLive(program);
      const declared = new Set(program.map(({ props }) => props.bucket));
      // Where the state doesn't know what is live, another rule stays.
      for (const id of managed.filter((id) => !declared.has(id) && !touched.has(id))) {
        assert.equal(emulator.encryption(id), undefined, id);
      }
    }
  }

  const program = own(last);
  assert.deepStrictEqual((await inRun([], (verbs) => engine.refresh(verbs))).errors, []);
  touched.clear();
  assert.deepStrictEqual(await inRun([], (verbs) => engine.up(verbs, program)), []);
  isDeclaredAndLive(program);
  const before = emulator.requests.length;
  assert.deepStrictEqual(await inRun([], (verbs) => engine.refresh(verbs)), { drifted: [], errors: [] });
  assert.deepStrictEqual(await inRun([], (verbs) => engine.up(verbs, program)), []);
  const writes = emulator.requests.slice(before).filter(({ method }) => method !== "GET");
  assert.deepStrictEqual(
    writes.map(({ operation }) => operation),
    [],
  );
  assert.equal(engine.state.size, program.length);
}
