import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { startEmulator } from "oss-emulator";
import { alicloudVersion as version, missingAlicloudPlugin } from "../tools/alicloud-plugin";
import { credentialsOf } from "../tools/emulator-access";
import { findEngine } from "../tools/engine";
import { PulumiProject } from "../tools/pulumi-project";

/** What the policy pack adds to the first preview of 500 mixed resources, and how long it takes to start. */
const runs = 3;
const pack = join(__dirname, "../policy");

const program = `
const pulumi = require("@pulumi/pulumi");
const { BucketEncryption } = require("pulumi-oss-encryption");
const resource = (type, name, args) => new pulumi.CustomResource("alicloud:oss/" + type, name,
  { bucket: undefined, ...args }, { version: "${version}", ignoreChanges: ["serverSideEncryptionRule"] });
const sseAlgorithm = "AES256";
for (let at = 0; at < 100; at++) {
  const auto = resource("bucket:Bucket", "auto-" + at, {});
  new BucketEncryption("ours-" + at, { bucket: auto.bucket, sseAlgorithm, connection: "emulator" });
  const named = resource("bucket:Bucket", "named-" + at, { bucket: "bench-" + at });
  resource("bucketServerSideEncryption:BucketServerSideEncryption", "peer-" + at, { bucket: named.id, sseAlgorithm });
  new pulumi.CustomResource("alicloud:oss/bucket:Bucket", "inline-" + at,
    { bucket: undefined, serverSideEncryptionRule: { sseAlgorithm } }, { version: "${version}" });
}
`;

async function measure(title: string, action: () => Promise<void>): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    await action();
    times.push(Math.round(performance.now() - started));
    console.error(`${title}: ${times.at(-1)} ms`);
  }
  times.sort((one, other) => one - other);
  console.log(JSON.stringify({ title, node: process.version, medianMs: times[Math.floor(runs / 2)] }));
}

async function start(): Promise<void> {
  const host = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const child = spawn(process.execPath, [host, "127.0.0.1:1", "."], { cwd: pack });
  await once(child.stdout, "data");
  child.kill();
  await once(child, "exit");
}

async function main(): Promise<void> {
  const missing = missingAlicloudPlugin();
  if (missing) throw new Error(missing);
  await using emulator = await startEmulator();
  const { accessKeyId, accessKeySecret } = emulator.credentials;
  await using project = await PulumiProject.create({
    engine: await findEngine({ log: console.error }),
    files: { "index.js": program, "package.json": '{"main":"index.js"}' },
    env: { ...credentialsOf(emulator), HTTP_PROXY: emulator.url, NO_PROXY: "127.0.0.1" },
    config: {
      "alicloud:accessKey": accessKeyId,
      "alicloud:secretKey": accessKeySecret,
      "alicloud:region": "cn-hangzhou",
      "alicloud:skipRegionValidation": "true",
      "oss-encryption:connections": { emulator: { endpoint: emulator.url } },
    },
  });
  const preview = async (flags: string[]) => {
    const { code, events, stdout, stderr } = await project.preview(flags);
    const wrong = events.filter(({ policyEvent }) => policyEvent).length;
    if (code !== 0 || wrong > 0) throw new Error(`${wrong} violations\n${stdout}${stderr}`);
  };
  await measure("start of the pack", start);
  await measure("preview with the pack", () => preview(["--policy-pack", pack]));
  await measure("preview without the pack", () => preview([]));
}

void main();
