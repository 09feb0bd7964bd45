import assert from "node:assert/strict";
import { startEmulator, type Emulator, type Fault } from "oss-emulator";
import { AccountConnections } from "../../provider/src/account-connections";
import type { KmsCallError } from "../../provider/src/errors";
import { signature } from "../../provider/src/rpc/rpc-api";
import { accessTo } from "../../tools/emulator-access";
import { VirtualClock } from "../support/virtual-clock";

describe("the signature of RPC-style calls", () => {
  it("the signature is that of the example in Alibaba Cloud's documentation", () => {
    const parameters = {
      Timestamp: "2016-02-23T12:46:24Z",
      Format: "XML",
      AccessKeyId: "testid",
      Action: "DescribeRegions",
      Version: "2014-05-26",
      SignatureMethod: "HMAC-SHA1",
      SignatureVersion: "1.0",
      SignatureNonce: "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
    };
    assert.equal(signature("GET", parameters, "testsecret"), "OLeaidS1JvxuMvnyHOwuJ+uX5qY=");
  });
});

describe("KmsClient, against the emulator", () => {
  const awkward = "alias/a b+c*'()!~é&=/%";
  const id = "9468da86-3509-4f8d-a61e-6eab1eac1f8b";
  let emulator: Emulator;
  let connections: AccountConnections;
  let slept: number;
  const connect = (env: Record<string, string> = {}, config: Record<string, string> = {}) => {
    slept = 0;
    connections = new AccountConnections((key) => config[key], {
      env: { ...accessTo(emulator), ...env },
      clock: new VirtualClock(() => slept++),
    });
    return connections.kms({});
  };
  const failure = async (state: Promise<unknown>): Promise<KmsCallError> => {
    let error: unknown;
    await assert.rejects(state, (thrown) => {
      error = thrown;
      return true;
    });
    return error as KmsCallError;
  };
  beforeEach(async () => {
    emulator = await startEmulator({ keys: [id, awkward] });
  });
  afterEach(async () => {
    connections.close();
    await emulator.close();
  });

  it("tells every state of a key, and that there is none", async () => {
    const kms = connect();
    assert.deepStrictEqual(
      [await kms.keyState(id), await kms.keyState("no-such-key")],
      ["Enabled", undefined],
    );
    for (const state of ["Disabled", "PendingDeletion"] as const) {
      emulator.setKey(id, state);
      assert.equal(await kms.keyState(id), state);
    }
    assert.equal(emulator.counts.DescribeKey, 4);
  });

  it("signs whatever an id holds", async () => {
    assert.equal(await connect().keyState(awkward), "Enabled");
  });

  it("signs with temporary credentials", async () => {
    const env = { OSS_ACCESS_KEY_ID: "", OSS_ACCESS_KEY_SECRET: "" };
    const kms = connect({ ...env, ALICLOUD_CREDENTIALS_URI: emulator.credentialsUri });
    assert.equal(await kms.keyState(id), "Enabled");
    const { identity } = emulator.requests.find(({ operation }) => operation === "DescribeKey") ?? {};
    assert.match(identity ?? "", /^assumed-role\//);
  });

  it("says which action is missing", async () => {
    const policy = { Statement: [{ Effect: "Allow", Action: "oss:*", Resource: "*" }] } as const;
    emulator.addAccount({ id: "1234567890123456", accessKeyId: "user", accessKeySecret: "secret", policy });
    const kms = connect({ OSS_ACCESS_KEY_ID: "user", OSS_ACCESS_KEY_SECRET: "secret" });
    const { message, failure: known } = await failure(kms.keyState(id));
    assert.deepStrictEqual(known, {
      status: 403,
      code: "Forbidden.NoPermission",
      missingAction: "kms:DescribeKey",
    });
    assert.equal(
      message.replace(/127\.0\.0\.1:\d+|[0-9A-F-]{36}/g, "…"),
      "DescribeKey of KMS failed: … answered 403 Forbidden.NoPermission (request id …). Allow kms:DescribeKey on " +
        `acs:kms:*:*:key/${id} for the identity behind the credentials from OSS_ACCESS_KEY_ID in the environment.`,
    );
  });

  const passing: [string, Partial<Fault>][] = [
    ["KMS throttles", { answer: { status: 400, code: "Throttling.User" } }],
    ["KMS fails", { answer: { status: 503, code: "ServiceUnavailableTemporary" } }],
    ["the connection is reset", { connection: "reset" }],
  ];
  for (const [title, fault] of passing) {
    it(`tries again where ${title}`, async () => {
      const kms = connect();
      emulator.fault({ operation: "DescribeKey", times: 3, ...fault });
      assert.deepStrictEqual([await kms.keyState(id), slept], ["Enabled", 3]);
    });
    it(`gives up after four tries where ${title}`, async () => {
      const kms = connect();
      emulator.fault({ operation: "DescribeKey", times: Infinity, ...fault });
      await failure(kms.keyState(id));
      assert.equal(emulator.counts.DescribeKey, 4);
    });
  }

  const final: [string, NonNullable<Fault["answer"]>, RegExp][] = [
    ["a page", { status: 200, body: "<html>" }, /names no state of a key\.$/],
    ["another document", { status: 200, body: '{"KeyMetadata":{"KeyState":["Enabled"]}}' }, /names no state/],
    ["a bare 404", { status: 404, body: "" }, /answered 404\.$/],
    [
      "another error",
      { status: 404, code: "InvalidAccessKeyId.NotFound" },
      /404 InvalidAccessKeyId.NotFound \(/,
    ],
  ];
  for (const [title, answer, message] of final) {
    it(`does not take ${title} for a state, nor for a key that isn't there`, async () => {
      const kms = connect();
      emulator.fault({ operation: "DescribeKey", times: Infinity, answer });
      assert.match((await failure(kms.keyState(id))).message, message);
      assert.equal(emulator.counts.DescribeKey, 1);
    });
  }

  it("waits for a silent KMS no longer than for any answer", async () => {
    const kms = connect({}, { "alicloud:clientReadTimeout": "50" });
    emulator.fault({ operation: "DescribeKey", times: Infinity, connection: "hang" });
    assert.match(
      (await failure(kms.keyState(id))).message,
      /no answer from .*: no complete answer in time\.$/,
    );
  });

  it("shows no secret, whatever KMS says", async () => {
    const kms = connect();
    const { accessKeySecret } = emulator.credentials;
    emulator.fault({
      operation: "DescribeKey",
      answer: { status: 403, code: "X", message: accessKeySecret },
    });
    const error = await failure(kms.keyState(id));
    assert.ok(!JSON.stringify([error, error.message, error.stack]).includes(accessKeySecret));
  });
});
