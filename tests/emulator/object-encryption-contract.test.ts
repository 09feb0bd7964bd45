import assert from "node:assert/strict";
import type { AliOss, RawAnswer, RawParams } from "../support/ali-oss";
import { mentionRealService, openTarget, type Target, ways } from "./target";

type Headers = Record<string, string>;

/** Algorithm, key id (`true`: any), data encryption, as answers show them. */
type Seen = [algorithm?: string, keyId?: string | true, dataEncryption?: string];

const prefix = "x-oss-server-side-";
const wants = (algorithm?: string, more: Headers = {}): Headers => ({
  ...(algorithm !== undefined && { [`${prefix}encryption`]: algorithm }),
  ...Object.fromEntries(Object.entries(more).map(([name, value]) => [prefix + name, value])),
});
const sm4Data = { "data-encryption": "SM4" };

const uploads: [title: string, headers: Headers, seen: Seen][] = [
  ["nothing", {}, []],
  ["AES256", wants("AES256"), ["AES256"]],
  ["SM4", wants("SM4"), ["SM4"]],
  ["KMS, showing the key that OSS manages", wants("KMS"), ["KMS", true]],
  ["KMS with SM4 data", wants("KMS", sm4Data), ["KMS", true, "SM4"]],
  ["SM4 data with AES256, which means nothing", wants("AES256", sm4Data), ["AES256"]],
  ["SM4 data with SM4, which means nothing", wants("SM4", sm4Data), ["SM4"]],
  ["SM4 data alone, which means nothing", wants(undefined, sm4Data), []],
];
const withKey: typeof uploads = [
  ["a key", wants("KMS", { "encryption-key-id": "k1" }), ["KMS", "k1"]],
  ["a key and SM4 data", wants("KMS", { "encryption-key-id": "k1", ...sm4Data }), ["KMS", "k1", "SM4"]],
];

let target: Target;
before(async () => {
  target = await openTarget();
});
after(() => target.close());

describe("encryption of objects", mentionRealService);

