import { createRequire } from "node:module";
import { join } from "node:path";
import { type Emulator, type EncryptionRule, startEmulator } from "oss-emulator";
import { DemoLog } from "./demo-log";
import { credentialsOf } from "./emulator-access";
import { describe, type Engine, findEngine } from "./engine";
import { type Operation, PulumiProject, rootProgram } from "./pulumi-project";

/**
 * A tour of the main job on the real engine, with an emulator in the place of OSS. Everything happens in a
 * temporary folder. Ends with exit code 1 at the first outcome that is not the expected one.
 */

const keyId = "9468da86-3509-4f8d-a61e-6eab1eac1f8b";
const rules = {
  "logs-prod": { sseAlgorithm: "AES256" },
  "payroll-prod": { sseAlgorithm: "KMS", kmsMasterKeyId: keyId },
  "archive-prod": { sseAlgorithm: "KMS", kmsDataEncryption: "SM4" },
};
const declared: Record<string, EncryptionRule> = {
  "logs-prod": { SSEAlgorithm: "AES256" },
  "payroll-prod": { SSEAlgorithm: "KMS", KMSMasterKeyID: keyId },
  "archive-prod": { SSEAlgorithm: "KMS", KMSDataEncryption: "SM4" },
};
const buckets = Object.keys(rules);

/** What the demo uses of Alibaba Cloud's own SDK, which here stands for an application, and for a colleague. */
interface AliOss {
  useBucket(name: string): void;
  put(name: string, data: Buffer): Promise<unknown>;
  head(name: string): Promise<{ res: { headers: Record<string, string> } }>;
  putBucketEncryption(bucket: string, rule: EncryptionRule): Promise<unknown>;
}
const OSS = createRequire(__filename)("ali-oss") as new (options: Record<string, unknown>) => AliOss;

