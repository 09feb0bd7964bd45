import assert from "node:assert/strict";
import type { Account, FaultAnswer } from "oss-emulator";
import { inspect } from "node:util";
import type { Connections } from "../../provider/src/connections";
import { OssEncryptionError } from "../../provider/src/errors";
import { inConfig, oidcProviderArn, oidcToken, roleArn } from "./identities";
import { overhear } from "./overhear";
import { credentialsRig } from "./rig";
import { sources } from "./source-table";

describe("sources of credentials", () => {
  const rig = credentialsRig({ ecsRole: "web" });

  /** All that must not show: what one identity was handed out so far, or all were, and what it was handed out for. */
  function secrets(identity?: string): string[] {
    const { accounts, metadataToken } = Reflect.get(rig.emulator, "state") as {
      accounts: ReadonlyMap<string, Account>;
      metadataToken: string;
    };
    const some = [...accounts.values()].filter(({ name }) => identity === undefined || name === identity);
    const keys = some.flatMap(({ accessKeyId, accessKeySecret, securityToken }) => [
      accessKeyId,
      accessKeySecret,
      ...(securityToken ? [securityToken] : []),
    ]);
    return identity === undefined ? [...keys, metadataToken, oidcToken] : keys;
  }

  const handingOut = ["AssumeRole", "AssumeRoleWithOIDC", "GetEcsRoleCredentials", "GetCredentialsUri"];
  /** Answers of the services that hand out credentials, gone wrong with everything in them. */
  const wrong = (): FaultAnswer[] => [
    { status: 400, body: JSON.stringify({ Code: "SignatureDoesNotMatch", Message: secrets().join() }) },
    { status: 200, body: secrets().join() },
    { status: 200, body: JSON.stringify({ AccessKeyId: secrets().join(), Code: "Success" }) },
    { status: 500, body: secrets().join() },
  ];

  for (const { title, connection, identity, origin, ...setup } of sources) {
    it(`takes credentials from ${title}`, async () => {
      const client = rig.connect(setup).client(connection ? { connection } : {});
      assert.deepEqual(await client.getBucketEncryption("logs"), { sseAlgorithm: "AES256" });
      assert.equal(rig.emulator.requests.at(-1)?.identity, identity);
    });

    it(`names ${title} as the source when something fails, and nothing secret`, async () => {
      const errors: unknown[] = [];
      const target = connection ? { connection } : {};
      const failure = async (connections: Connections) => {
        const error: unknown = await connections
          .client(target)
          .getBucketEncryption("logs")
          .then(
            () => undefined,
            (error: unknown) => error,
          );
        errors.push(error);
        return error instanceof OssEncryptionError ? error.message : String(error);
      };
      const connect = () => rig.connect(setup, { log: (line) => console.log(line) });
      const printed = await overhear(async () => {
        const connections = connect();
        assert.equal(await failure(connections), "undefined");
        const answer = { code: "AccessDenied", message: `no: ${secrets(identity).join()}` };
        const undo = rig.emulator.fault({ operation: "GetBucketEncryption", times: Infinity, answer });
        const from = `for the identity behind the credentials from ${rig.fill(origin)}.`;
        const said = await failure(connections);
        undo();
        assert.ok(said.includes(from), said);

        for (const answer of wrong()) {
          const undo = rig.emulator.fault({ operation: handingOut, times: Infinity, answer });
          const said = await failure(connect());
          undo();
          if (identity.startsWith("assumed-role/")) {
            assert.match(
              said,
              /: 127\.0\.0\.1:\d+ (answered [45]00|gave no credentials)|^No credentials found\./,
            );
          }
        }
      });
      const shown = printed + inspect([errors, rig.emulator.requests], { depth: Infinity, showHidden: true });
      assert.deepEqual(
        secrets().filter((secret) => shown.includes(secret)),
        [],
      );
    });
  }

  const expiring: [operation: string, config: Record<string, unknown>][] = [
    ["AssumeRole", { ...inConfig, "alicloud:assumeRole": { roleArn } }],
    ["AssumeRoleWithOIDC", { "alicloud:assumeRoleWithOidc": { roleArn, oidcProviderArn, oidcToken } }],
    ["GetEcsRoleCredentials", { "alicloud:ecsRoleName": "web" }],
    ["GetCredentialsUri", { "alicloud:credentialsUri": "URI" }],
  ];
  for (const [operation, config] of expiring) {
    it(`heeds how long the credentials of ${operation} last`, async () => {
      let now = Date.now();
      await rig.start({ clock: () => now, tokenLifetime: 60_000 });
      const client = rig.connect({ config }, { time: () => now }).client({});
      for (const [minutes, fetches] of [
        [0, 1],
        [0, 1],
        [2, 2],
      ] as const) {
        now += minutes * 60_000;
        await client.getBucketEncryption("logs");
        assert.equal(rig.emulator.counts[operation], fetches);
      }
    });
  }
});
