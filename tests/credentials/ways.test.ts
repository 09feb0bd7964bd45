import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  startEmulator,
  type Account,
  type Emulator,
  type EmulatorOptions,
  type FaultAnswer,
} from "oss-emulator";
import { inspect } from "node:util";
import { Connections } from "../../provider/src/connections";
import { OssEncryptionError } from "../../provider/src/errors";
import { overhear } from "./overhear";
import { account, inConfig, oidc, permanent, roleArn, rows, temporary, type Row } from "./way-table";

describe("ways to credentials", () => {
  let emulator: Emulator;
  let home: string;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "ways-"));
    await start();
  });
  afterEach(async () => {
    await emulator.close();
    rmSync(home, { recursive: true });
  });

  async function start(options: EmulatorOptions = {}): Promise<void> {
    emulator = await startEmulator({
      accounts: [
        { id: account, ...permanent, name: "user/permanent" },
        { id: account, ...temporary, name: "user/temporary" },
      ],
      ecsRole: "web",
      oidcTokens: ["oidc-secret"],
      ...options,
    });
    emulator.createBucket("logs", { encryption: { SSEAlgorithm: "AES256" } });
  }

  const fill = (text: string) =>
    text
      .replace(/FILE:([\w.]+)/g, (_, name: string) => join(home, name))
      .replace(/^URI$|(?<=")URI(?=")/, emulator.credentialsUri);

  function connect({
    config = {},
    env = {},
    files = {},
  }: Pick<Row, "config" | "env" | "files">): Connections {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), fill(typeof content === "string" ? content : JSON.stringify(content)));
    }
    const endpoints = JSON.stringify([{ oss: emulator.url, sts: emulator.url }]);
    const all: Record<string, unknown> = {
      "alicloud:region": "cn-hangzhou",
      "alicloud:endpoints": endpoints,
      ...config,
    };
    const look = (key: string) => {
      const value = all[key];
      return value === undefined
        ? undefined
        : fill(typeof value === "string" ? value : JSON.stringify(value));
    };
    const filled = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]));
    return new Connections(look, {
      env: { HOME: home, ...filled },
      metadataEndpoint: emulator.url,
      log: (line) => console.log(line),
      clock: { now: () => 0, sleep: () => Promise.resolve(), random: () => 0 },
    });
  }

  /** All that must not show: what one identity was handed out so far, or all were, and what it was handed out for. */
  function secrets(identity?: string): string[] {
    const { accounts, metadataToken } = Reflect.get(emulator, "state") as {
      accounts: ReadonlyMap<string, Account>;
      metadataToken: string;
    };
    const some = [...accounts.values()].filter(({ name }) => identity === undefined || name === identity);
    const keys = some.flatMap(({ accessKeyId, accessKeySecret, securityToken }) => [
      accessKeyId,
      accessKeySecret,
      ...(securityToken ? [securityToken] : []),
    ]);
    return identity === undefined ? [...keys, metadataToken, "oidc-secret"] : keys;
  }

  const handingOut = ["AssumeRole", "AssumeRoleWithOIDC", "GetEcsRoleCredentials", "GetCredentialsUri"];
  /** Answers of the services that hand out credentials, gone wrong with everything in them. */
  const wrong = (): FaultAnswer[] => [
    { status: 400, body: JSON.stringify({ Code: "SignatureDoesNotMatch", Message: secrets().join() }) },
    { status: 200, body: secrets().join() },
    { status: 200, body: JSON.stringify({ AccessKeyId: secrets().join(), Code: "Success" }) },
    { status: 500, body: secrets().join() },
  ];

  for (const { title, connection, identity, origin, ...set } of rows) {
    it(`leads over ${title}`, async () => {
      const connections = connect(set);
      const client = connections.client(connection ? { connection } : {});
      assert.deepEqual(await client.getBucketEncryption("logs"), { sseAlgorithm: "AES256" });
      assert.equal(emulator.requests.at(-1)?.identity, identity);
      connections.close();
    });

    it(`names ${title} when something fails, and nothing secret`, async () => {
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
      const printed = await overhear(async () => {
        const connections = connect(set);
        assert.equal(await failure(connections), "undefined");
        const answer = { code: "AccessDenied", message: `no: ${secrets(identity).join()}` };
        const undo = emulator.fault({ operation: "GetBucketEncryption", times: Infinity, answer });
        const from = `for the identity behind the credentials from ${fill(origin)}.`;
        const said = await failure(connections);
        connections.close();
        undo();
        assert.ok(said.includes(from), said);

        for (const answer of wrong()) {
          const connections = connect(set);
          const undo = emulator.fault({ operation: handingOut, times: Infinity, answer });
          const said = await failure(connections);
          connections.close();
          undo();
          if (identity.startsWith("assumed-role/"))
            assert.match(
              said,
              /: 127\.0\.0\.1:\d+ (answered [45]00|gave no credentials)|^No credentials found\./,
            );
        }
      });
      const shown = printed + inspect([errors, emulator.requests], { depth: Infinity, showHidden: true });
      assert.deepEqual(
        secrets().filter((secret) => shown.includes(secret)),
        [],
      );
    });
  }

  const role = { ...inConfig, "alicloud:assumeRole": { roleArn } };
  const expiring: [operation: string, config: Record<string, unknown>][] = [
    ["AssumeRole", role],
    ["AssumeRoleWithOIDC", { "alicloud:assumeRoleWithOidc": { ...oidc, oidcToken: "oidc-secret" } }],
    ["GetEcsRoleCredentials", { "alicloud:ecsRoleName": "web" }],
    ["GetCredentialsUri", { "alicloud:credentialsUri": "URI" }],
  ];
  for (const [operation, config] of expiring)
    it(`heeds how long the credentials of ${operation} last`, async () => {
      const fetchesOfTwoCalls = async () => {
        const connections = connect({ config });
        for (let calls = 1; calls <= 2; calls++) await connections.client({}).getBucketEncryption("logs");
        connections.close();
        return emulator.counts[operation];
      };
      assert.equal(await fetchesOfTwoCalls(), 1);
      // To a clock that is ahead of the emulator's by more than their life they have ended when they arrive.
      await emulator.close();
      await start({ clock: () => Date.now() - 10 * 60_000, tokenLifetime: 60_000 });
      assert.equal(await fetchesOfTwoCalls(), 2);
    });
});
