import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { OssEncryptionError } from "../../provider/src/errors";
import { EngineRun } from "../../provider/src/lifecycle/engine-run";
import { noNotes, type Note, type OthersNote, type RunNotes } from "../../provider/src/lifecycle/run-notes";
import { unknownValue } from "../../provider/src/rule/rule";
import { VirtualClock } from "../support/virtual-clock";

const place = { bucket: "logs", cloud: "aliyuncs.com" };
const aes256 = { bucket: "logs", sseAlgorithm: "AES256" };
const sm4 = { bucket: "logs", sseAlgorithm: "SM4" };
const own = (inputs: object | undefined, isLive: boolean, isLikely = true) => ({
  process: "own" as const,
  inputs,
  isLive,
  isLikely,
});

describe("what one run of the engine knows", () => {
  let run: EngineRun;
  beforeEach(() => (run = new EngineRun(noNotes, new VirtualClock(), () => undefined)));

  it("a bucket may be declared twice with the same rule, and not with another", () => {
    assert.equal(run.declare(place, aes256), undefined);
    assert.equal(run.declare(place, aes256), undefined);
    assert.equal(
      run.declare(place, sm4),
      "bucket logs is declared twice with a different sseAlgorithm: a bucket has one default rule",
    );
  });

  it("declarations clash in one cloud, and where a cloud may be any", () => {
    assert.equal(run.declare(place, aes256), undefined);
    assert.equal(run.declare({ ...place, cloud: "//oss.corp.example" }, sm4), undefined);
    assert.deepStrictEqual(run.declarer({ ...place, cloud: "*" }), own(undefined, false));
    assert.equal(run.declarer({ bucket: "data", cloud: "*" }), undefined);
  });

  it("an address that may lead to the same cloud counts, but less than that cloud itself", () => {
    assert.equal(run.declare({ ...place, cloud: "//10.1.2.3" }, sm4), undefined);
    assert.deepStrictEqual(run.declarer(place), own(undefined, false, false));
    assert.equal(run.declare(place, aes256), undefined);
    run.noteLive(place, aes256);
    assert.deepStrictEqual(run.declarer(place), own(aes256, true));
  });

  it("what is unknown clashes with nothing", () => {
    assert.equal(run.declare(place, aes256), undefined);
    assert.equal(run.declare(place, { ...aes256, sseAlgorithm: unknownValue }), undefined);
    const unknownBucket = { ...place, bucket: unknownValue };
    assert.equal(run.declare(unknownBucket, { ...aes256, bucket: unknownValue }), undefined);
    assert.equal(run.declarer(unknownBucket), undefined);
  });

  it("a resource that moves to a bucket is declared twice, and clashes with the next one only", () => {
    assert.equal(run.declare(place, aes256, true), undefined);
    assert.equal(run.declare(place, sm4), undefined);
    assert.equal(
      run.declare(place, aes256),
      "bucket logs is declared twice with a different sseAlgorithm: a bucket has one default rule",
    );
  });

  it("the declared rule is known once a verb saw it whole, and live once a verb made sure of it", () => {
    run.declare(place, aes256);
    assert.deepStrictEqual(run.declarer(place), own(undefined, false));
    run.noteUnchanged(place, { ...aes256, sseAlgorithm: unknownValue });
    assert.deepStrictEqual(run.declarer(place), own(undefined, false));
    run.noteUnchanged(place, aes256);
    assert.deepStrictEqual(run.declarer(place), own(aes256, false));
    run.noteLive(place, aes256);
    assert.deepStrictEqual(run.declarer(place), own(aes256, true));
  });

  it("what a refresh saw before the first declaration is not the declared rule", () => {
    run.noteUnchanged(place, aes256);
    assert.equal(run.declarer(place), undefined);
    run.declare(place, sm4);
    assert.deepStrictEqual(run.declarer(place), own(undefined, false));
  });

  it("a removed rule is no longer one that was made, and stays removed", () => {
    run.declare(place, aes256);
    run.noteLive(place, aes256);
    assert.equal(run.wasRemoved(place), false);
    run.noteRemoved(place);
    assert.deepStrictEqual([run.wasRemoved(place), run.declarer(place)], [true, own(aes256, false)]);
    run.noteLive(place, aes256);
    assert.equal(run.wasRemoved(place), true);
  });

  it("a bucket that is about to be replaced is one until it is declared", () => {
    assert.equal(run.isBucketReplaced(place), false);
    run.noteBucketReplaced(place);
    assert.equal(run.isBucketReplaced(place), true);
    run.declare(place, aes256);
    assert.equal(run.isBucketReplaced(place), false);
  });

  it("tasks on one bucket run one after the other, also after one that failed, and beside those on another", async () => {
    const order: string[] = [];
    let end: () => void = () => undefined;
    const first = run.exclusively(place, async () => {
      order.push("first begins");
      await new Promise<void>((resolve) => (end = resolve));
      throw new Error("first failed");
    });
    const second = run.exclusively({ ...place, cloud: "*" }, () => Promise.resolve(order.push("second")));
    await run.exclusively({ ...place, bucket: "data" }, () => Promise.resolve(order.push("another bucket")));
    assert.deepStrictEqual(order, ["first begins", "another bucket"]);
    end();
    await assert.rejects(first, { message: "first failed" });
    await second;
    assert.deepStrictEqual(order, ["first begins", "another bucket", "second"]);
  });

  it("a task that waits its turn runs in its own context: what it says is about its own resource", async () => {
    const urn = new AsyncLocalStorage<string>();
    const seen = (name: string) =>
      urn.run(name, () => run.exclusively(place, () => Promise.resolve(urn.getStore())));
    assert.deepStrictEqual(await Promise.all(["one", "two", "three"].map(seen)), ["one", "two", "three"]);
  });
});

