import assert from "node:assert/strict";
import { iniProfileSpec } from "../../provider/src/credentials/ini-profile";
import { cliProfileSpec } from "../../provider/src/credentials/profiles";
import { stackConfigNames, type Lookups } from "../../provider/src/settings/lookups";

const file = "~/.aliyun/config.json";
const iniFile = "~/.alibabacloud/credentials";
const roleArn = "acs:ram::1234567890123456:role/encryption";
const oidcProviderArn = "acs:ram::1234567890123456:oidc-provider/ci";
const secret = { access_key_id: "id", access_key_secret: "secret" };
const keys = { accessKeyId: "id", accessKeySecret: "secret", securityToken: undefined };
const role = {
  roleArn,
  sessionName: "pulumi-oss-encryption",
  durationSeconds: 3600,
  policy: undefined,
  externalId: undefined,
};
const signedInAt = 1_000_000;

function lookups(files: Record<string, string>, env: Record<string, string> = {}): Lookups {
  return {
    config: () => undefined,
    env: (name) => env[name],
    file: (path) => files[path],
    now: () => signedInAt * 1000,
    configNames: stackConfigNames,
  };
}
/** A spec without what isn't set, and without the STS that a profile names: the suites of credentials try that. */
const plain = (spec: unknown): unknown =>
  JSON.parse(JSON.stringify(spec, (key, value: unknown) => (key === "sts" ? undefined : value)));
const fails = (read: () => unknown, message: string) =>
  assert.throws(read, { name: "ConfigurationError", message });

describe("profiles of the aliyun command line", () => {
  const where = `it (profile work of ${file})`;
  const read = (...profiles: object[]) => {
    const content = JSON.stringify({ current: "other", profiles });
    const files = { [file]: content, "/token": "token\n" };
    return cliProfileSpec(lookups(files), { name: "work", file, origin: "it" });
  };
  const profile = (fields: object) => read({ name: "work", ...fields });

  const modes: [mode: string, fields: object, spec: object][] = [
    ["no mode", secret, { kind: "keys", credentials: keys }],
    [
      "AK, whatever token is left over",
      { mode: "AK", ...secret, sts_token: "old" },
      { kind: "keys", credentials: keys },
    ],
    [
      "StsToken",
      { mode: "StsToken", ...secret, sts_token: " token\n" },
      { kind: "keys", credentials: { ...keys, securityToken: "token" } },
    ],
    [
      "RamRoleArn",
      { mode: "RamRoleArn", ...secret, ram_role_arn: roleArn, ram_session_name: "cli", expired_seconds: 900 },
      {
        kind: "role",
        base: { kind: "keys", credentials: keys, origin: where },
        role: { ...role, sessionName: "cli", durationSeconds: 900 },
      },
    ],
    [
      "fields that are null, which are as good as absent",
      { ...secret, mode: null, sts_token: null, region_id: null },
      { kind: "keys", credentials: keys },
    ],
    [
      "EcsRamRole",
      { mode: "EcsRamRole", ram_role_name: "web" },
      { kind: "ecs", v2Only: false, roleName: "web" },
    ],
    [
      "OIDC",
      { mode: "OIDC", ram_role_arn: roleArn, oidc_provider_arn: oidcProviderArn, oidc_token_file: "/token" },
      { kind: "oidc", role, oidcProviderArn, token: "token" },
    ],
    [
      "CloudSSO, as long as what signing in left is good",
      { mode: "CloudSSO", ...secret, sts_token: "token", sts_expiration: signedInAt + 1 },
      { kind: "keys", credentials: { ...keys, securityToken: "token" } },
    ],
  ];
  for (const [mode, fields, spec] of modes) {
    it(`a profile may have ${mode}`, () =>
      assert.deepStrictEqual(plain(profile(fields)), plain({ ...spec, origin: where })));
  }

  it("a profile brings its region along", () =>
    assert.equal(profile({ ...secret, region_id: "cn-hangzhou" })?.region, "cn-hangzhou"));

  it("a role may stand on another profile, which may stand on a third", () => {
    const chain = read(
      { name: "work", mode: "ChainableRamRoleArn", source_profile: "second", ram_role_arn: roleArn },
      { name: "second", mode: "ChainableRamRoleArn", source_profile: "third", ram_role_arn: roleArn },
      { name: "third", ...secret },
    );
    const second = `${where} (profile second of ${file})`;
    const base = { kind: "keys", credentials: keys, origin: `${second} (profile third of ${file})` };
    assert.deepStrictEqual(
      plain(chain),
      plain({ kind: "role", base: { kind: "role", base, role, origin: second }, role, origin: where }),
    );
  });

  it("a chain of profiles can't lead back to one that is in it", () =>
    fails(
      () =>
        read(
          { name: "work", mode: "ChainableRamRoleArn", source_profile: "second", ram_role_arn: roleArn },
          { name: "second", mode: "ChainableRamRoleArn", source_profile: "work", ram_role_arn: roleArn },
        ),
      `${where} (profile second of ${file}): its source_profile leads back to itself.`,
    ));

  const signIn = `${where}: the keys of its OAuth sign-in have ended: run aliyun sts GetCallerIdentity --profile work, which puts new ones into the profile, or aliyun configure --profile work where that asks to sign in.`;
  const refused: [title: string, fields: object, message: string][] = [
    [
      "half a pair of keys",
      { access_key_id: "id" },
      `${where}: access_key_id and access_key_secret must be set.`,
    ],
    [
      "StsToken without a token",
      { mode: "StsToken", ...secret },
      `${where}: access_key_id, access_key_secret and sts_token must be set.`,
    ],
    [
      "RamRoleArn without a role",
      { mode: "RamRoleArn", ...secret },
      `${where}: roleArn must be of the form acs:ram::<account>:role/<name>.`,
    ],
    [
      "ChainableRamRoleArn without a source",
      { mode: "ChainableRamRoleArn", ram_role_arn: roleArn },
      `${where}: source_profile is missing.`,
    ],
    [
      "OIDC without a token file",
      { mode: "OIDC", ram_role_arn: roleArn, oidc_provider_arn: oidcProviderArn },
      `${where}: oidc_provider_arn or oidc_token_file is missing.`,
    ],
    ["OAuth that has ended", { mode: "OAuth", ...secret, sts_expiration: signedInAt }, signIn],
    [
      "a mode that isn't known",
      { mode: "secret" },
      `${where}: its mode can't be used; modes that can are AK, StsToken, RamRoleArn, ChainableRamRoleArn, RamRoleArnWithRoleName, EcsRamRole, OIDC, CredentialsURI, External, CloudSSO, OAuth. For another one put keys into OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_SESSION_TOKEN.`,
    ],
  ];
  for (const [title, fields, message] of refused) {
    it(`a profile is refused with ${title}`, () => fails(() => profile(fields), message));
  }

  it("a named profile must be there, and its file too", () => {
    fails(
      () => read({ name: "a" }, null as never, { name: "b" }),
      `it: ${file} has no such profile; it has a, b.`,
    );
    fails(() => read(), `it: ${file} has no such profile; it has none.`);
    fails(
      () => cliProfileSpec(lookups({}), { name: "work", file, origin: "it" }),
      `it: there is no file ${file}.`,
    );
  });

  it("the current profile may be absent, its file too, and that may be of another kind", () => {
    const current = (content?: string) =>
      cliProfileSpec(lookups(content === undefined ? {} : { [file]: content }), { file, origin: "it" });
    assert.equal(current(), undefined);
    assert.equal(current("[default]\ntype = access_key\n"), undefined);
    assert.equal(current('{"current":"work","profiles":[]}'), undefined);
    const profiles = [{ name: "work", ...secret }];
    assert.deepStrictEqual(current(JSON.stringify({ current: "work", profiles }))?.origin, where);
  });

  for (const content of ["{", "{}", '{"profiles":{}}']) {
    it(`a file with ${content} is refused without a word of it`, () =>
      fails(
        () => cliProfileSpec(lookups({ [file]: content }), { file, origin: "it" }),
        `${file} is not a configuration file of the aliyun command line.`,
      ));
  }
});

