import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startEmulator, type Emulator, type Policy } from "oss-emulator";
import { parse } from "yaml";
import { Connections } from "../../provider/src/connections";
import { run } from "../../tools/run";
import { askInProcess, type Question } from "../support/ask-in-process";
import { blocks } from "./pages";
import { repository } from "../support/repository";

const account = "1234567890123456";
const user = (name: string, securityToken?: string) => ({
  id: account,
  name: `user/${name}`,
  accessKeyId: `${name}-id`,
  accessKeySecret: `${name}-secret`,
  ...(securityToken ? { securityToken } : {}),
});

const page = readFileSync(join(repository, "docs/credentials.md"), "utf8");
const config = blocks(page, "yaml").map((block) => ({ block, connections: block.includes("connections:") }));
const environment = blocks(page, "sh").filter((block) => block.startsWith("export "));

/** Whom OSS takes the callers of the snippets for, in the order of the page. */
const byConfig = [
  "assumed-role/encryption/pulumi",
  "user/prod",
  "assumed-role/ci/pulumi",
  "assumed-role/deployer/i-emulator",
  "assumed-role/credentials-uri/i-emulator",
];
const byEnvironment = [
  "user/temporary",
  "assumed-role/encryption/pulumi-oss-encryption",
  "user/prod",
  "user/ini",
  "assumed-role/credentials-uri/i-emulator",
  "assumed-role/deployer/i-emulator",
];
const byConnection: [name: string, bucket: string, host: string, identity: string][] = [
  [
    "finance",
    "payroll-prod",
    "payroll-prod.oss-cn-shanghai.aliyuncs.com",
    "assumed-role/encryption/pulumi-oss-encryption",
  ],
  ["inside", "logs", "logs.oss-cn-hangzhou-internal.aliyuncs.com", "user/keys"],
  ["legal", "logs", "logs.oss-cn-hangzhou.aliyuncs.com", "user/legal"],
  ["archive", "archive", "archive.example.com", "user/keys"],
];

