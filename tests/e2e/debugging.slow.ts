import assert from "node:assert/strict";
import { PulumiProject } from "../../tools/pulumi-project";
import { EncryptionStack } from "../support/encryption-stack";
import { ossEncryption } from "../support/oss-encryption";
import { describeWithEngine } from "../support/with-engine";

const keys = {
  accessKeyId: "STS.debugged-id",
  accessKeySecret: "debugged-secret",
  securityToken: "debugged-token/with+signs==",
};
const secrets = [keys.accessKeySecret, keys.securityToken].flatMap((one) => [
  one,
  encodeURIComponent(one),
  Buffer.from(one).toString("base64"),
]);
/**
 * Every debugging switch of Node.js and the SDKs but `child_process`: with that Node.js prints the whole environment of each
 * process that is started, and Pulumi's own program host starts some.
 */
const switches = { NODE_DEBUG: "http,https,http2,net,tls,fs,timer,worker", DEBUG: "*" };

describeWithEngine("with every debugging switch on", (engine) => {
  let stack: EncryptionStack;

  before(async () => {
    stack = await EncryptionStack.create(engine(), {
      emulator: { accounts: [{ id: "1", ...keys, name: "user/debugged" }] },
      env: (emulator) =>
        Promise.resolve({
          OSS_ENDPOINT: emulator.url,
          OSS_ACCESS_KEY_ID: keys.accessKeyId,
          OSS_ACCESS_KEY_SECRET: keys.accessKeySecret,
          OSS_SESSION_TOKEN: keys.securityToken,
        }),
    });
    stack.emulator.createBucket("logs", { encryption: { SSEAlgorithm: "SM4" } });
    await stack.declare({ name: "enc", args: { bucket: "logs", sseAlgorithm: "AES256" } });
  });
  after(() => stack.close());

  function assertClean(shown: string, sign: RegExp): void {
    assert.ok(sign.test(shown), `the switches print something: ${shown.slice(0, 600)}`);
    for (const secret of secrets) {
      const at = shown.indexOf(secret);
      assert.ok(at < 0, `a secret in: ${shown.slice(Math.max(0, at - 200), at + secret.length + 50)}`);
    }
    const [authorization] = /.*authorization['": ]+OSS.*/i.exec(shown) ?? [];
    assert.equal(authorization, undefined);
  }

  it("preview and up show no secret, the engine's own log included", async () => {
    for (const command of ["preview", "up"]) {
      const args = [command, "--debug", "-v=9", "--logtostderr", "--logflow", "--non-interactive"];
      const { stdout, stderr } = await stack.project.pulumi(command === "up" ? [...args, "--yes"] : args, {
        env: switches,
      });
      assertClean(stdout + stderr, /(HTTP|NET) \d+: /);
    }
    assert.equal(stack.live.logs, "AES256");
  });

  it("audit, drift and permissions show no secret", async () => {
    const env = { ...stack.project.environment(), ...switches };
    for (const args of [
      ["audit"],
      ["drift", "--stack", PulumiProject.stack],
      ["permissions", "--check", "--stack", PulumiProject.stack],
    ]) {
      const { code, stdout, stderr } = await ossEncryption(args, { env, cwd: stack.project.folder });
      assert.equal(code, 0, `${args.join(" ")}: ${stdout}`);
      assertClean(stdout + stderr, /^(HTTP|NET|FS|TIMER) \d+:/m);
    }
  });
});
