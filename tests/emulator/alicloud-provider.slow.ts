import * as pulumi from "@pulumi/pulumi";
import * as automation from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "oss-emulator";
import { alicloudVersion as version } from "../../tools/alicloud-plugin";
import { describeWithEngine, skipWithoutAlicloud } from "../support/with-engine";

class Resource extends pulumi.CustomResource {}

/** What `@pulumi/alicloud` would declare; the package itself is 20 MB of types that nothing here needs. */
function declare(bucket: string, sseAlgorithm: string, ignoreChanges: string[]): automation.PulumiFn {
  return () => {
    const made = new Resource("alicloud:oss/bucket:Bucket", "logs", { bucket }, { version, ignoreChanges });
    const rule = { bucket: made.id, sseAlgorithm };
    const type = "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption";
    new Resource(type, "logs", rule, { version });
    return Promise.resolve();
  };
}

describeWithEngine("the alicloud provider through the emulator as a proxy", (engine) => {
  let emulator: Emulator | undefined;
  let folder: string;
  let pulumiCommand: automation.PulumiCommand;

  before(async function () {
    skipWithoutAlicloud(this);
    emulator = await startEmulator();
    folder = await mkdtemp(join(tmpdir(), "alicloud-"));
    await writeFile(join(folder, "ca.pem"), await emulator.certificateAuthority());
    pulumiCommand = await automation.PulumiCommand.get({ root: join(engine().command, "../..") });
  });
  after(async () => {
    if (emulator === undefined) return;
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  async function createStack(protocol: "HTTP" | "HTTPS", oss: Emulator, program: automation.PulumiFn) {
    const proxy = { [`${protocol}_PROXY`]: oss.url, SSL_CERT_FILE: join(folder, "ca.pem") };
    const stack = await automation.LocalWorkspace.createStack(
      { projectName: "peer", stackName: protocol.toLowerCase(), program },
      {
        pulumiCommand,
        projectSettings: { name: "peer", runtime: "nodejs", backend: { url: `file://${folder}` } },
        envVars: { PULUMI_CONFIG_PASSPHRASE: "test", PULUMI_SKIP_UPDATE_CHECK: "true", ...proxy },
      },
    );
    const { accessKeyId, accessKeySecret } = oss.credentials;
    const config: Record<string, string> = {
      accessKey: accessKeyId,
      secretKey: accessKeySecret,
      region: "cn-hangzhou",
      protocol,
      accountId: "1234567890123456",
      accountType: "Domestic", // otherwise it asks another service at the start
      skipRegionValidation: "true",
      endpoints: JSON.stringify([{ oss: "oss-cn-hangzhou.aliyuncs.com" }]),
    };
    const entries = Object.entries(config).map(([key, value]) => [`alicloud:${key}`, { value }] as const);
    await stack.setAllConfig(Object.fromEntries(entries));
    return stack;
  }

  /** Up, refresh, update and destroy, as its documentation recommends. */
  async function live(oss: Emulator) {
    const ignored = ["serverSideEncryptionRule"];
    const stack = await createStack("HTTP", oss, declare("logs-http", "AES256", ignored));
    await stack.up();
    assert.deepStrictEqual(oss.encryption("logs-http"), { SSEAlgorithm: "AES256" });
    await stack.refresh();
    await stack.up({ program: declare("logs-http", "KMS", ignored) });
    assert.deepStrictEqual(oss.encryption("logs-http"), { SSEAlgorithm: "KMS" });
    await stack.destroy();
  }

  /** Bucket and rule fight: the bucket takes the rule for its own and removes it. */
  async function fight(oss: Emulator) {
    const stack = await createStack("HTTPS", oss, declare("logs-https", "AES256", []));
    await stack.up();
    assert.deepStrictEqual(oss.encryption("logs-https"), { SSEAlgorithm: "AES256" });
    await stack.up({ refresh: true });
    assert.equal(oss.encryption("logs-https"), undefined);
    await stack.destroy();
  }

  it("runs up, refresh, update and destroy over HTTP_PROXY and, without ignoreChanges, over HTTPS_PROXY", async () => {
    assert(emulator);
    await Promise.all([live(emulator), fight(emulator)]);
    assert.deepStrictEqual(emulator.buckets, []);
    const unknown = emulator.requests.filter(({ status }) => status >= 500);
    assert.deepStrictEqual(unknown, []);
  });
});