describe("what the processes of one engine command know of each other", () => {
  let clock: VirtualClock;
  let written: Note[];
  let others: OthersNote[];
  let said: string[];
  let run: EngineRun;
  const other = (note: Note): OthersNote => ({ ...note, process: 7, cloud: place.cloud });

  beforeEach(() => {
    clock = new VirtualClock();
    written = [];
    others = [];
    const notes: RunNotes = { add: (_, note) => written.push(note), about: () => others };
    said = [];
    run = new EngineRun(notes, clock, (line) => said.push(line));
  });

  it("a process notes what it declares, makes sure of and removes", async () => {
    run.declare(place, aes256);
    run.noteUnchanged(place, aes256);
    run.noteLive(place, aes256);
    await run.exclusivelyRemoving(place, () => {
      run.noteRemoved(place);
      return Promise.resolve();
    });
    assert.deepStrictEqual(
      written.map(({ event }) => event),
      ["declared", "settled", "live", "removal began", "removed", "removal ended"],
    );
  });

  it("another process's declaration counts, and its rule can be compared though nobody can read it", () => {
    const rule = { ...aes256, sseAlgorithm: "KMS", kmsMasterKeyId: "secret-key" };
    const theirs: RunNotes = { add: (_, note) => others.push(other(note)), about: () => [] };
    const process = new EngineRun(theirs, clock, () => undefined);
    process.declare(place, rule);
    process.noteUnchanged(place, rule);
    const declarer = run.declarer(place);
    assert.ok(declarer?.process === "other" && declarer.isSettled);
    assert.equal(declarer.isDeclared({ sseAlgorithm: "KMS", kmsMasterKeyId: "secret-key" }), true);
    assert.equal(declarer.isDeclared({ sseAlgorithm: "KMS", kmsMasterKeyId: "other-key" }), false);
    assert.equal(declarer.isDeclared(undefined), false);
    assert.ok(!JSON.stringify(others).includes("secret-key"));
  });

  it("another process's declaration at an address that may lead to the same cloud is no more than that", () => {
    others = [{ ...other({ event: "declared" }), cloud: "//10.1.2.3" }];
    assert.equal(run.declarer(place)?.isLikely, false);
    others.unshift(other({ event: "declared" }));
    assert.equal(run.declarer(place)?.isLikely, true);
  });

  it("what another process saw without a declaration counts for nothing: it was a refresh that compared", () => {
    others = [other({ event: "settled", rule: "digest" })];
    assert.equal(run.declarer(place), undefined);
    others.push(other({ event: "declared" }));
    const declarer = run.declarer(place);
    assert.ok(declarer?.process === "other" && !declarer.isSettled);
  });

  it("a process waits until another one has ended its removal, says so, and writes nothing where that has no end", async () => {
    others = [other({ event: "removal began" })];
    let isDone = false;
    const task = () => Promise.resolve((isDone = true));
    await assert.rejects(run.exclusively(place, task), {
      name: "OssEncryptionError",
      message:
        "bucket logs: another provider resource has been removing its default rule for 15 minutes, so this one has " +
        "written nothing. Run pulumi up again.",
    });
    assert.deepStrictEqual([isDone, clock.elapsed], [false, 900_000]);
    assert.deepStrictEqual(
      [...new Set(said)],
      ["bucket logs: waiting for another provider resource, which is removing its default rule"],
    );
    others.push(other({ event: "removal ended" }));
    await run.exclusively(place, task);
    assert.deepStrictEqual([isDone, clock.elapsed], [true, 900_000]);
    assert.equal(run.wasRemoved(place), false);
    others.push(other({ event: "removed" }));
    assert.equal(run.wasRemoved(place), true);
  });

  it("what is done counts as done where the others can't be told of it", async () => {
    const full = (_: unknown, { event }: Note) => {
      if (event === "live" || event === "removal ended") throw new OssEncryptionError("The disk is full.");
    };
    run = new EngineRun({ add: full, about: () => [] }, clock, (line) => said.push(line));
    run.declare(place, aes256);
    run.noteLive(place, aes256);
    assert.deepStrictEqual(run.declarer(place), own(aes256, true));
    assert.equal(await run.exclusivelyRemoving(place, () => Promise.resolve("removed")), "removed");
    const line =
      "The disk is full. Without that folder a rule may be lost when its resource moves to another provider resource; " +
      "pulumi up --refresh puts it back.";
    assert.deepStrictEqual(said, [line, line]);
  });

  it("a removal that fails is over", async () => {
    await assert.rejects(
      run.exclusivelyRemoving(place, () => Promise.reject(new Error("403"))),
      { message: "403" },
    );
    assert.deepStrictEqual(
      written.map(({ event }) => event),
      ["removal began", "removal ended"],
    );
  });
});
