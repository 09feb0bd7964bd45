import assert from "node:assert/strict";
import type { Fault } from "oss-emulator";
import { EncryptionStack, type Declaration } from "../support/encryption-stack";
import { succeeds } from "../support/outcome";
import { refreshAlways } from "../support/refresh-always";
import { until } from "../support/until";
import { describeWithEngine } from "../support/with-engine";
import { killEngine, killProvider, removeTornAttributes } from "../support/kill-engine";

/** Requests that come through before the rest hang. */
const through = 2;
const buckets = (prefix: string) => Array.from({ length: 6 }, (_, at) => `${prefix}-${at}`);

/** A rule for each of six buckets; resources of one name are the same ones. */
const declare = (prefix: string, sseAlgorithm: string, names = "rule"): Declaration[] =>
  buckets(prefix).map((bucket, at) => ({
    name: `${names}-${at}`,
    args: { bucket, sseAlgorithm },
    opts: { deleteBeforeReplace: true },
  }));

const before = declare("first", "KMS");
const edits = {
  "six more": [...before, ...declare("second", "KMS", "more")],
  "another rule": declare("first", "SM4"),
  "another bucket": declare("second", "KMS"),
};

const put: Fault = { operation: "PutBucketEncryption", connection: "hang" };
const look: Fault = { operation: "GetBucketEncryption", connection: "hang" };
const remove: Fault = { operation: "DeleteBucketEncryption", connection: "hang", carriedOut: true };

interface Kill {
  title: string;
  /** The command, run on a stack whose six buckets are declared with KMS. */
  command: "up" | "up --refresh" | "refresh" | "destroy";
  /** What the program has become when it runs. */
  edit?: keyof typeof edits;
  /** Whether all rules were weakened outside before. */
  weakened?: boolean;
  /** What happens to requests of its kind from the third on, until the kill. */
  fault: Fault;
}

const kills: Kill[] = [
  { title: "creates", command: "up", edit: "six more", fault: put },
  { title: "updates", command: "up", edit: "another rule", fault: put },
  { title: "updates", command: "up --refresh", weakened: true, fault: put },
  { title: "reads", command: "refresh", weakened: true, fault: look },
  { title: "deletes", command: "destroy", fault: remove },
  { title: "deletes before a replacement", command: "up", edit: "another bucket", fault: remove },
  { title: "creates of a replacement", command: "up", edit: "another bucket", fault: put },
];

describeWithEngine("the recovery from a kill, as docs/faults.md has it", (engine) => {
  /** The stack after the kill, with nothing in the way any more. */
  async function killed(kill: Kill, victim: "engine" | "provider", options = {}): Promise<EncryptionStack> {
    const stack = await EncryptionStack.create(engine(), options);
    const { emulator, project } = stack;
    for (const name of [...buckets("first"), ...buckets("second")]) emulator.createBucket(name);
    await stack.declare(...before);
    await succeeds(project.up());
    if (kill.weakened) {
      for (const name of buckets("first")) emulator.setEncryption(name, { SSEAlgorithm: "AES256" });
    }
    if (kill.edit) await stack.declare(...edits[kill.edit]);
    emulator.clearRequests();
    emulator.fault({ ...kill.fault, after: through, times: Infinity });
    const command = kill.command.split(" ");
    const running = project.pulumi([...command, "--yes", "--skip-preview"]);
    const asked = () => emulator.requests.filter(({ operation }) => operation === kill.fault.operation);
    await until(() => asked().length > through);
    await (victim === "engine" ? killEngine(engine(), { verb: command[0] ?? "" }) : killProvider());
    assert.notEqual((await running).code, 0);
    emulator.clearFaults();
    if (victim === "engine") await removeTornAttributes(project.folder);
    return stack;
  }

  /** Every declared bucket has its rule, and nobody finds anything to do. */
  async function isAsDeclared(stack: EncryptionStack, declared: Declaration[]): Promise<void> {
    const wanted = declared.map(({ args }) => [args.bucket, args.sseAlgorithm]);
    assert.deepEqual(
      wanted.map(([bucket]) => [bucket, stack.live[bucket as string]]),
      wanted,
    );
    await succeeds(stack.project.preview(["--refresh", "--expect-no-changes"]));
  }

  async function nothingIsPending({ project }: EncryptionStack): Promise<void> {
    assert.doesNotMatch((await project.exportStack()).text, /"pending/);
  }

  for (const kill of kills) {
    const { title, command, edit } = kill;
    for (const wanted of edit ? (["the program before", "the edit"] as const) : (["the program"] as const)) {
      const declared = wanted === "the edit" && edit ? edits[edit] : before;

      it(`engine killed in ${title} of ${command}: cancel, refresh and up end with ${wanted}`, async () => {
        await using stack = await killed(kill, "engine");
        await stack.declare(...declared);
        assert.equal((await stack.project.pulumi(["cancel", "--yes"])).code, 0);
        await succeeds(stack.project.refresh(["--clear-pending-creates"]));
        await succeeds(stack.project.up());
        await isAsDeclared(stack, declared);
        await nothingIsPending(stack);
      });

      it(`provider killed in ${title} of ${command}: up --refresh ends with ${wanted}`, async () => {
        await using stack = await killed(kill, "provider");
        await stack.declare(...declared);
        await succeeds(stack.project.up(["--refresh"]));
        await isAsDeclared(stack, declared);
        await nothingIsPending(stack);
      });
    }

    it(`engine killed in ${title} of ${command}, refresh: always: cancel and up end with the program`, async () => {
      await using stack = await killed(kill, "engine", { files: refreshAlways });
      await stack.declare(...before);
      assert.equal((await stack.project.pulumi(["cancel", "--yes"])).code, 0);
      await succeeds(stack.project.up());
      await isAsDeclared(stack, before);
    });
  }

  for (const victim of ["engine", "provider"] as const) {
    it(`${victim} killed in a destroy that is to go on: ${victim === "engine" ? "cancel and destroy end" : "destroy ends"} it`, async () => {
      const destroy = kills.find(({ command }) => command === "destroy");
      assert.ok(destroy);
      await using stack = await killed(destroy, victim);
      if (victim === "engine") assert.equal((await stack.project.pulumi(["cancel", "--yes"])).code, 0);
      await succeeds(stack.project.destroy());
      assert.deepEqual(new Set(Object.values(stack.live)), new Set([undefined]));
      assert.deepEqual((await stack.project.exportStack()).resources, []);
    });
  }
});
