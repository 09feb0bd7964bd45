import assert from "node:assert/strict";
import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { startEmulator, type Emulator } from "oss-emulator";
import { send, type HttpRequest } from "./http";
import { signV4 } from "./sign";

const requests = Number(process.env.OSS_FUZZ_REQUESTS ?? 1_000);
const seed = Number(process.env.OSS_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const concurrency = 16;

const rule =
  '<?xml version="1.0"?><ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>KMS</SSEAlgorithm>' +
  "<KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>";
const pieces = {
  method: ["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"],
  bucket: ["logs", "public", "none", "a", "-", "%", "..", "_emulator", undefined],
  key: ["", "a", "/", "\\", "ü", "a/b", "\u0000", "%", "constructor", "__proto__", "x".repeat(1_100)],
  name: (
    "encryption acl bucketInfo location stat tagging versioning uploads uploadId partNumber delete list-type versions " +
    "cors metaQuery prefix marker max-keys delimiter encoding-type continuation-token start-after key-marker Action " +
    "objectMeta response-content-type constructor __proto__ x-oss-process max-uploads part-number-marker max-parts " +
    "append position nothingKnown"
  ).split(" "),
  value: [
    "",
    "1",
    "-1",
    "1e9",
    "NaN",
    "url",
    "a",
    "\u0000",
    "ü",
    "../..",
    "%",
    "true",
    "2",
    "99999999999999999999",
  ],
  header: (
    "x-oss-acl x-oss-server-side-encryption x-oss-server-side-encryption-key-id x-oss-copy-source range if-match " +
    "if-modified-since content-md5 x-oss-meta-a x-oss-range-behavior x-oss-copy-source-range x-oss-complete-all " +
    "x-oss-server-side-data-encryption x-oss-storage-class x-oss-security-token x-oss-forbid-overwrite content-type expect"
  ).split(" "),
  headerValue: [
    "",
    "KMS",
    "AES256",
    "k",
    "/logs/a",
    "/public/%",
    "bytes=0-",
    "bytes=5-1",
    "*",
    "yes",
    "standard",
    "x",
  ],
  body: [
    rule,
    "<Delete><Object><Key>a</Key></Object></Delete>",
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>",
    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
    "<a>".repeat(5_000),
    `<!DOCTYPE a [<!ENTITY b "${"c".repeat(50)}">]><a>&b;</a>`,
    "",
  ],
};

/** Pseudo-random choices that a seed repeats. */
class Dice {
  constructor(private state: number) {}

  below(limit: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** A text with some bytes changed, cut out or repeated. */
  mutate(text: string): string {
    const bytes = [...Buffer.from(text, "latin1")];
    for (let times = this.below(4); times > 0; times--) {
      const at = this.below(bytes.length);
      const length = this.below(8);
      const change = this.below(3);
      if (change === 0) bytes[at] = this.below(256);
      else if (change === 1) bytes.splice(at, length);
      else bytes.splice(at, 0, ...bytes.slice(at, at + length));
    }
    return Buffer.from(bytes).toString("latin1");
  }

  /** `count` entries with a name and a value of these choices. */
  entries(count: number, names: readonly string[], values: readonly string[]): Record<string, string> {
    return Object.fromEntries(
      Array.from({ length: this.below(count) }, () => [this.of(names), this.of(values)]),
    );
  }
}

interface Template {
  method: string;
  bucket?: string;
  key?: string;
  query?: Record<string, string>;
  body?: string | undefined;
}

/** Requests that make sense. */
const templates: Template[] = [
  { method: "GET" },
  { method: "PUT", bucket: "logs" },
  { method: "DELETE", bucket: "none" },
  ...["encryption", "acl", "tagging", "versions"].map((name) => ({
    method: "GET",
    bucket: "logs",
    query: { [name]: "" },
  })),
  ...["encryption", "tagging"].map((name) => ({ method: "DELETE", bucket: "logs", query: { [name]: "" } })),
  { method: "PUT", bucket: "logs", query: { encryption: "" }, body: pieces.body[0] },
  { method: "POST", bucket: "logs", query: { delete: "" }, body: pieces.body[1] },
  { method: "PUT", bucket: "logs", query: { versioning: "" }, body: pieces.body[3] },
  { method: "PUT", bucket: "logs", query: { tagging: "" }, body: pieces.body[4] },
  { method: "GET", bucket: "logs", query: { "list-type": "2", "max-keys": "2", delimiter: "/" } },
  { method: "GET", bucket: "logs", query: { prefix: "a", "encoding-type": "url" } },
  { method: "GET", bucket: "logs", query: { uploads: "", "max-uploads": "1" } },
  ...["PUT", "GET", "HEAD", "DELETE"].map((method) => ({ method, bucket: "public", key: "a" })),
  { method: "POST", bucket: "logs", key: "log", query: { append: "", position: "0" }, body: "a" },
  { method: "POST", bucket: "logs", key: "a", query: { uploads: "" } },
  { method: "PUT", bucket: "logs", key: "a", query: { uploadId: "x", partNumber: "1" } },
  { method: "POST", bucket: "logs", key: "a", query: { uploadId: "x" }, body: pieces.body[2] },
];

/** A request with up to three odd details, but signed well, so that it gets as far as an operation. */
function oddRequest(dice: Dice): HttpRequest {
  const { method, bucket, key = "", query = {}, body = "" } = dice.of(templates);
  const odd = (usual: string | undefined, choices: readonly (string | undefined)[]) =>
    dice.below(8) === 0 ? dice.of(choices) : usual;
  const oddBucket = odd(bucket, pieces.bucket);
  return signV4({
    method: odd(method, pieces.method) ?? method,
    ...(oddBucket !== undefined && { bucket: oddBucket }),
    key: odd(key, pieces.key) ?? key,
    query: { ...query, ...(dice.below(3) === 0 && dice.entries(3, pieces.name, pieces.value)) },
    headers: dice.below(3) === 0 ? dice.entries(3, pieces.header, pieces.headerValue) : {},
    body: dice.below(2) === 0 ? dice.mutate(body) : (odd(body, pieces.body) ?? body),
  });
}

function toBytes({ method = "GET", path = "/", headers = {}, body = "" }: HttpRequest): string {
  const lines = Object.entries({ host: "127.0.0.1", ...headers, "content-length": Buffer.byteLength(body) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${method} ${path} HTTP/1.1\r\n${head}connection: close\r\n\r\n${body.toString()}`;
}

/** Sends bytes, says that nothing more will come, and waits for the end of the connection. */
function throwBytes(port: number, bytes: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(bytes, "latin1"));
    socket.on("error", () => undefined).resume();
    socket.once("close", () => resolve());
  });
}

/** Bytes on the heap that something still refers to. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Brings back what the requests have removed. */
function seedBuckets(emulator: Emulator): void {
  for (const [name, acl] of [
    ["logs", "private"],
    ["public", "public-read-write"],
  ] as const) {
    emulator.deleteBucket(name);
    emulator.createBucket(name, { acl });
  }
}

describe(`${requests} mutated requests (OSS_FUZZ_SEED=${seed})`, () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await startEmulator({
      buckets: [{ name: "logs" }],
      maxLoggedRequests: requests,
      maxStoredBytes: 10_000_000,
      headersTimeout: 2_000,
      requestTimeout: 2_000,
    });
  });
  after(() => emulator.close());

  it("odd requests make no error of the emulator's own, and leave it working", async () => {
    const dice = new Dice(seed);
    const throwMany = async (count: number) => {
      let left = count;
      const thrower = async () => {
        while (left-- > 0) {
          if (left % 50 === 0) seedBuckets(emulator);
          const bytes = toBytes(oddRequest(dice));
          await throwBytes(emulator.port, left % 2 === 0 ? bytes : dice.mutate(bytes));
        }
      };
      await Promise.all(Array.from({ length: concurrency }, thrower));
      const wrong = emulator.requests.filter(
        ({ bug, status }) => bug !== undefined || (status >= 500 && status !== 501),
      );
      assert.deepStrictEqual(wrong, []);
      assert(emulator.requests.length > count / 2);
      emulator.reset();
      return heapUsed();
    };
    const halfway = await throwMany(requests / 2);
    const growth = (await throwMany(requests / 2)) - halfway;
    assert(growth < 8 * 2 ** 20, `the heap grew by ${growth} bytes`);
    assert.equal((await send(emulator.url, signV4({ bucket: "logs", query: { acl: "" } }))).status, 200);
  });
});
