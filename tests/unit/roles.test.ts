import assert from "node:assert/strict";
import { ecsSpec, oidcSpec, readRole, readToken, roleSpec } from "../../provider/src/credentials/roles";
import type { CredentialSpec } from "../../provider/src/credentials/spec";
import { stackConfigNames, type Lookups } from "../../provider/src/settings/lookups";

const roleArn = "acs:ram::1234567890123456:role/encryption";
const oidcProviderArn = "acs:ram::1234567890123456:oidc-provider/ci";
const origin = "alicloud:assumeRole in the stack config";
const base: CredentialSpec = {
  kind: "keys",
  credentials: { accessKeyId: "id", accessKeySecret: "secret" },
  origin: "OSS_ACCESS_KEY_ID in the environment",
  region: "cn-hangzhou",
};
const role = {
  roleArn,
  sessionName: "pulumi-oss-encryption",
  durationSeconds: 3600,
  policy: undefined,
  externalId: undefined,
};
const fails = (read: () => unknown, message: string) =>
  assert.throws(read, { name: "ConfigurationError", message });

function lookups(env: Record<string, string> = {}, files: Record<string, string> = {}): Lookups {
  return {
    config: () => undefined,
    env: (name) => env[name],
    file: (path) => files[path],
    now: () => 0,
    configNames: stackConfigNames,
  };
}

describe("RAM roles from stack config, profiles and environment", () => {
  it("a role needs its ARN only: an hour, and a session named after this package", () =>
    assert.deepStrictEqual(readRole({ roleArn }, origin), role));

  it("a role has all that is set, numbers written as text included", () => {
    const fields = { sessionName: 7, sessionExpiration: "900", policy: "{}", externalId: 8 };
    assert.deepStrictEqual(readRole({ roleArn, ...fields }, origin), {
      roleArn,
      sessionName: "7",
      durationSeconds: 900,
      policy: "{}",
      externalId: "8",
    });
  });

  it("an empty field counts as absent, and then what stands in for it counts", () =>
    assert.deepStrictEqual(
      readRole({ roleArn: "", sessionName: "", sessionExpiration: null }, origin, {
        roleArn,
        sessionName: "env",
        sessionExpiration: "43200",
      }),
      { ...role, sessionName: "env", durationSeconds: 43_200 },
    ));

  for (const wrong of [undefined, "", "encryption", "acs:ram::1:user/encryption", "acs:ram::1:role/a b"]) {
    it(`a role's ARN can't be ${wrong === undefined ? "absent" : `"${wrong}"`}`, () =>
      fails(
        () => readRole({ roleArn: wrong }, origin),
        `${origin}: roleArn must be of the form acs:ram::<account>:role/<name>.`,
      ));
  }

  for (const wrong of [899, 43_201, 900.5, "an hour"]) {
    it(`a session can't last ${wrong}`, () =>
      fails(
        () => readRole({ roleArn, sessionExpiration: wrong }, origin),
        `${origin}: sessionExpiration must be 900 to 43200 seconds.`,
      ));
  }

  const sts = { region: "cn-shanghai", origin: "the current profile" };

  it("assumeRole stands on other credentials, and keeps their region and what their profile says about STS", () =>
    assert.deepStrictEqual(
      roleSpec(JSON.stringify({ roleArn }), { ...base, sts }, () => undefined, origin),
      {
        kind: "role",
        base: { ...base, sts },
        role,
        origin: `${origin}, on top of OSS_ACCESS_KEY_ID in the environment`,
        region: "cn-hangzhou",
        sts,
      },
    ));

  it("assumeRole takes from the environment what it leaves out, the alicloud provider's variables first", () => {
    const alicloud: Record<string, string> = {
      ALICLOUD_ASSUME_ROLE_ARN: roleArn,
      ALICLOUD_ASSUME_ROLE_SESSION_NAME: "first",
      ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION: "1800",
    };
    const sdks: Record<string, string> = {
      ALIBABA_CLOUD_ROLE_ARN: "acs:ram::1:role/other",
      ALIBABA_CLOUD_ROLE_SESSION_NAME: "second",
    };
    const roleWith = (env: Record<string, string>) => {
      const spec = roleSpec({}, base, (name) => env[name], origin);
      return spec.kind === "role" ? spec.role : undefined;
    };
    assert.deepStrictEqual(roleWith({ ...sdks, ...alicloud }), {
      ...role,
      sessionName: "first",
      durationSeconds: 1800,
    });
    assert.deepStrictEqual(roleWith(sdks), {
      ...role,
      roleArn: "acs:ram::1:role/other",
      sessionName: "second",
    });
  });

  it("assumeRole takes no other fields", () =>
    fails(
      () => roleSpec({ roleArn, duration: 900 }, base, () => undefined, origin),
      `${origin} has no duration; allowed are roleArn, sessionName, sessionExpiration, policy, externalId.`,
    ));
});

