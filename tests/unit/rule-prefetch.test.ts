import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { RulePrefetch, type PrefetchedRule } from "../../provider/src/lifecycle/rule-prefetch";

const seenAt = (at: number): PrefetchedRule => ({ rule: { sseAlgorithm: "AES256" }, at });
const clockAt = (now: number) => ({ now: () => now });

describe("looks that check begins", () => {
  it("no more than 16 looks are under way: each further one begins when another ends", async () => {
    const looks = new RulePrefetch();
    const ends: ((look: PrefetchedRule) => void)[] = [];
    const look = () => new Promise<PrefetchedRule>((end) => ends.push(end));
    const begun = Array.from({ length: 20 }, (_, at) => looks.start(`bucket-${at}`, look));
    await Promise.all(begun.slice(0, 16));
    assert.equal(ends.length, 16);
    ends[3]?.(seenAt(0));
    await begun[16];
    assert.equal(ends.length, 17);
  });

  it("a look that waits its turn runs in the context of its own check", async () => {
    const looks = new RulePrefetch();
    const urn = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const look = async () => {
      await Promise.resolve();
      seen.push(urn.getStore());
      return seenAt(0);
    };
    const names = Array.from({ length: 20 }, (_, at) => `bucket-${at}`);
    await Promise.all(names.map((name) => urn.run(name, () => looks.start(name, look))));
    await looks.settled();
    assert.deepStrictEqual(seen, names);
  });

  it("a look serves once, and no longer than 15 seconds", async () => {
    const looks = new RulePrefetch();
    await looks.start("logs", () => Promise.resolve(seenAt(0)));
    assert.deepStrictEqual(await looks.take("logs", clockAt(14_999)), seenAt(0));
    assert.equal(await looks.take("logs", clockAt(14_999)), undefined);
    await looks.start("logs", () => Promise.resolve(seenAt(0)));
    assert.equal(await looks.take("logs", clockAt(15_000)), undefined);
  });

  it("whoever takes a look waits for it, and a dropped one is not given out", async () => {
    const looks = new RulePrefetch();
    let end: (look: PrefetchedRule) => void = () => undefined;
    const look = () => new Promise<PrefetchedRule>((resolve) => (end = resolve));
    await looks.start("logs", look);
    const taken = looks.take("logs", clockAt(1));
    end(seenAt(1));
    assert.deepStrictEqual(await taken, seenAt(1));
    await looks.start("logs", look);
    looks.drop("logs");
    end(seenAt(1));
    await looks.settled();
    assert.equal(await looks.take("logs", clockAt(1)), undefined);
  });
});
