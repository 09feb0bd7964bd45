import assert from "node:assert/strict";
import fc from "fast-check";
import type { Fault } from "oss-emulator";
import { killEngine, killProvider, removeTornAttributes } from "../support/kill-engine";
import { EncryptionStack } from "../support/encryption-stack";
import { succeeds } from "../support/outcome";
import { until } from "../support/until";
import { describeWithEngine } from "../support/with-engine";
import { writeProgram } from "../support/written-program";
import type { Declaration } from "./engine-model";
import { bucketNames, onWire, programs, rules } from "./random-sequences";

const numRuns = Number(process.env.ENGINE_SEQUENCES ?? 3);

type Accident = "none" | "a delete without an answer" | "provider killed" | "engine killed";

/** Programs, each with an accident in its `up` and a change from outside after it; in the end they may be destroyed. */
const histories = fc.record({
  ups: fc.array(
    fc.record({
      program: programs,
      accident: fc.constantFrom<Accident>(
        "none",
        "a delete without an answer",
        "provider killed",
        "engine killed",
      ),
      /** The write that hangs where a process is killed. */
      operation: fc.constantFrom("PutBucketEncryption", "DeleteBucketEncryption"),
      after: fc.nat(2),
      carriedOut: fc.boolean(),
      bucket: fc.constantFrom(...bucketNames),
      rule: fc.option(fc.constantFrom(...rules), { nil: undefined }),
    }),
    { minLength: 2, maxLength: 4 },
  ),
  isDestroyed: fc.boolean(),
});
type Up = ReturnType<typeof histories.generate>["value"]["ups"][number];

const declaration = ({ name, props, deleteBeforeReplace, provider }: Declaration) =>
  `rule("${name}", ${JSON.stringify(props)}, { deleteBeforeReplace: ${String(deleteBeforeReplace)}${
    provider === "other" ? ", provider: apart" : ""
  } });`;

function faultOf({ accident, operation, after, carriedOut }: Up): Fault | undefined {
  if (accident === "none") return undefined;
  if (accident === "a delete without an answer") {
    return { operation: "DeleteBucketEncryption", connection: "reset", carriedOut: true, times: Infinity };
  }
  return { operation, after, carriedOut, connection: "hang", times: Infinity };
}

describeWithEngine(
  "on the real engine, whatever programs, kills and outside changes came before",
  (engine) => {
    /** One `up --refresh` with its accident, and the documented recovery from it. */
    async function deploy({ emulator, project }: EncryptionStack, up: Up): Promise<void> {
      const fault = faultOf(up);
      emulator.clearRequests();
      if (fault) emulator.fault(fault);
      let isOver = false;
      const running = project.up(["--refresh"]).finally(() => (isOver = true));
      let isKilled = false;
      if (up.accident.endsWith("killed")) {
        const hangs = () =>
          emulator.requests.filter(({ operation }) => operation === fault?.operation).length > up.after;
        // Where it has less to write it ends by itself.
        isKilled = (await until(() => (isOver ? "over" : hangs() && "hangs"))) === "hangs";
        if (isKilled) await (up.accident === "engine killed" ? killEngine(engine()) : killProvider());
      }
      const { code, stdout } = await running;
      emulator.clearFaults();
      assert.equal(code === 0, !isKilled, stdout);
      if (!isKilled) return;
      if (up.accident === "engine killed") {
        await removeTornAttributes(project.folder);
        await project.pulumi(["cancel", "--yes"]);
        await succeeds(project.refresh(["--clear-pending-creates"]));
        await succeeds(project.up());
      } else {
        await succeeds(project.up(["--refresh"]));
      }
    }

    it("OSS is as declared, a refresh finds no drift, and a destroy takes no rule that somebody else has set", () =>
      fc.assert(
        fc.asyncProperty(histories, async ({ ups, isDestroyed }) => {
          await using stack = await EncryptionStack.create(engine());
          const { emulator, project } = stack;
          for (const name of bucketNames) emulator.createBucket(name);
          /** Buckets whose rule nobody declares: somebody's own, or left by a run that was killed. */
          const strange = new Set<string>();
          for (const up of ups) {
            await writeProgram(
              project,
              `const apart = other("apart");\n${up.program.map(declaration).join("\n")}`,
            );
            await deploy(stack, up);
            const declared = new Map(up.program.map(({ props }) => [props.bucket, onWire(props)]));
            if (up.accident.endsWith("killed")) bucketNames.forEach((name) => strange.add(name));
            for (const name of bucketNames) {
              if (declared.has(name)) strange.delete(name);
              if (!strange.has(name)) assert.deepEqual(emulator.encryption(name), declared.get(name), name);
            }
            await succeeds(project.refresh(["--preview-only", "--expect-no-changes"]));
            emulator.setEncryption(up.bucket, up.rule && onWire(up.rule));
            strange.add(up.bucket);
          }
          const last = ups.at(-1);
          if (!isDestroyed || !last) return;
          const before = emulator.encryption(last.bucket);
          const own = last.program.find(({ props }) => props.bucket === last.bucket);
          await succeeds(project.destroy());
          const isOwn = own && JSON.stringify(onWire(own.props)) === JSON.stringify(before);
          assert.deepEqual(emulator.encryption(last.bucket), isOwn ? undefined : before);
          assert.deepEqual((await project.exportStack()).resources, []);
        }),
        { numRuns, endOnFailure: true, includeErrorInReport: true },
      ));
  },
);
