import assert from "node:assert/strict";
import { fetchCredentials } from "../../provider/src/credentials/fetch";
import type { CredentialSpec } from "../../provider/src/credentials/spec";
import { CredentialsError } from "../../provider/src/errors";
import { ServerClock } from "../../provider/src/net/server-clock";

const role = {
  roleArn: "acs:ram::1234567890123456:role/encryption",
  sessionName: "test",
  durationSeconds: 900,
};
const keys: CredentialSpec = {
  kind: "keys",
  credentials: { accessKeyId: "id", accessKeySecret: "secret" },
  origin: "keys",
};
const oidcProviderArn = "acs:ram::1234567890123456:oidc-provider/ci";

type Limits = [timeoutMs: number, connectMs: number | undefined];

/** Milliseconds that each request for a spec may take, and its connection, where none gets an answer. */
async function limits(spec: CredentialSpec): Promise<Limits[]> {
  const found: Limits[] = [];
  const send = (
    _: string,
    { timeoutMs, connectMs }: { timeoutMs: number; connectMs: number | undefined },
  ) => {
    found.push([timeoutMs, connectMs]);
    const failure = { code: "READ_TIMEOUT", reused: false } as const;
    return Promise.resolve({ status: 0, headers: {}, data: Buffer.alloc(0), failure });
  };
  const options = {
    stsEndpoint: () => "https://sts.example",
    metadataEndpoint: "http://100.100.100.200",
    serverClock: new ServerClock(Date.now),
    run: () => Promise.resolve({ failure: "no programs here" }),
    send,
  };
  await assert.rejects(fetchCredentials(spec, options), (error) => {
    assert.ok(error instanceof CredentialsError);
    // Where there is no metadata service, a second try would only take as long again.
    assert.equal(error.isTransient, spec.kind !== "ecs");
    return true;
  });
  return found;
}

describe("time limits of what hands out credentials", () => {
  const specs: [title: string, spec: CredentialSpec, limits: Limits[]][] = [
    ["AssumeRole may take 10 s", { kind: "role", base: keys, role, origin: "o" }, [[10_000, undefined]]],
    [
      "AssumeRoleWithOIDC may take 10 s",
      { kind: "oidc", role, oidcProviderArn, token: "token", origin: "o" },
      [[10_000, undefined]],
    ],
    [
      "a credentials URI may take 10 s",
      { kind: "uri", uri: "http://127.0.0.1:1/", origin: "o" },
      [[10_000, undefined]],
    ],
    [
      "the metadata service may take 5 s, and its connection 1 s, twice: where there is none nobody waits for long",
      { kind: "ecs", v2Only: false, origin: "o" },
      [
        [5_000, 1_000],
        [5_000, 1_000],
      ],
    ],
    [
      "the second version of the metadata service alone is asked once",
      { kind: "ecs", v2Only: true, origin: "o" },
      [[5_000, 1_000]],
    ],
  ];
  for (const [title, spec, expected] of specs) {
    it(title, async () => assert.deepStrictEqual(await limits(spec), expected));
  }
});
