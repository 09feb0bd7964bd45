import assert from "node:assert/strict";
import type { Account } from "oss-emulator";
import { askInProcess, type Question } from "../support/ask-in-process";
import {
  inEnvironment,
  oidcProviderArn,
  oidcToken,
  permanent,
  profileFile,
  roleArn,
  temporary,
  temporaryProfile,
  workProfile,
} from "./identities";
import { credentialsRig } from "./rig";

const plainOss = { OSS_ENDPOINT: "http://oss-cn-hangzhou.aliyuncs.com" };
const plainSts = { STS_ENDPOINT: "http://sts.cn-hangzhou.aliyuncs.com" };
const withRole = { "alicloud:assumeRole": { roleArn } };

/** By which way credentials come and requests go. */
const ways: [title: string, question: Question][] = [
  ["keys and https", { env: inEnvironment }],
  ["a role and https", { env: inEnvironment, config: withRole }],
  ["a role and http", { env: { ...inEnvironment, ...plainOss, ...plainSts }, config: withRole }],
  [
    "V1 signatures and http",
    {
      env: { ...inEnvironment, ...plainOss },
      config: { ...withRole, "alicloud:signVersion": { oss: "v1" } },
    },
  ],
  ["OIDC", { config: { "alicloud:assumeRoleWithOidc": { roleArn, oidcProviderArn, oidcToken } } }],
  ["the role of the ECS instance", {}],
  ["a credentials URI", { config: { "alicloud:credentialsUri": "URI" } }],
];

describe("debugging switches", () => {
  const rig = credentialsRig({ ecsRole: "web" });
  const login = "proxy-password";

  /** Every secret there is by now, as it is, as URLs encode it, and as headers do. */
  function secrets(): string[] {
    const { accounts, metadataToken } = Reflect.get(rig.emulator, "state") as {
      accounts: ReadonlyMap<string, Account>;
      metadataToken: string;
    };
    const raw = [
      ...[...accounts.values()].flatMap(({ accessKeySecret, securityToken = accessKeySecret }) => [
        accessKeySecret,
        securityToken,
      ]),
      metadataToken,
      oidcToken,
      login,
      `me:${login}`,
    ];
    return raw.flatMap((one) => [
      one,
      encodeURIComponent(one),
      Buffer.from(one).toString("base64"),
      JSON.stringify(one).slice(1, -1),
    ]);
  }

  async function printed(question: Question, debug: Record<string, string>): Promise<string> {
    rig.write({ "ca.pem": await rig.emulator.certificateAuthority() });
    const proxy = rig.emulator.url.replace("//", `//me:${login}@`);
    const config = JSON.parse(rig.fill(JSON.stringify(question.config ?? {}))) as Record<string, unknown>;
    const settings = { HOME: rig.home, OSS_REGION: "cn-hangzhou" };
    const { lines, stderr } = await askInProcess(
      [{ ...question, config, env: { ...settings, ...question.env }, times: 2 }],
      { ...debug, HTTPS_PROXY: proxy, HTTP_PROXY: proxy, NODE_EXTRA_CA_CERTS: rig.fill("FILE:ca.pem") },
      rig.emulator.url,
    );
    assert.equal(lines.at(-1), '{"sseAlgorithm":"AES256"}');
    return lines.join("\n") + stderr;
  }

  for (const [title, question] of ways) {
    it(`of Node.js and the SDKs show no secret with ${title}`, async () => {
      const shown = await printed(question, { NODE_DEBUG: "*", DEBUG: "*", NODE_DEBUG_NATIVE: "HTTP2" });
      // They are on: this is what Node.js prints of every request.
      assert.match(shown, /^HTTP \d+:/m);
      assert.match(shown, /^NET \d+:/m);
      assert.deepEqual(
        secrets().filter((secret) => shown.includes(secret)),
        [],
      );
      assert.doesNotMatch(shown, /Signature=|authorization['": ]+(OSS|Basic)/i);
    });
  }

  it("of all but child processes, whose environment Node.js prints, show no secret with a process_command", async () => {
    rig.write({
      [profileFile]: workProfile({ mode: "External", process_command: "cat FILE:printed.json" }),
      "printed.json": temporaryProfile,
    });
    const shown = await printed(
      { env: { PATH: process.env.PATH ?? "" } },
      { NODE_DEBUG: "http,net,tls,https,stream,fs,timer", DEBUG: "*" },
    );
    assert.match(shown, /^NET \d+:/m);
    assert.equal(rig.emulator.requests.at(-1)?.identity, "user/temporary");
    for (const secret of [...Object.values(temporary), ...Object.values(permanent)]) {
      assert.ok(!shown.includes(secret), secret);
    }
  });
});
