import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "oss-emulator";
import { aliOss } from "../support/ali-oss";
import { send, type HttpRequest } from "./http";

interface Credentials {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

/** What these tests use of @alicloud/credentials' providers; `doRequest` is their seam for tests. */
interface Provider {
  getCredentials: () => Promise<Required<Credentials>>;
  doRequest: (request: ProviderRequest) => Promise<{ statusCode: number; headers: object; body: Buffer }>;
}

interface ProviderRequest {
  method: string;
  host: string;
  headers: Record<string, string>;
  bodyForm?: Record<string, string>;
  toRequestURL: () => string;
}

interface Builder {
  withCredentialsProvider: (base: object) => Builder;
  withRoleArn: (arn: string) => Builder;
  withRoleSessionName: (name: string) => Builder;
  withPolicy: (policy: string | undefined) => Builder;
  withOIDCProviderArn: (arn: string) => Builder;
  withOIDCTokenFilePath: (path: string) => Builder;
  build: () => Provider;
}

interface RoleSettings {
  arn?: string;
  base?: Credentials;
  policy?: string;
}

const load = createRequire(__filename);

function builder(file: string): Builder {
  const module = load(`@alicloud/credentials/dist/src/providers/${file}`) as {
    default: { builder: () => Builder };
  };
  return module.default.builder();
}

const role = { arn: "acs:ram::1234567890123456:role/deployer" };

describe("STS, KMS and the ECS metadata service", () => {
  let emulator: Emulator;

  beforeEach(async () => {
    emulator = await startEmulator({
      ecsRole: "web",
      oidcTokens: ["good"],
      keys: [{ id: "k1", state: "Disabled" }],
    });
    emulator.createBucket("logs");
  });
  afterEach(() => emulator.close());

  /** Sends a provider's requests to the emulator, whatever host they ask for. */
  function wire(provider: Provider): Provider {
    provider.doRequest = async (asked) => {
      const { pathname, search } = new URL(asked.toRequestURL());
      const answer = await send(emulator.url, {
        method: asked.method,
        path: pathname + search,
        headers: { ...asked.headers, host: asked.host },
        body: new URLSearchParams(asked.bodyForm).toString(),
      });
      return { statusCode: answer.status, headers: answer.headers, body: Buffer.from(answer.body) };
    };
    return provider;
  }

  function assumeRole({ arn = role.arn, base = emulator.credentials, policy }: RoleSettings = {}): Provider {
    const source = {
      getCredentials: () => Promise.resolve({ providerName: "test", ...base }),
      getProviderName: () => "test",
    };
    const settings = builder("ram_role_arn").withCredentialsProvider(source).withRoleArn(arn);
    return wire(settings.withRoleSessionName("alice").withPolicy(policy).build());
  }

  async function list({ accessKeyId, accessKeySecret, securityToken }: Credentials) {
    const client = aliOss(emulator, { accessKeyId, accessKeySecret, stsToken: securityToken });
    return (await client.request({ method: "GET", bucket: "logs", subres: "acl" })).status;
  }

  it("gives keys for a role that OSS takes", async () => {
    assert.equal(await list(await assumeRole().getCredentials()), 200);
    assert.equal(emulator.requests.at(-1)?.identity, "assumed-role/deployer/alice");
  });

  it("narrows a session by the policy it was asked for with", async () => {
    const policy = JSON.stringify({
      Statement: [{ Effect: "Allow", Action: "oss:GetObject", Resource: "*" }],
    });
    assert.equal(await list(await assumeRole({ policy }).getCredentials()), 403);
    assert.equal(emulator.requests.at(-1)?.code, "AccessDenied");
  });

  it("narrows a session at STS and KMS, too", async () => {
    const policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "oss:*", Resource: "*" }] });
    const base = await assumeRole({ policy }).getCredentials();
    await assert.rejects(assumeRole({ base }).getCredentials(), /"Code":"NoPermission"/);
    const { body } = await send(emulator.url, describeKey(base, "k1"));
    assert.equal((JSON.parse(body) as { Code: string }).Code, "Forbidden.NoPermission");
  });

  it("takes on a role with the keys of another session", async () => {
    const base = await assumeRole().getCredentials();
    assert.equal(await list(await assumeRole({ base }).getCredentials()), 200);
  });

  const refusals: [title: string, settings: RoleSettings, code: RegExp][] = [
    ["an unknown account's role", { arn: "acs:ram::999:role/deployer" }, /EntityNotExist\.Role/],
    ["what isn't a role", { arn: "deployer" }, /InvalidParameter\.RoleArn/],
    ["a policy that isn't one", { policy: "{" }, /InvalidParameter\.PolicyGrammar/],
    ["an unknown key", { base: { accessKeyId: "x", accessKeySecret: "y" } }, /InvalidAccessKeyId\.NotFound/],
    [
      "a wrong secret",
      { base: { accessKeyId: "emulator-access-key-id", accessKeySecret: "y" } },
      /SignatureDoesNotMatch/,
    ],
  ];
  for (const [title, settings, code] of refusals) {
    it(`refuses ${title}`, async () => {
      await assert.rejects(assumeRole(settings).getCredentials(), code);
    });
  }

  it("ends keys on command", async () => {
    const keys = await assumeRole().getCredentials();
    emulator.endSessions("expired");
    assert.equal(await list(keys), 403);
    emulator.endSessions("revoked");
    assert.equal(await list(keys), 403);
    const codes = emulator.requests.slice(-2).map(({ code }) => code);
    assert.deepStrictEqual(codes, ["SecurityTokenExpired", "InvalidSecurityToken"]);
  });

  it("fails as scripted, like everything else", async () => {
    emulator.fault({ operation: "AssumeRole", answer: { status: 503, code: "ServiceUnavailable" } });
    await assert.rejects(assumeRole().getCredentials(), /ServiceUnavailable/);
  });

  it("gives keys for a good OIDC token, not for another", async () => {
    const folder = await mkdtemp(join(tmpdir(), "oidc-"));
    const file = join(folder, "token");
    const provider = wire(
      builder("oidc_role_arn")
        .withOIDCProviderArn("acs:ram::1234567890123456:oidc-provider/ci")
        .withOIDCTokenFilePath(file)
        .withRoleArn(role.arn)
        .build(),
    );
    await writeFile(file, "bad");
    await assert.rejects(provider.getCredentials(), /AuthenticationFail\.OIDCToken\.Invalid/);
    await writeFile(file, "good");
    assert.equal(await list(await provider.getCredentials()), 200);
    await rm(folder, { recursive: true });
  });

  it("gives keys for the role of an ECS instance", async () => {
    assert.equal(await list(await wire(builder("ecs_ram_role").build()).getCredentials()), 200);
    const operations = emulator.requests.slice(0, -1).map(({ operation }) => operation);
    assert.deepStrictEqual(
      new Set(operations),
      new Set(["GetMetadataToken", "GetEcsRoleName", "GetEcsRoleCredentials"]),
    );
  });

  it("gives keys by a credentials URI", async () => {
    const { body } = await send(emulator.url, { path: new URL(emulator.credentialsUri).pathname });
    const keys = JSON.parse(body) as Record<"AccessKeyId" | "AccessKeySecret" | "SecurityToken", string>;
    const { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret, SecurityToken: securityToken } = keys;
    assert.equal(await list({ accessKeyId, accessKeySecret, securityToken }), 200);
  });

  it("tells the state of a customer master key, and that there is none", async () => {
    const describe = async (KeyId: string) =>
      JSON.parse((await send(emulator.url, describeKey(emulator.credentials, KeyId))).body) as {
        Code?: string;
        KeyMetadata?: { KeyState: string };
      };
    assert.equal((await describe("k1")).KeyMetadata?.KeyState, "Disabled");
    assert.equal((await describe("k2")).Code, "Forbidden.KeyNotFound");
  });
});