describe("docs/credentials.md", () => {
  let emulator: Emulator;
  let home: string;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "docs-"));
    emulator = await startEmulator({
      accounts: [
        ...["keys", "prod", "legal", "ini"].map((name) => user(name)),
        user("temporary", "temporary-token"),
      ],
      ecsRole: "deployer",
      oidcTokens: ["oidc-token"],
      customDomains: { "archive.example.com": "archive" },
    });
    const encryption = { SSEAlgorithm: "AES256" } as const;
    emulator.createBucket("logs", { encryption });
    emulator.createBucket("archive", { encryption });
    emulator.createBucket("payroll-prod", { region: "cn-shanghai", encryption });
    const profiles = ["prod", "legal"].map((name) => {
      const { accessKeyId: access_key_id, accessKeySecret: access_key_secret } = user(name);
      return { name, mode: "AK", access_key_id, access_key_secret };
    });
    for (const folder of [".aliyun", ".alibabacloud"]) mkdirSync(join(home, folder));
    for (const file of [".aliyun/config.json", "config.json"]) {
      writeFileSync(join(home, file), JSON.stringify({ profiles }));
    }
    writeFileSync(join(home, "token"), "oidc-token");
    const [ini = ""] = blocks(page, "ini");
    writeFileSync(
      join(home, ".alibabacloud/credentials"),
      ini.replace("…", "ini-id").replace("…", "ini-secret"),
    );
    writeFileSync(join(home, "ca.pem"), await emulator.certificateAuthority());
  });
  afterEach(async () => {
    await emulator.close();
    rmSync(home, { recursive: true });
  });

  /** A snippet for this machine: its files are in the home folder, its service is the emulator's. */
  const here = (block: string) =>
    block
      .replace(/\/(var|etc)\/[\w./-]+/g, (path) => join(home, basename(path)))
      .replace("http://127.0.0.1:8080/credentials", emulator.credentialsUri);

  /** Under OSS's and STS's own host names, which the emulator serves as a proxy. */
  async function ask(questions: Question[]): Promise<string[]> {
    const { lines } = await askInProcess(
      questions.map(({ env, ...rest }) => ({ ...rest, env: { HOME: home, ...env } })),
      { HTTPS_PROXY: emulator.url, NODE_EXTRA_CA_CERTS: join(home, "ca.pem") },
      emulator.url,
    );
    return lines;
  }

  const keys = { OSS_ACCESS_KEY_ID: "keys-id", OSS_ACCESS_KEY_SECRET: "keys-secret" };
  const found = (count: number) => Array.from({ length: count }, () => '{"sseAlgorithm":"AES256"}');

  const configOf = (block: string) => (parse(here(block)) as { config: Record<string, unknown> }).config;

  const identities = () =>
    emulator.requests
      .filter(({ operation }) => operation === "GetBucketEncryption")
      .map(({ identity }) => identity);

  it("the stack config of each section works as it stands", async () => {
    const ways = config.filter(({ connections }) => !connections);
    const questions = ways.map(({ block }) => ({ config: configOf(block), env: keys }));
    assert.deepEqual(await ask(questions), found(byConfig.length));
    assert.deepEqual(identities(), byConfig);
  });

  it("the connections work as they stand", async () => {
    const [{ block } = { block: "" }, ...more] = config.filter(({ connections }) => connections);
    assert.deepEqual(more, []);
    const questions = byConnection.map(([connection, bucket]) => ({
      config: configOf(block),
      env: keys,
      target: { connection },
      bucket,
    }));
    assert.deepEqual(await ask(questions), found(byConnection.length));
    const reached = emulator.requests.filter(({ operation }) => operation === "GetBucketEncryption");
    assert.deepEqual(
      reached.map(({ host, identity }) => [host, identity]),
      byConnection.map(([, , host, identity]) => [host, identity]),
    );
  });

  it("the variables of each section work as they stand", async () => {
    const values = ["temporary-id", "temporary-secret", "temporary-token"];
    const questions = await Promise.all(
      environment.map(async (block) => {
        const script = here(block).replace(/…/g, () => values.shift() ?? "…");
        const { stdout } = await run("/bin/sh", ["-c", `${script}\nenv`], {
          env: { HOME: home, PATH: process.env.PATH ?? "" },
        });
        const set = stdout.split("\n").filter((line) => /^(OSS|ALICLOUD|ALIBABA_CLOUD)_/.test(line));
        return {
          env: Object.fromEntries(set.map((line) => line.split(/=(.*)/s, 2) as [string, string])),
          config: { "alicloud:region": "cn-hangzhou" },
        };
      }),
    );
    assert.deepEqual(await ask(questions), found(byEnvironment.length));
    assert.deepEqual(identities(), byEnvironment);
  });

  it("the policy suffices for its buckets, and reaches no other", async () => {
    const [policy = ""] = blocks(page, "json");
    emulator.addAccount({ ...user("limited"), policy: JSON.parse(policy) as Policy });
    emulator.createBucket("logs-prod");
    const config: Record<string, string> = {
      "alicloud:region": "cn-hangzhou",
      "alicloud:endpoints": JSON.stringify([{ oss: emulator.url }]),
    };
    const env = { OSS_ACCESS_KEY_ID: "limited-id", OSS_ACCESS_KEY_SECRET: "limited-secret" };
    const connections = new Connections((key) => config[key], { env });
    const client = connections.client({});
    await client.putBucketEncryption("logs-prod", { sseAlgorithm: "SM4" });
    assert.deepEqual(await client.getBucketEncryption("logs-prod"), { sseAlgorithm: "SM4" });
    await client.deleteBucketEncryption("logs-prod");
    await assert.rejects(client.getBucketEncryption("logs"), /403 AccessDenied/);
    connections.close();
  });
});