for (const title of ways) {
  describe(`encryption of objects over ${title}`, () => {
    let client: AliOss;
    let bucket: string;

    before(async () => {
      const open = target.clients.get(title);
      assert(open);
      bucket = target.newName();
      const [create] = target.clients.values();
      await create?.(bucket).putBucket(bucket);
      client = open(bucket);
      target.emulator?.setKey("k1");
    });
    after(() => client.deleteBucket(bucket));
    afterEach(() => client.deleteMulti(["a", "copy", "kept"], { quiet: true }));

    const raw = (method: string, options: Partial<RawParams> = {}) =>
      client.request({ method, bucket, object: "a", ...options });
    const code = ({ data }: RawAnswer) => /<Code>(.*?)<\/Code>/.exec(data.toString())?.[1];
    const content = Buffer.from("a");

    function check({ headers }: { headers: Headers }, [algorithm, keyId, dataEncryption]: Seen) {
      const [seen, id, data] = ["encryption", "encryption-key-id", "data-encryption"].map(
        (name) => headers[prefix + name],
      );
      assert.deepStrictEqual([seen, data], [algorithm, dataEncryption]);
      if (keyId === true) assert.match(id ?? "", /^[0-9a-f-]{36}$/);
      else assert.equal(id, keyId);
    }

    async function setDefault(algorithm: string, more = "") {
      const inner = `<SSEAlgorithm>${algorithm}</SSEAlgorithm>${more}`;
      const rule = `<ApplyServerSideEncryptionByDefault>${inner}</ApplyServerSideEncryptionByDefault>`;
      const body = Buffer.from(`<ServerSideEncryptionRule>${rule}</ServerSideEncryptionRule>`);
      await client.request({ method: "PUT", bucket, subres: "encryption", mime: "xml", content: body });
    }

    for (const [what, headers, seen] of [...uploads, ...(title === "the real service" ? [] : withKey)]) {
      it(`encrypts as an upload asks for ${what}`, async () => {
        check(await raw("PUT", { headers, content }), seen);
        check(await raw("HEAD"), seen);
        check(await raw("GET"), seen);
      });
    }

    it("refuses an algorithm that it doesn't know", async () => {
      const answer = await raw("PUT", { content, headers: wants("DES") });
      assert.deepStrictEqual([answer.status, code(answer)], [400, "InvalidEncryptionAlgorithmError"]);
      assert.match(answer.data.toString(), /<Message>The encryption algorithm specified is not valid\.</);
    });

    it("shows an upload and its readers the bucket's rule, unless its own headers say otherwise, and keeps it", async () => {
      await setDefault("KMS", "<KMSDataEncryption>SM4</KMSDataEncryption>");
      await target.eventually(async () => check(await raw("PUT", { content }), ["KMS", true, "SM4"]));
      check(await raw("GET"), ["KMS", true, "SM4"]);
      await target.eventually(async () =>
        check(await raw("PUT", { object: "kept", content }), ["KMS", true, "SM4"]),
      );
      check(await raw("PUT", { content, headers: wants("AES256") }), ["AES256"]);
      await client.deleteBucketEncryption(bucket);
      await target.eventually(async () => check(await raw("PUT", { content }), []));
      check(await raw("HEAD", { object: "kept" }), ["KMS", true, "SM4"]);
    });

    it("copies without the source's encryption: as its headers say, or the bucket's rule", async () => {
      await raw("PUT", { content, headers: wants("SM4") });
      const copy = (headers: Headers = {}) =>
        raw("PUT", { object: "copy", headers: { "x-oss-copy-source": `/${bucket}/a`, ...headers } });
      check(await copy(), []);
      check(await copy(wants("AES256")), ["AES256"]);
      await setDefault("KMS");
      await target.eventually(async () => check(await copy(), ["KMS", true]));
      await client.deleteBucketEncryption(bucket);
      await target.eventually(async () => check(await copy(), []));
    });

    it("encrypts appended objects as the first piece says", async () => {
      const append = (position: string, headers: Headers) =>
        raw("POST", { subres: { append: "", position }, headers, content });
      check(await append("0", wants("AES256")), ["AES256"]);
      check(await append("1", wants("SM4")), ["AES256"]);
      check(await raw("HEAD"), ["AES256"]);
    });

    it("takes encryption headers at the start of a multipart upload, not on parts or at its end", async () => {
      const started = await raw("POST", { subres: "uploads", headers: wants("SM4") });
      check(started, ["SM4"]);
      const uploadId = /<UploadId>(.*?)</.exec(started.data.toString())?.[1] ?? "";
      const part = { subres: { uploadId, partNumber: "1" }, content };
      const etag = "<ETag>0CC175B9C0F1B6A831C399E269772661</ETag>";
      const list = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>${etag}</Part></CompleteMultipartUpload>`;
      const end = { subres: { uploadId }, content: Buffer.from(list) };
      const headers = wants("SM4");
      const misplaced = [await raw("PUT", { ...part, headers }), await raw("POST", { ...end, headers })];
      assert.deepStrictEqual(
        misplaced.map((answer) => [answer.status, code(answer), answer.headers["x-oss-ec"]]),
        [
          [400, "InvalidArgument", "0005-00000002"],
          [400, "InvalidArgument", "0005-00000002"],
        ],
      );
      check(await raw("PUT", part), ["SM4"]);
      check(await raw("POST", end), ["SM4"]);
      check(await raw("GET"), ["SM4"]);
    });

    it("refuses encryption headers on an operation that doesn't encrypt", async () => {
      const answer = await client.request({ method: "GET", bucket, subres: "acl", headers: wants("AES256") });
      assert.deepStrictEqual([answer.status, answer.headers["x-oss-ec"]], [400, "0005-00000002"]);
    });
  });
}
