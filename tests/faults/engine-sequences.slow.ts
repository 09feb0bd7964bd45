import assert from "node:assert/strict";
import fc from "fast-check";
import { EncryptionStack } from "../support/encryption-stack";
import { describeWithEngine } from "../support/with-engine";
import { bucketNames, onWire, programs, rules } from "./random-sequences";

/** Programs with a change from outside before each but the first. */
const histories = fc.record({
  programs: fc.array(programs, { minLength: 2, maxLength: 3 }),
  outside: fc.record({
    bucket: fc.constantFrom(...bucketNames),
    rule: fc.option(fc.constantFrom(...rules), { nil: undefined }),
  }),
});

describeWithEngine("on the real engine, whatever programs and outside changes came before", (engine) => {
  it("up --refresh leaves OSS as declared, and a refresh finds no drift", () =>
    fc.assert(
      fc.asyncProperty(histories, async ({ programs, outside }) => {
        await using stack = await EncryptionStack.create(engine());
        const { emulator, project } = stack;
        for (const name of bucketNames) emulator.createBucket(name);
        for (const program of programs) {
          await stack.declare(
            ...program.map(({ name, props, deleteBeforeReplace }) => ({
              name,
              args: props,
              opts: { deleteBeforeReplace },
            })),
          );
          const up = await project.up(["--refresh"]);
          assert.equal(up.code, 0, up.stdout);
          const declared = Object.fromEntries(program.map(({ props }) => [props.bucket, onWire(props)]));
          for (const name of bucketNames) {
            if (name !== outside.bucket || declared[name]) {
              assert.deepStrictEqual(emulator.encryption(name), declared[name], name);
            }
          }
          emulator.setEncryption(outside.bucket, outside.rule && onWire(outside.rule));
        }
        assert.equal((await project.up(["--refresh"])).code, 0);
        const refresh = await project.refresh(["--preview-only", "--expect-no-changes"]);
        assert.equal(refresh.code, 0, refresh.stdout);
      }),
      { numRuns: 3, endOnFailure: true },
    ));
});