describe("the credentials file of the SDKs", () => {
  const section = (content: string, env: Record<string, string> = {}) =>
    iniProfileSpec(lookups({ [env.ALIBABA_CLOUD_CREDENTIALS_FILE ?? iniFile]: content }, env));
  const inFile = "access_key_id = id\naccess_key_secret = secret\n";
  const origin = `section default of ${iniFile}`;

  it("a section may have keys", () =>
    assert.deepStrictEqual(
      plain(section(`[default]\ntype = access_key\n${inFile}`)),
      plain({
        kind: "keys",
        credentials: keys,
        origin,
      }),
    ));

  it("a section may have a role of the ECS instance", () =>
    assert.deepStrictEqual(
      plain(section("[default]\ntype = ecs_ram_role\nrole_name = web\n")),
      plain({
        kind: "ecs",
        v2Only: false,
        roleName: "web",
        origin,
      }),
    ));

  it("a section may have a role on keys", () =>
    assert.deepStrictEqual(
      plain(section(`[default]\ntype = ram_role_arn\nrole_arn = ${roleArn}\n${inFile}`)),
      plain({
        kind: "role",
        base: { kind: "keys", credentials: keys, origin },
        role,
        origin,
      }),
    ));

  it("variables name another section and another file", () => {
    const env = { ALIBABA_CLOUD_PROFILE: "prod", ALIBABA_CLOUD_CREDENTIALS_FILE: "/mine.ini" };
    const spec = section(`[prod]\ntype = access_key\n${inFile}`, env);
    assert.equal(spec?.origin, "section prod of /mine.ini");
  });

  it("there is no spec without the file, without its default section, or in a file of the command line", () => {
    assert.equal(iniProfileSpec(lookups({})), undefined);
    assert.equal(section("[other]\n"), undefined);
    assert.equal(section('{"profiles":[]}'), undefined);
  });

  it("a section that a variable names must be there", () =>
    fails(
      () => section("[default]\n", { ALIBABA_CLOUD_PROFILE: "prod" }),
      `ALIBABA_CLOUD_PROFILE in the environment: there is no section prod of ${iniFile}.`,
    ));

  it("a section is refused with another type, or with half a pair of keys", () => {
    fails(
      () => section(`[default]\ntype = sts\n${inFile}`),
      `${origin}: type must be access_key, ecs_ram_role or ram_role_arn.`,
    );
    fails(
      () => section("[default]\ntype = access_key\naccess_key_id = id\n"),
      `${origin}: access_key_id and access_key_secret must be set.`,
    );
  });
});