describe("names of customer master keys", () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator({ keys: [{ id: "k1", state: "Enabled", alias: "alias/logs" }] });
  });
  after(() => emulator.close());

  const arn = "acs:kms:cn-hangzhou:1234567890123456:";
  const cases: [name: string, found: string][] = [
    ["k1", "k1"],
    ["alias/logs", "k1"],
    [`${arn}key/k1`, "k1"],
    [`${arn}alias/logs`, "k1"],
    ["k2", "Forbidden.KeyNotFound"],
    ["alias/other", "Forbidden.AliasNotFound"],
    ["acs:kms:cn-hangzhou:1111111111111111:key/k1", "Forbidden.KeyNotFound"],
    ["acs:kms:cn-beijing:1234567890123456:key/k1", "Forbidden.KeyNotFound"],
  ];
  for (const [KeyId, found] of cases) {
    it(`answer DescribeKey of ${KeyId} with ${found}`, async () => {
      const { body } = await send(emulator.url, describeKey(emulator.credentials, KeyId));
      const { KeyMetadata, Code } = JSON.parse(body) as { KeyMetadata?: { KeyId: string }; Code?: string };
      assert.equal(KeyMetadata?.KeyId ?? Code, found);
    });
  }
});

/** DescribeKey, signed the way Alibaba Cloud's RPC-style APIs ask for. */
function describeKey(
  { accessKeyId, accessKeySecret, securityToken }: Credentials,
  KeyId: string,
): HttpRequest {
  const query = new URLSearchParams({
    AccessKeyId: accessKeyId,
    Action: "DescribeKey",
    KeyId,
    SignatureMethod: "HMAC-SHA1",
    Timestamp: new Date().toISOString(),
    Version: "2016-01-20",
    ...(securityToken !== undefined && { SecurityToken: securityToken }),
  });
  query.sort();
  const signed = `GET&%2F&${encodeURIComponent(query.toString())}`;
  query.set("Signature", createHmac("sha1", `${accessKeySecret}&`).update(signed).digest("base64"));
  return { path: `/?${query.toString()}`, headers: { host: "kms.cn-hangzhou.aliyuncs.com" } };
}
