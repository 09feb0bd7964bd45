import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "oss-emulator";
import { AccountConnections } from "pulumi-oss-encryption/oss";
import { identify, identityText } from "../../cli/src/buckets/identities";
import { accessTo } from "../../tools/emulator-access";

const account = "1234567890123456";
const keys = { id: account, accessKeyId: "user-key", accessKeySecret: "user-secret" };
const origin = "OSS_ACCESS_KEY_ID in the environment";

it("an identity names its credentials also where STS does not answer", () => {
  const unknown = { connection: null, account: null, arn: null, type: null, origin };
  const reason = "GetCallerIdentity of STS failed.";
  assert.equal(identityText({ ...unknown, reason }), `Account not known: ${reason} Credentials: ${origin}.`);
});

describe("as whom connections reach OSS", () => {
  let emulator: Emulator;
  let connections: AccountConnections;
  const connect = (env: Record<string, string> = {}) => {
    connections = new AccountConnections(() => undefined, { env: { ...accessTo(emulator), ...env } });
    return connections;
  };
  beforeEach(async () => {
    emulator = await startEmulator({ accounts: [keys] });
  });
  afterEach(async () => {
    connections.close();
    await emulator.close();
  });

  it("STS is asked once for each connection", async () => {
    const [first, ...others] = await identify({ of: () => connect() }, [
      { connection: null },
      { connection: null },
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual(first, {
      connection: null,
      account,
      arn: `acs:ram::${account}:user/default`,
      type: "RAMUser",
      origin,
      reason: null,
    });
    assert.equal(emulator.counts.GetCallerIdentity, 1);
    assert.equal(
      identityText(first),
      `Account ${account}, as acs:ram::${account}:user/default. Credentials: ${origin}.`,
    );
  });

  it("a connection that does not exist is told as such", async () => {
    const [found] = await identify({ of: () => connect() }, [{ connection: "finance" }]);
    assert.deepEqual([found?.account, found?.origin], [null, null]);
    assert.match(found?.reason ?? "", /^connection must be the name of an entry/);
    assert.match(identityText(found ?? assert.fail()), /^Connection finance: Account not known: /);
  });
});
