import assert from "node:assert/strict";
import { askInProcess, type Question } from "../support/ask-in-process";
import { inEnvironment } from "./identities";
import { CredentialsRig } from "./rig";

const connection = (own: object): Question => ({
  config: { "oss-encryption:connections": { own } },
  target: { connection: "own" },
});
const endpoint = (oss: string): Question => ({ env: { OSS_ENDPOINT: oss } });
const withPort = ({ OSS_ENDPOINT, ...env }: Record<string, string>, port: number) =>
  OSS_ENDPOINT ? { ...env, OSS_ENDPOINT: OSS_ENDPOINT.replace("PORT", String(port)) } : env;

/** Each form of an endpoint, and the host that OSS is then asked under (its log has no ports); `PORT` is the emulator's. Buckets are in cn-hangzhou unless another region is named. */
const rows: [form: string, question: Question, host: string][] = [
  ["the region's public endpoint", {}, "logs.oss-cn-hangzhou.aliyuncs.com"],
  [
    "the public endpoint of the resource's region",
    { target: { region: "cn-shanghai" }, bucket: "far" },
    "far.oss-cn-shanghai.aliyuncs.com",
  ],
  ["the internal endpoint", connection({ internal: true }), "logs.oss-cn-hangzhou-internal.aliyuncs.com"],
  [
    "the internal endpoint of another region",
    { ...connection({ internal: true, region: "cn-shanghai" }), bucket: "far" },
    "far.oss-cn-shanghai-internal.aliyuncs.com",
  ],
  [
    "an internal endpoint, written without scheme",
    endpoint("oss-cn-hangzhou-internal.aliyuncs.com"),
    "logs.oss-cn-hangzhou-internal.aliyuncs.com",
  ],
  [
    "a dual-stack endpoint",
    endpoint("https://cn-hangzhou.oss.aliyuncs.com"),
    "logs.cn-hangzhou.oss.aliyuncs.com",
  ],
  [
    "an irregular endpoint of a finance region",
    { ...endpoint("oss-cn-hzfinance.aliyuncs.com"), bucket: "finance" },
    "finance.oss-cn-hzfinance.aliyuncs.com",
  ],
  [
    "an endpoint in alicloud:endpoints",
    { config: { "alicloud:endpoints": [{ oss: "oss-cn-hangzhou.aliyuncs.com" }] } },
    "logs.oss-cn-hangzhou.aliyuncs.com",
  ],
  ["a host of one's own with a port as endpoint", endpoint("corp.example:8443"), "logs.corp.example"],
  ["an endpoint with http written out", endpoint("http://corp.example:8080"), "logs.corp.example"],
  [
    "an IP address without scheme as endpoint",
    endpoint("127.0.0.1:PORT"),
    "logs.oss-cn-hangzhou.aliyuncs.com",
  ],
  [
    "an IP address with http as endpoint",
    endpoint("http://127.0.0.1:PORT"),
    "logs.oss-cn-hangzhou.aliyuncs.com",
  ],
  [
    "a custom domain as endpoint",
    connection({ endpoint: "logs.example.com", cname: true }),
    "logs.example.com",
  ],
];

/** Where the call for a bucket in cn-shanghai goes, and goes on to. */
const detours: [form: string, question: Question, hosts: [string, string]][] = [
  ["the public endpoint", {}, ["oss-cn-hangzhou", "oss-cn-shanghai"]],
  [
    "the internal endpoint",
    connection({ internal: true }),
    ["oss-cn-hangzhou-internal", "oss-cn-shanghai-internal"],
  ],
  [
    "an internal endpoint that is written out",
    endpoint("oss-cn-hangzhou-internal.aliyuncs.com"),
    ["oss-cn-hangzhou-internal", "oss-cn-shanghai-internal"],
  ],
  ["a dual-stack endpoint", endpoint("cn-hangzhou.oss.aliyuncs.com"), ["cn-hangzhou.oss", "oss-cn-shanghai"]],
];

describe("endpoints, over the wire", () => {
  const rig = new CredentialsRig({
    domains: ["corp.example"],
    customDomains: { "logs.example.com": "logs" },
  });

  before(async () => {
    await rig.open();
    const encryption = { SSEAlgorithm: "AES256" } as const;
    rig.emulator.createBucket("far", { region: "cn-shanghai", encryption });
    rig.emulator.createBucket("finance", { region: "cn-hzfinance", encryption });
    rig.write({ "ca.pem": await rig.emulator.certificateAuthority() });
  });
  after(() => rig.close());

  /** Asks under OSS's own host names, which the emulator serves as a proxy; what came of it, and the requests. */
  async function ask(questions: Question[]) {
    const { emulator } = rig;
    emulator.clearRequests();
    const { lines } = await askInProcess(
      questions.map(({ env = {}, ...question }) => ({
        ...question,
        env: {
          ...inEnvironment,
          ALICLOUD_REGION: question.bucket === "finance" ? "" : "cn-hangzhou",
          ...withPort(env, emulator.port),
        },
      })),
      {
        HTTPS_PROXY: emulator.url,
        HTTP_PROXY: emulator.url,
        NO_PROXY: "127.0.0.1",
        NODE_EXTRA_CA_CERTS: rig.fill("FILE:ca.pem"),
      },
    );
    return { lines, requests: emulator.requests.map(({ host, status }) => `${status} ${host}`) };
  }

  const rule = '{"sseAlgorithm":"AES256"}';

  describe("where the bucket is in the region set", () => {
    let answers: Awaited<ReturnType<typeof ask>>;
    before(async () => (answers = await ask(rows.map(([, question]) => question))));

    rows.forEach(([form, , host], row) =>
      it(`a call goes to ${host} with ${form}`, () => {
        assert.equal(answers.lines[row], rule);
        assert.equal(answers.requests[row], `200 ${host}`);
        // One request each: no detour.
        assert.equal(answers.requests.length, rows.length);
      }),
    );
  });

  describe("where the bucket is in another region", () => {
    let answers: Awaited<ReturnType<typeof ask>>;
    before(async () => {
      answers = await ask(detours.map(([, question]) => ({ ...question, bucket: "far", times: 2 })));
    });

    detours.forEach(([form, , [from, to]], row) =>
      it(`a call goes on from ${form} to ${to}, and the next one goes there at once`, () => {
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
