import assert from "node:assert/strict";
import { startEmulator, type Emulator, type Fault } from "oss-emulator";
import { until } from "../support/until";
import { send } from "./http";
import { signV4 } from "./sign";
import { aliOss, type AliOss, type RawParams } from "../support/ali-oss";

const aes256 = { SSEAlgorithm: "AES256" } as const;
const kms = { SSEAlgorithm: "KMS" } as const;
const get: RawParams = { method: "GET", bucket: "logs", subres: "encryption" };
const put: RawParams = {
  ...get,
  method: "PUT",
  mime: "xml",
  content: Buffer.from(
    "<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>KMS</SSEAlgorithm>" +
      "</ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>",
  ),
};

describe("scripted faults", () => {
  let emulator: Emulator;
  let client: AliOss;

  before(async () => {
    emulator = await startEmulator();
    client = aliOss(emulator);
  });
  beforeEach(() => emulator.createBucket("logs", { encryption: aes256 }));
  afterEach(() => {
    emulator.clearFaults();
    emulator.deleteBucket("logs");
  });
  after(() => emulator.close());

  const answers: [title: string, fault: Fault, status: number, body: RegExp][] = [
    ["403 AccessDenied", { answer: { code: "AccessDenied" } }, 403, /<Code>AccessDenied<\/Code>/],
    [
      "403 wrong endpoint",
      { answer: { code: "WrongEndpoint", details: { Endpoint: "oss-cn-shanghai.aliyuncs.com" } } },
      403,
      /<Code>AccessDenied<.*<Endpoint>oss-cn-shanghai.aliyuncs.com<.*<EC>0003-00001403</,
    ],
    [
      "404 NoSuchBucket",
      { answer: { code: "NoSuchBucket" } },
      404,
      /<Code>NoSuchBucket<.*<EC>0015-00000101</,
    ],
    [
      "404 no rule",
      { answer: { code: "NoSuchServerSideEncryptionRule" } },
      404,
      /<Code>NoSuchServerSideEncryptionRule</,
    ],
    ["empty 404", { answer: { status: 404 } }, 404, /^$/],
    ["409", { answer: { status: 409, code: "OperationAborted" } }, 409, /<Code>OperationAborted</],
    ["429", { answer: { code: "QpsLimitExceeded" } }, 429, /Please reduce your request rate/],
    ["500", { answer: { code: "InternalError" } }, 500, /<Code>InternalError</],
    [
      "503 MetaOperationQpsLimitExceeded",
      { answer: { code: "MetaOperationQpsLimitExceeded" } },
      503,
      /<Code>MetaOperationQpsLimitExceeded</,
    ],
    ["empty 200 body", { answer: { body: "" } }, 200, /^$/],
    ["HTML body", { answer: { status: 502, body: "<html><br></html>" } }, 502, /^<html><br><\/html>$/],
    ["truncated XML", { answer: { body: "<ServerSideEncr" } }, 200, /^<ServerSideEncr$/],
  ];
  for (const [title, fault, status, body] of answers) {
    it(`answers ${title} once, writes nothing, then tells the truth again`, async () => {
      emulator.fault(fault);
      const answer = await client.request(put);
      assert.equal(answer.status, status);
      assert.match(answer.data.toString(), body);
      assert.deepStrictEqual(emulator.encryption("logs"), aes256);
      assert.equal((await client.request(get)).status, 200);
    });
  }

  const scriptable: [code: string, status: number, message: RegExp, ec?: string][] = [
    ["MetaOperationQpsLimitExceeded", 503, /^Qps limit for the meta operation is exceeded$/],
    ["TotalQpsLimitExceeded", 503, /^Max total qps limit is exceeded$/],
    ["ServiceUnavailable", 503, /^Thread pool is almost full, please retry later$/],
    ["ActiveRequestLimitExceeded", 503, /./],
    ["CpuLimitExceeded", 503, /./],
    ["UploadTrafficRateLimitExceeded", 503, /./],
    ["DownloadTrafficRateLimitExceeded", 503, /./],
    ["QpsLimitExceeded", 429, /^Please reduce your request rate\.$/],
    ["InternalError", 500, /^Please contact the server administrator, oss@service\.aliyun\.com\.$/],
    ["RequestTimeout", 400, /./],
    ["MirrorFailed", 424, /./],
    ["KmsServiceNotEnabled", 403, /^This user does not turn on KMS service\.$/, "0005-00000218"],
    ["UserDisable", 403, /./, "0003-00000801"],
    ["TooManyBuckets", 400, /./],
  ];
  for (const [code, status, message, ec] of scriptable) {
    it(`knows ${code} by name`, async () => {
      emulator.fault({ answer: { code } });
      const { status: seen, headers, data } = await client.request(get);
      const read = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(data.toString())?.[1];
      assert.deepStrictEqual([seen, read("Code"), headers["x-oss-ec"]], [status, code, ec]);
      assert.match(read("Message") ?? "", message);
    });
  }

  const wrong: [title: string, fault: unknown, message: RegExp][] = [
    [
      "a field that faults don't have",
      { conection: "reset" },
      /^A fault has no "conection"; there are operation,/,
    ],
    [
      "a field that answers don't have",
      { answer: { stauts: 1 } },
      /^answer has no "stauts"; there are status, code,/,
    ],
    [
      "what connections can't do",
      { connection: "melt" },
      /^connection is one of reset, reset-mid-body, hang, endless/,
    ],
    ["a number that isn't one", { times: "2" }, /^times takes a number from 0 on, in JSON also "always"\.$/],
    ["a number below 0", { after: -1 }, /^after takes a number from 0 on\.$/],
    ...[-1, 2 ** 31, Infinity].map((delay): [string, unknown, RegExp] => [
      `a wait of ${delay} ms`,
      { delay },
      /^delay takes a number of milliseconds from 0 to 2147483647\.$/,
    ]),
    [
      "a code of its own without a status",
      { answer: { code: "OperationAborted" } },
      /^answer needs a status: "OperationAborted" is not in the table of error codes\.$/,
    ],
  ];
  for (const [title, fault, message] of wrong) {
    it(`refuses ${title}`, () => {
      assert.throws(() => emulator.fault(fault as Fault), { name: "TypeError", message });
    });
  }

  it("sends a body of 50 MB", async () => {
    emulator.fault({ answer: { body: Buffer.alloc(50_000_000, "x") } });
    assert.equal((await client.request(get)).data.length, 50_000_000);
  });

  it("resets the connection before the write", async () => {
    emulator.fault({ connection: "reset" });
    await assert.rejects(client.request(put), { status: -1 });
    assert.deepStrictEqual(emulator.encryption("logs"), aes256);
  });

  it("resets the connection after the write", async () => {
    emulator.fault({ connection: "reset", carriedOut: true });
    await assert.rejects(client.request(put), { status: -1 });
    assert.deepStrictEqual(emulator.encryption("logs"), kms);
  });

  it("resets the connection in mid-body", async () => {
    emulator.fault({ connection: "reset-mid-body" });
    await assert.rejects(client.request(get), { status: 200, message: /Unclosed root tag/ }); // how ali-oss sees it
    assert.equal(emulator.requests.at(-1)?.dropped, true);
  });

  it("sends nothing of an answer without a body that is to break in its middle", async () => {
    emulator.fault({ connection: "reset-mid-body" });
    await assert.rejects(send(emulator.url, signV4({ method: "HEAD", bucket: "logs" })), {
      code: "ECONNRESET",
    });
  });

  for (const connection of ["hang", "endless"] as const) {
    it(`keeps the client waiting: ${connection}`, async () => {
      emulator.fault({ connection });
      await assert.rejects(client.request({ ...get, timeout: [60_000, 150] }), {
        name: "ResponseTimeoutError",
      });
    });
  }

  for (const [how, times, letGo] of [
    ["the fault is taken back", 1, (takeBack: () => void) => takeBack()],
    ["all faults are taken back", 2, () => emulator.clearFaults()],
  ] as const) {
    it(`waits before the answer until ${how}, also where it was used up`, async () => {
      const takeBack = emulator.fault({ delay: 600_000, times });
      emulator.clearRequests();
      const answers = Array.from({ length: times }, () => client.request(get));
      await until(() => emulator.requests.length === times);
      letGo(takeBack);
      for (const { status } of await Promise.all(answers)) assert.equal(status, 200);
    });
  }

  it("waits before the answer", async () => {
    emulator.fault({ delay: 60_000 });
    await assert.rejects(client.request({ ...get, timeout: [60_000, 100] }), {
      name: "ResponseTimeoutError",
    });
  });

  it("reads stale for as many reads as scripted", async () => {
    emulator.fault({ operation: "GetBucketEncryption", times: 2, stale: true });
    await client.request(put);
    const seen = [];
    for (let read = 0; read < 3; read++) seen.push((await client.getBucketEncryption("logs")).encryption);
    assert.deepStrictEqual(seen, [aes256, aes256, kms]);
  });

  it("reads stale for ever, until the fault is taken back", async () => {
    const takeBack = emulator.fault({ operation: "GetBucketEncryption", times: Infinity, stale: true });
    await client.request(put);
    assert.deepStrictEqual((await client.getBucketEncryption("logs")).encryption, aes256);
    takeBack();
    assert.deepStrictEqual((await client.getBucketEncryption("logs")).encryption, kms);
  });

  it("hits only the operation and the bucket it names, and only after the passes it grants", async () => {
    emulator.createBucket("other", { encryption: aes256 });
    emulator.fault({
      operation: "GetBucketEncryption",
      bucket: "logs",
      after: 1,
      answer: { code: "InternalError" },
    });
    const statuses = [];
    for (const request of [get, put, { ...get, bucket: "other" }, get, get]) {
      statuses.push((await client.request(request)).status);
    }
    assert.deepStrictEqual(statuses, [200, 200, 200, 500, 200]);
    emulator.deleteBucket("other");
  });

  it("refuses an operation that doesn't exist", () => {
    assert.throws(() => emulator.fault({ operation: "PutBucketEncrypt" }), {
      name: "TypeError",
      message: 'There is no operation "PutBucketEncrypt".',
    });
  });
});
