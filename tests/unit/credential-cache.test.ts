import assert from "node:assert/strict";
import { CredentialCache } from "../../provider/src/credentials/cache";
import { CredentialsError } from "../../provider/src/errors";
import type { Fetched } from "../../provider/src/credentials/fetch";
import { VirtualClock } from "../support/virtual-clock";

const minute = 60_000;

/** A cache whose time stands still and whose fetches are scripted: minutes that credentials live, or an error. */
function scripted(...script: (number | Error)[]) {
  let now = 0;
  let fetches = 0;
  const fetch = (): Promise<Fetched> => {
    const next = script[Math.min(fetches++, script.length - 1)] ?? Infinity;
    if (next instanceof Error) return Promise.reject(next);
    const credentials = { accessKeyId: `id-${fetches}`, accessKeySecret: "s", securityToken: "t" };
    return Promise.resolve({ credentials, expiresAt: now + next * minute });
  };
  const cache = new CredentialCache(fetch, new VirtualClock(), () => now);
  return {
    cache,
    id: async () => (await cache.get()).accessKeyId,
    wait: (minutes: number) => (now += minutes * minute),
    fetches: () => fetches,
  };
}

const down = new CredentialsError("STS is down.", true);
const refused = new CredentialsError("STS refuses.", false);

describe("credential cache", () => {
  it("keeps credentials until five minutes before they expire", async () => {
    const { id, wait } = scripted(60);
    assert.equal(await id(), "id-1");
    wait(54.9);
    assert.equal(await id(), "id-1");
    wait(0.2);
    assert.equal(await id(), "id-2");
  });

  it("keeps short-lived ones for four fifths of their life, not for none of it", async () => {
    const { id, wait } = scripted(5);
    assert.equal(await id(), "id-1");
    wait(3.9);
    assert.equal(await id(), "id-1");
    wait(0.2);
    assert.equal(await id(), "id-2");
  });

  it("uses the old ones while an early renewal fails, and no longer than they are good", async () => {
    const { id, wait } = scripted(60, refused);
    await id();
    wait(56);
    assert.equal(await id(), "id-1");
    wait(0.1);
    assert.equal(await id(), "id-1");
    wait(5);
    await assert.rejects(id(), refused);
  });

  it("tries three times where that may help, and once where it can't", async () => {
    const passing = scripted(down);
    await assert.rejects(passing.id(), down);
    assert.equal(passing.fetches(), 3);
    const lasting = scripted(refused);
    await assert.rejects(lasting.id(), refused);
    assert.equal(lasting.fetches(), 1);
  });

  it("remembers a failure for ten seconds, so that a run of many resources fails at once", async () => {
    const { id, wait, fetches } = scripted(refused, 60);
    await assert.rejects(id(), refused);
    wait(0.1);
    await assert.rejects(id(), refused);
    assert.equal(fetches(), 1);
    wait(0.1);
    assert.equal(await id(), "id-2");
  });

  it("replaces refused credentials once for all that hold them", async () => {
    const { cache, id, fetches } = scripted(60);
    const first = await cache.get();
    assert.deepEqual(await Promise.all([cache.replace(first), cache.replace(first), cache.replace(first)]), [
      true,
      true,
      true,
    ]);
    assert.equal(await id(), "id-2");
    assert.equal(await cache.replace(first), true);
    assert.equal(fetches(), 2);
  });

  it("says that there are no others where the same come back", async () => {
    const credentials = { accessKeyId: "id", accessKeySecret: "s", securityToken: "t" };
    const cache = new CredentialCache(
      () => Promise.resolve({ credentials: { ...credentials } }),
      new VirtualClock(),
      () => 0,
    );
    assert.equal(await cache.replace(await cache.get()), false);
  });
});
