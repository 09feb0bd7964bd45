import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "oss-emulator";
import { asked, type Question } from "../support/asked";

const connection = (entry: object): Question => ({
  config: { "oss-encryption:connections": JSON.stringify({ own: entry }) },
  target: { connection: "own" },
});
const endpoint = (oss: string): Question => ({ env: { OSS_ENDPOINT: oss } });
const withPort = ({ OSS_ENDPOINT, ...env }: Record<string, string>, port: number) =>
  OSS_ENDPOINT ? { ...env, OSS_ENDPOINT: OSS_ENDPOINT.replace("PORT", String(port)) } : env;

/** Each form of an endpoint, and the host that OSS is then asked under (its log has no ports); `PORT` is the emulator's. Buckets are in cn-hangzhou unless another region is named. */
const rows: [form: string, question: Question, host: string][] = [
  ["the region's public one", {}, "logs.oss-cn-hangzhou.aliyuncs.com"],
  [
    "the public one of the resource's region",
    { target: { region: "cn-shanghai" }, bucket: "far" },
    "far.oss-cn-shanghai.aliyuncs.com",
  ],
  ["the internal one", connection({ internal: true }), "logs.oss-cn-hangzhou-internal.aliyuncs.com"],
  [
    "the internal one of another region",
    { ...connection({ internal: true, region: "cn-shanghai" }), bucket: "far" },
    "far.oss-cn-shanghai-internal.aliyuncs.com",
  ],
  [
    "an internal one, written without scheme",
    endpoint("oss-cn-hangzhou-internal.aliyuncs.com"),
    "logs.oss-cn-hangzhou-internal.aliyuncs.com",
  ],
  ["a dual-stack one", endpoint("https://cn-hangzhou.oss.aliyuncs.com"), "logs.cn-hangzhou.oss.aliyuncs.com"],
  [
    "an irregular one of a finance region",
    { ...endpoint("oss-cn-hzfinance.aliyuncs.com"), bucket: "finance" },
    "finance.oss-cn-hzfinance.aliyuncs.com",
  ],
  [
    "one in alicloud:endpoints",
    { config: { "alicloud:endpoints": `[{"oss":"oss-cn-hangzhou.aliyuncs.com"}]` } },
    "logs.oss-cn-hangzhou.aliyuncs.com",
  ],
  ["a host of one's own with a port", endpoint("corp.example:8443"), "logs.corp.example"],
  ["http, written out", endpoint("http://corp.example:8080"), "logs.corp.example"],
  ["an IP address, without scheme", endpoint("127.0.0.1:PORT"), "logs.oss-cn-hangzhou.aliyuncs.com"],
  ["an IP address by http", endpoint("http://127.0.0.1:PORT"), "logs.oss-cn-hangzhou.aliyuncs.com"],
  ["a custom domain", connection({ endpoint: "logs.example.com", cname: true }), "logs.example.com"],
];

/** Where the call for a bucket in cn-shanghai goes, and goes on to. */
const detours: [form: string, question: Question, hosts: [string, string]][] = [
  ["the public one", {}, ["oss-cn-hangzhou", "oss-cn-shanghai"]],
  [
    "the internal one",
    connection({ internal: true }),
    ["oss-cn-hangzhou-internal", "oss-cn-shanghai-internal"],
  ],
  [
    "an internal one that is written out",
    endpoint("oss-cn-hangzhou-internal.aliyuncs.com"),
    ["oss-cn-hangzhou-internal", "oss-cn-shanghai-internal"],
  ],
  ["a dual-stack one", endpoint("cn-hangzhou.oss.aliyuncs.com"), ["cn-hangzhou.oss", "oss-cn-shanghai"]],
];

describe("endpoints, over the wire", () => {
  let emulator: Emulator;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "endpoints-"));
    emulator = await startEmulator({
      domains: ["corp.example"],
      customDomains: { "logs.example.com": "logs" },
    });
    const encryption = { SSEAlgorithm: "AES256" } as const;
    emulator.createBucket("logs", { encryption });
    emulator.createBucket("far", { region: "cn-shanghai", encryption });
    emulator.createBucket("finance", { region: "cn-hzfinance", encryption });
    writeFileSync(join(folder, "ca.pem"), await emulator.certificateAuthority());
  });
  after(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true });
  });

  /** Asks under OSS's own host names, which the emulator serves as a proxy; what came of it, and the requests. */
  async function ask(questions: Question[]) {
    emulator.clearRequests();
    const { accessKeyId, accessKeySecret } = emulator.credentials;
    const keys = { OSS_ACCESS_KEY_ID: accessKeyId, OSS_ACCESS_KEY_SECRET: accessKeySecret };
    const { lines } = await asked(
      questions.map(({ env = {}, ...question }) => ({
        ...question,
        env: {
          ...keys,
          ALICLOUD_REGION: question.bucket === "finance" ? "" : "cn-hangzhou",
          ...withPort(env, emulator.port),
        },
      })),
      {
        ...{ HTTPS_PROXY: emulator.url, HTTP_PROXY: emulator.url, NO_PROXY: "127.0.0.1" },
        NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
      },
    );
    return { lines, requests: emulator.requests.map(({ host, status }) => `${status} ${host}`) };
  }

  const rule = '{"sseAlgorithm":"AES256"}';

  describe("of the bucket's region", () => {
    let answers: Awaited<ReturnType<typeof ask>>;
    before(async () => (answers = await ask(rows.map(([, question]) => question))));

    rows.forEach(([form, , host], row) =>
      it(`take ${form}`, () => {
        assert.equal(answers.lines[row], rule);
        assert.equal(answers.requests[row], `200 ${host}`);
        // One request each: no detour.
        assert.equal(answers.requests.length, rows.length);
      }),
    );
  });

  describe("of another region", () => {
    let answers: Awaited<ReturnType<typeof ask>>;
    before(async () => {
      answers = await ask(detours.map(([, question]) => ({ ...question, bucket: "far", times: 2 })));
    });

    detours.forEach(([form, , [from, to]], row) =>
      it(`lead on from ${form}, once`, () => {
        assert.equal(answers.lines[row], rule);
        assert.deepEqual(answers.requests.slice(3 * row, 3 * row + 3), [
          `403 far.${from}.aliyuncs.com`,
          `200 far.${to}.aliyuncs.com`,
          `200 far.${to}.aliyuncs.com`,
        ]);
      }),
    );
  });
});