async function tour(engine: Engine, log: DemoLog, signal: AbortSignal): Promise<void> {
  await using emulator = await startEmulator({ keys: [keyId] });
  const oss = new OSS({
    ...emulator.credentials,
    endpoint: emulator.url,
    region: "oss-cn-hangzhou",
    authorizationV4: true,
  });

  log.begin("Three buckets without a default rule", `An OSS emulator listens on ${emulator.url}.`);
  for (const bucket of buckets) emulator.createBucket(bucket);
  log.check("uploads to them would be stored as they come", live(emulator), {
    "logs-prod": undefined,
    "payroll-prod": undefined,
    "archive-prod": undefined,
  });

  await using project = await PulumiProject.create({
    engine,
    signal,
    files: await rootProgram(),
    config: { "alicloud:region": "cn-hangzhou", "oss-encryption:rules": rules },
    env: {
      OSS_ENDPOINT: emulator.url,
      ...credentialsOf(emulator),
    },
  });

  log.begin("Declare their rules", "The program is index.ts of this repository; the rules are stack config:");
  for (const [bucket, rule] of Object.entries(rules)) log.line(`       ${bucket}: ${JSON.stringify(rule)}`);
  log.command("pulumi up --yes --skip-preview");
  const up = await project.up(["--suppress-progress"]);
  show(log, up);
  log.check("pulumi up ends with 0", up.code, 0);
  log.check("each bucket has the rule declared for it", live(emulator), declared);

  log.begin("Upload an object", "With Alibaba Cloud's SDK, and not a word about encryption.");
  oss.useBucket("payroll-prod");
  await oss.put("2026/november.csv", Buffer.from("name,salary\n"));
  const { headers } = (await oss.head("2026/november.csv")).res;
  const encryption = Object.entries(headers).filter(([name]) =>
    name.startsWith("x-oss-server-side-encryption"),
  );
  log.output(encryption.map(([name, value]) => `${name}: ${value}`).join("\n"));
  log.check("OSS encrypted it with the declared key", Object.fromEntries(encryption), {
    "x-oss-server-side-encryption": "KMS",
    "x-oss-server-side-encryption-key-id": keyId,
  });

  log.begin("Somebody weakens a rule from outside", "payroll-prod: KMS with a key of ours becomes AES256.");
  await oss.putBucketEncryption("payroll-prod", { SSEAlgorithm: "AES256" });
  log.check("OSS has the weaker rule", emulator.encryption("payroll-prod"), { SSEAlgorithm: "AES256" });

  log.begin("See the drift", "Nothing is written, neither to OSS nor to state. Exit code 7 means: drift.");
  const flags = ["--preview-only", "--expect-no-changes", "--diff"];
  log.command(`pulumi refresh ${flags.join(" ")}`);
  const drift = await project.refresh([...flags, "--suppress-progress"]);
  show(log, drift);
  log.check("the exit code is 7", drift.code, 7);
  log.check("it is these two properties of payroll-prod", changedProperties(drift), {
    "payroll-prod": ["kmsMasterKeyId", "sseAlgorithm"],
  });

  log.begin("Put it right");
  log.command("pulumi up --yes --skip-preview");
  const restore = await project.up(["--suppress-progress"]);
  show(log, restore);
  log.check("pulumi up ends with 0", restore.code, 0);
  log.check("each bucket has its declared rule again", live(emulator), declared);

  log.begin(
    "Let the policy pack stop a weak rule",
    "Its preset kms demands KMS for every bucket; logs-prod declares AES256.",
  );
  const policy = join(__dirname, "../policy");
  const pack = ["--policy-pack", policy, "--policy-pack-config", join(policy, "presets/kms.json")];
  log.command("pulumi preview --policy-pack policy --policy-pack-config policy/presets/kms.json");
  const judged = await project.preview([...pack, "--suppress-progress"]);
  show(log, judged);
  log.check("the preview fails", judged.code, 1);
  log.check("because of logs-prod alone", violations(judged), ["oss-bucket-encryption-kms logs-prod"]);

  log.begin(
    "Take it all back",
    "Destroy removes the rules that were declared. Objects keep their encryption.",
  );
  log.command("pulumi destroy --yes --skip-preview");
  const destroy = await project.destroy(["--suppress-progress"]);
  show(log, destroy);
  log.check("pulumi destroy ends with 0", destroy.code, 0);
  log.check("no bucket has a rule", Object.values(live(emulator)), [undefined, undefined, undefined]);
  const kept = (await oss.head("2026/november.csv")).res.headers["x-oss-server-side-encryption"];
  log.check("the object is still encrypted with KMS", kept, "KMS");
}

function live(emulator: Emulator): Record<string, EncryptionRule | undefined> {
  return Object.fromEntries(buckets.map((bucket) => [bucket, emulator.encryption(bucket)]));
}

function show(log: DemoLog, { code, stdout, stderr }: Operation): void {
  log.output(stdout + stderr);
  log.output(`(exit code ${code ?? "none"})`);
}

/** The properties that an operation found changed, sorted, by logical name. */
function changedProperties({ events }: Operation): Record<string, string[]> {
  return Object.fromEntries(
    events
      .flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? [])
      .map(({ urn, detailedDiff }) => [urn.split("::").at(-1) ?? "", Object.keys(detailedDiff ?? {}).sort()])
      .filter(([, properties]) => properties?.length),
  ) as Record<string, string[]>;
}

function violations({ events }: Operation): string[] {
  return events
    .flatMap(({ policyEvent }) => policyEvent ?? [])
    .map(({ policyName, resourceUrn }) => `${policyName} ${resourceUrn?.split("::").at(-1) ?? ""}`);
}

async function main(): Promise<void> {
  const interruption = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => interruption.abort(new Error("Interrupted.")));
  }
  const log = new DemoLog(8);
  const engine = await findEngine({ log: (line) => log.line(line), signal: interruption.signal });
  const started = Date.now();
  log.line(describe(engine));
  await tour(engine, log, interruption.signal);
  log.line();
  log.line(`Done in ${Math.round((Date.now() - started) / 1000)} s; nothing is left of it.`);
}

main().catch((error: unknown) => {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
