import assert from "node:assert/strict";
import { startEmulator, type Emulator, type EncryptionRule } from "oss-emulator";
import { aliOss, type AliOss, type RawAnswer } from "../support/ali-oss";

const code = ({ data }: RawAnswer) => /<Code>(.*?)<\/Code>/.exec(data.toString())?.[1];

describe("objects", () => {
  let emulator: Emulator;
  let client: AliOss;

  before(async () => {
    emulator = await startEmulator({
      keys: ["k1", { id: "off", state: "Disabled" }, { id: "going", state: "PendingDeletion" }],
      buckets: [{ name: "logs" }],
    });
    client = aliOss(emulator, { bucket: "logs" });
  });
  beforeEach(() => emulator.reset());
  after(() => emulator.close());

  const raw = (method: string, object: string, options: Partial<Parameters<AliOss["request"]>[0]> = {}) =>
    client.request({ method, bucket: "logs", object, ...options });

  const keys: [id: string, status: number, expected: string, ec: string][] = [
    ["nobody's", 404, "KeyNotFound", "0005-00000208"],
    ["off", 409, "KeyDisabled", "0005-00000214"],
    ["going", 409, "KeyPendingDeletion", "0005-00000215"],
  ];
  for (const [id, status, expected, ec] of keys) {
    it(`fails to upload under a rule whose key is ${id}`, async () => {
      const rule: EncryptionRule = { SSEAlgorithm: "KMS", KMSMasterKeyID: id };
      emulator.setEncryption("logs", rule);
      const answer = await raw("PUT", "a", { content: Buffer.from("a") });
      assert.deepStrictEqual(
        [answer.status, code(answer), answer.headers["x-oss-ec"]],
        [status, expected, ec],
      );
    });
  }

  it("gives checksums, metadata and dates back", async () => {
    const { res } = await client.put("a", Buffer.from("123456789"), {
      meta: { note: "n" },
      mime: "text/plain",
      headers: { "Cache-Control": "no-cache" },
    });
    assert.equal(res.headers.etag, '"25F9E794323B453885F5181F1B624D0B"');
    assert.equal(res.headers["x-oss-hash-crc64ecma"], "11051210869376104954"); // the check value of CRC-64/XZ
    const { headers } = (await client.head("a")).res;
    const {
      "content-length": length,
      "content-type": type,
      "cache-control": cache,
      "x-oss-meta-note": note,
    } = headers;
    assert.deepStrictEqual([length, type, cache, note], ["9", "text/plain", "no-cache", "n"]);
    assert.equal((await raw("HEAD", "a", { subres: "objectMeta" })).headers["content-length"], "9");
  });

  it("puts the error of a HEAD into a header, since it can't have a body", async () => {
    const { status, headers, data } = await raw("HEAD", "nothing");
    assert.deepStrictEqual([status, data.length, headers["x-oss-ec"]], [404, 0, "0026-00000001"]);
    assert.match(
      Buffer.from(headers["x-oss-err"] ?? "", "base64").toString(),
      /<Code>NoSuchKey<.*<Key>nothing</,
    );
  });

  it("gives ranges, and everything for what isn't one", async () => {
    await client.put("a", Buffer.from("0123456789"));
    const get = async (Range: string, standard = false) => {
      const headers = { Range, ...(standard && { "x-oss-range-behavior": "standard" }) };
      const { status, data, headers: answer } = await raw("GET", "a", { headers });
      return status === 416 ? [status] : [status, data.toString(), answer["content-range"]];
    };
    assert.deepStrictEqual(await get("bytes=2-4"), [206, "234", "bytes 2-4/10"]);
    assert.deepStrictEqual(await get("bytes=8-"), [206, "89", "bytes 8-9/10"]);
    assert.deepStrictEqual(await get("bytes=-3"), [206, "789", "bytes 7-9/10"]);
    assert.deepStrictEqual(await get("bytes=20-"), [200, "0123456789", undefined]);
    assert.deepStrictEqual(await get("bytes=20-", true), [416]);
  });

  it("replaces headers of a read as asked, unless no header can hold that", async () => {
    await client.put("a", Buffer.from("a"));
    const get = (type: string) => raw("GET", "a", { subres: { "response-content-type": type } });
    assert.equal((await get("text/x; a=1")).headers["content-type"], "text/x; a=1");
    assert.equal(code(await get("a\nb")), "InvalidArgument");
  });

  it("minds conditions", async () => {
    const { res } = await client.put("a", Buffer.from("a"));
    const etag = res.headers.etag ?? "";
    const past = new Date(0).toUTCString();
    const future = new Date(Date.now() + 60_000).toUTCString();
    const get = async (headers: Record<string, string>) => (await raw("GET", "a", { headers })).status;
    assert.deepStrictEqual(
      [
        await get({ "If-Match": etag }),
        await get({ "If-Match": '"x"' }),
        await get({ "If-None-Match": etag }),
        await get({ "If-Modified-Since": past }),
        await get({ "If-Modified-Since": future }),
        await get({ "If-Unmodified-Since": past }),
      ],
      [200, 412, 304, 200, 304, 412],
    );
    const again = await raw("PUT", "a", {
      content: Buffer.from("b"),
      headers: { "x-oss-forbid-overwrite": "true" },
    });
    assert.equal(code(again), "FileAlreadyExists");
  });

  it("copies with the source's metadata, or with other ones", async () => {
    await client.put("a b+ü", Buffer.from("a"), { meta: { m: "1" } });
    await client.copy("copy", "a b+ü");
    assert.equal((await client.get("copy")).res.headers["x-oss-meta-m"], "1");
    await client.copy("copy", "a b+ü", { headers: { "x-oss-metadata-directive": "REPLACE" } });
    assert.equal((await client.get("copy")).res.headers["x-oss-meta-m"], undefined);
  });

  it("appends at the end only, and only to what was made by appending", async () => {
    const append = (object: string, position: string, data: string) =>
      raw("POST", object, { subres: { append: "", position }, content: Buffer.from(data) });
    const first = await append("log", "0", "12345");
    const second = await append("log", "5", "6789");
    assert.deepStrictEqual(
      [first, second].map(({ status, headers }) => [status, headers["x-oss-next-append-position"]]),
      [
        [200, "5"],
        [200, "9"],
      ],
    );
    assert.equal(second.headers["x-oss-hash-crc64ecma"], "11051210869376104954");
    const { res, content } = await client.get("log");
    assert.deepStrictEqual(
      [content.toString(), res.headers["x-oss-object-type"]],
      ["123456789", "Appendable"],
    );
    const late = await append("log", "5", "x");
    assert.deepStrictEqual(
      [late.status, code(late), late.headers["x-oss-next-append-position"]],
      [409, "PositionNotEqualToLength", "9"],
    );
    await client.put("a", Buffer.from("a"));
    const normal = await append("a", "1", "x");
    assert.deepStrictEqual([normal.status, code(normal)], [409, "ObjectNotAppendable"]);
    assert.equal(code(await append("log", "x", "x")), "InvalidArgument");
  });

  it("lists in pages, by prefix and by folder", async () => {
    for (const key of ["b", "a/1", "a/2", "ä", "c"]) await client.put(key, Buffer.from(key));
    const names = ({ objects }: Awaited<ReturnType<AliOss["list"]>>) => objects?.map(({ name }) => name);
    assert.deepStrictEqual(names(await client.list({})), ["a/1", "a/2", "b", "c", "ä"]);
    const folders = await client.list({ delimiter: "/" });
    assert.deepStrictEqual([names(folders), folders.prefixes], [["b", "c", "ä"], ["a/"]]);
    const page = await client.list({ delimiter: "/", "max-keys": 2 });
    assert.deepStrictEqual([names(page), page.prefixes, page.nextMarker], [["b"], ["a/"], "b"]);
    const rest = await client.list({ delimiter: "/", marker: "b" });
    assert.deepStrictEqual(names(rest), ["c", "ä"]);
    const v2 = await client.listV2({ "max-keys": 3 });
    assert.deepStrictEqual(names(v2), ["a/1", "a/2", "b"]);
    const next = await client.listV2({ "continuation-token": v2.nextContinuationToken });
    assert.deepStrictEqual(names(next), ["c", "ä"]);
    const versions = await raw("GET", "", { subres: "versions" });
    assert.match(versions.data.toString(), /<Version><VersionId>null<.*<Key>a\/1</);
  });

  it("deletes many at once", async () => {
    await client.put("a", Buffer.from("a"));
    const { deleted } = await client.deleteMulti(["a", "not there"]);
    assert.deepStrictEqual(
      deleted.map(({ Key }) => Key),
      ["a", "not there"],
    );
    assert.equal((await raw("GET", "a")).status, 404);
  });

  it("joins parts, encrypted as the start of the upload says", async () => {
    emulator.setEncryption("logs", { SSEAlgorithm: "SM4" });
    const data = Buffer.alloc(250_000, "x");
    const { res } = await client.multipartUpload("a", data, { partSize: 102_400 });
    assert.equal(res.headers["x-oss-server-side-encryption"], "SM4");
    assert.equal(Buffer.compare((await client.get("a")).content, data), 0);
    assert.match(res.headers.etag ?? "", /-3"$/);
  });

  it("refuses parts that don't fit", async () => {
    const started = await raw("POST", "a", { subres: "uploads" });
    const uploadId = /<UploadId>(.*?)</.exec(started.data.toString())?.[1] ?? "";
    const part = { subres: { uploadId, partNumber: "1" }, content: Buffer.from("a") };
    await raw("PUT", "a", part);
    const complete = async (parts: string) =>
      code(
        await raw("POST", "a", {
          subres: { uploadId },
          content: Buffer.from(`<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`),
        }),
      );
    const one = "<Part><PartNumber>1</PartNumber><ETag>0CC175B9C0F1B6A831C399E269772661</ETag></Part>";
    assert.equal(await complete("<Part><PartNumber>2</PartNumber><ETag>x</ETag></Part>"), "InvalidPart");
    assert.equal(await complete(one + one), "InvalidPartOrder");
    assert.match((await raw("GET", "a", { subres: { uploadId } })).data.toString(), /<PartNumber>1</);
    assert.match((await raw("GET", "", { subres: "uploads" })).data.toString(), new RegExp(uploadId));
    assert.equal((await raw("DELETE", "a", { subres: { uploadId } })).status, 204);
    assert.equal(await complete(one), "NoSuchUpload");
  });
});