describe("OIDC from stack config and environment", () => {
  const place = "alicloud:assumeRoleWithOidc in the stack config";
  const spec = { kind: "oidc", role, oidcProviderArn, token: "token", origin: place };

  it("there is no spec without a value", () => assert.equal(oidcSpec("", lookups(), place), undefined));

  it("a token that is given counts before a file, and a file before a variable", () => {
    const neither = { roleArn, oidcProviderArn };
    const withFile = { ...neither, oidcTokenFile: "/token" };
    assert.deepStrictEqual(oidcSpec({ ...withFile, oidcToken: "token" }, lookups(), place), spec);
    const others = lookups({ ALIBABA_CLOUD_OIDC_TOKEN: "x" }, { "/token": "token\n" });
    assert.deepStrictEqual(oidcSpec(withFile, others, place), spec);
    assert.deepStrictEqual(oidcSpec(neither, lookups({ ALIBABA_CLOUD_OIDC_TOKEN: "token" }), place), spec);
  });

  it("what is left out comes from the variables that ACK sets", () => {
    const env = {
      ALIBABA_CLOUD_ROLE_ARN: roleArn,
      ALIBABA_CLOUD_ROLE_SESSION_NAME: "pod",
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: oidcProviderArn,
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: "/token",
    };
    assert.deepStrictEqual(oidcSpec({}, lookups(env, { "/token": "token" }), place), {
      ...spec,
      role: { ...role, sessionName: "pod" },
    });
  });

  it("a provider's ARN of another form is refused", () =>
    fails(
      () => oidcSpec({ roleArn, oidcProviderArn: roleArn, oidcToken: "token" }, lookups(), place),
      `${place}: oidcProviderArn must be of the form acs:ram::<account>:oidc-provider/<name>.`,
    ));

  it("a token must come from somewhere", () =>
    fails(
      () => oidcSpec({ roleArn, oidcProviderArn }, lookups(), place),
      `${place}: oidcTokenFile or oidcToken must be set.`,
    ));

  it("a token file must be there and hold something", () => {
    fails(() => readToken(lookups(), "/token", place), `${place}: there is no file /token.`);
    fails(
      () => readToken(lookups({}, { "/token": " \n" }), "/token", place),
      `${place}: the file /token is empty.`,
    );
  });
});

describe("the RAM role of an ECS instance", () => {
  it("an ECS role has the name that is given, or the instance's own", () => {
    const spec = { kind: "ecs", v2Only: false, origin };
    assert.deepStrictEqual(
      ecsSpec("web", () => undefined, origin),
      { ...spec, roleName: "web" },
    );
    assert.deepStrictEqual(
      ecsSpec(undefined, () => undefined, origin),
      { ...spec, roleName: undefined },
    );
  });

  it("ALIBABA_CLOUD_IMDSV1_DISABLED keeps from the first version of the metadata service", () => {
    const env = (name: string) => (name === "ALIBABA_CLOUD_IMDSV1_DISABLED" ? "True" : undefined);
    assert.equal(ecsSpec("web", env, origin).v2Only, true);
  });

  it("an ECS role is refused where the metadata service is switched off", () =>
    fails(
      () =>
        ecsSpec("web", (name) => (name === "ALIBABA_CLOUD_ECS_METADATA_DISABLED" ? "true" : "false"), "It"),
      "It can't be used: ALIBABA_CLOUD_ECS_METADATA_DISABLED is true.",
    ));
});
