import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { skip } from "../support/skip";
import { send } from "./http";
import { codeOf, describeContract, textOf } from "./target";

const md5 = (text: string) => createHash("md5").update(text);

describeContract("objects beside their data", (scene) => {
  type Options = Parameters<typeof scene.ask>[1];
  const put = (object: string, text: string, headers: Record<string, string> = {}) =>
    scene.ask("PUT", { object, content: Buffer.from(text), headers });
  const ask = (method: string, object: string, options: Options = {}) =>
    scene.ask(method, { object, ...options });
  const copy = (object: string, source: string, headers: Record<string, string> = {}) =>
    ask("PUT", object, { headers: { "x-oss-copy-source": `/${scene.bucket}/${source}`, ...headers } });

  describe("checksums", () => {
    it("are in the answers of reads, as Content-MD5", async () => {
      await put("a", "hello");
      const expected = md5("hello").digest("base64");
      const seen = [await ask("GET", "a"), await ask("HEAD", "a")].map(
        ({ headers }) => headers["content-md5"],
      );
      assert.deepEqual(seen, [expected, expected]);
    });

    it("are in the answer to a part, and joined in the ETag of the whole", async () => {
      const started = (await ask("POST", "joined", { subres: "uploads" })).data.toString();
      const uploadId = textOf(started, "UploadId") ?? "";
      const part = await ask("PUT", "joined", {
        subres: { uploadId, partNumber: "1" },
        content: Buffer.from("hello"),
      });
      assert.equal(part.headers["content-md5"], md5("hello").digest("base64"));
      const etag = part.headers.etag ?? "";
      const listed = `<Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part>`;
      const body = `<CompleteMultipartUpload>${listed}</CompleteMultipartUpload>`;
      const whole = await ask("POST", "joined", { subres: { uploadId }, content: Buffer.from(body) });
      const inner = md5("hello").digest("hex").toUpperCase();
      assert.equal(whole.headers.etag, `"${md5(inner).digest("hex").toUpperCase()}-1"`);
      assert.equal((await ask("HEAD", "joined")).headers["content-md5"], undefined);
    });

    it("cover an upload whose parts come in their order", async () => {
      const started = await ask("POST", "sequential", { subres: { uploads: "", sequential: "" } });
      const uploadId = textOf(started.data.toString(), "UploadId") ?? "";
      await ask("PUT", "sequential", {
        subres: { uploadId, partNumber: "1" },
        content: Buffer.from("hello"),
      });
      await ask("POST", "sequential", { subres: { uploadId }, headers: { "x-oss-complete-all": "yes" } });
      const { headers } = await ask("HEAD", "sequential");
      assert.equal(headers["content-md5"], md5("hello").digest("base64"));
    });
  });

  describe("multipart uploads", () => {
    const start = async (object: string, subres: Record<string, string> = {}) =>
      (await ask("POST", object, { subres: { uploads: "", ...subres } })).data.toString();

    it("may end without parts, which makes an empty object", async () => {
      const uploadId = textOf(await start("empty"), "UploadId") ?? "";
      const body = Buffer.from("<CompleteMultipartUpload></CompleteMultipartUpload>");
      assert.equal((await ask("POST", "empty", { subres: { uploadId }, content: body })).status, 200);
      assert.equal((await ask("HEAD", "empty")).headers["content-length"], "0");
    });

    it("are started with the name encoded, where that is asked for", async () => {
      const started = await start("a b", { "encoding-type": "url" });
      assert.deepEqual([textOf(started, "EncodingType"), textOf(started, "Key")], ["url", "a%20b"]);
      await ask("DELETE", "a b", { subres: { uploadId: textOf(started, "UploadId") ?? "" } });
    });

    it("that don't exist have a number for each operation", async () => {
      const part = { uploadId: "nobody's", partNumber: "1" };
      const source = { "x-oss-copy-source": `/${scene.bucket}/a` };
      await put("a", "hello");
      const answers = [
        await ask("DELETE", "a", { subres: { uploadId: "nobody's" } }),
        await ask("PUT", "a", { subres: part, content: Buffer.from("a") }),
        await ask("PUT", "a", { subres: part, headers: source }),
      ];
      assert.deepEqual(
        answers.map((answer) => [codeOf(answer), answer.headers["x-oss-ec"]]),
        [
          ["NoSuchUpload", "0042-00000002"],
          ["NoSuchUpload", "0042-00000104"],
          ["NoSuchUpload", "0042-00000311"],
        ],
      );
    });

    it("whose parts come in their order take no other order", async () => {
      const uploadId = textOf(await start("ordered", { sequential: "" }), "UploadId") ?? "";
      const part = (partNumber: string) =>
        ask("PUT", "ordered", { subres: { uploadId, partNumber }, content: Buffer.from("a") });
      const answer = await part("2");
      assert.deepEqual([answer.status, codeOf(answer)], [400, "PartNotSequential"]);
      assert.equal((await part("1")).status, 200);
      await ask("DELETE", "ordered", { subres: { uploadId } });
    });

    it("don't take a list of parts beside the header that stands for all", async () => {
      const uploadId = textOf(await start("twice"), "UploadId") ?? "";
      const answer = await ask("POST", "twice", {
        subres: { uploadId },
        headers: { "x-oss-complete-all": "yes" },
        content: Buffer.from("<CompleteMultipartUpload></CompleteMultipartUpload>"),
      });
      assert.deepEqual([answer.status, answer.headers["x-oss-ec"]], [400, "0042-00000216"]);
      await ask("DELETE", "twice", { subres: { uploadId } });
    });
  });

  describe("copies", () => {
    before(() => put("source", "hello", { "x-oss-meta-m": "1", "x-oss-tagging": "t=1" }));

    it("onto themselves replace the metadata", async () => {
      await put("self", "hello", { "x-oss-meta-m": "1" });
      await copy("self", "self", { "x-oss-meta-m": "2" });
      assert.equal((await ask("HEAD", "self")).headers["x-oss-meta-m"], "2");
    });

    it("take the tags along, unless they are replaced", async () => {
      const count = async (object: string) => (await ask("HEAD", object)).headers["x-oss-tagging-count"];
      await copy("tagged", "source");
      await copy("untagged", "source", { "x-oss-tagging-directive": "REPLACE" });
      assert.deepEqual([await count("tagged"), await count("untagged")], ["1", undefined]);
    });

    const past = new Date(0).toUTCString();
    const future = new Date(Date.now() + 86_400_000).toUTCString();
    const etag = `"${md5("hello").digest("hex").toUpperCase()}"`;
    const conditions: [condition: string, value: string, status: number][] = [
      ["if-match", etag, 200],
      ["if-match", '"x"', 412],
      ["if-none-match", '"x"', 200],
      ["if-none-match", etag, 304],
      ["if-modified-since", past, 200],
      ["if-modified-since", future, 304],
      ["if-unmodified-since", future, 200],
      ["if-unmodified-since", past, 412],
    ];
    for (const [condition, value, status] of conditions) {
      it(`answer ${status} where the source meets ${condition}: ${value.replace(etag, "its ETag")}`, async () => {
        const answer = await copy("copy", "source", { [`x-oss-copy-source-${condition}`]: value });
        assert.equal(answer.status, status);
      });
    }
  });

  it("names in a 412 the condition that didn't hold", async () => {
    await put("a", "hello");
    const { status, data } = await ask("GET", "a", { headers: { "If-Match": '"x"' } });
    assert.deepEqual([status, textOf(data.toString(), "Condition")], [412, "If-Match"]);
  });

  it("refuses a condition on an upload that only reads have", async () => {
    const answer = await put("a", "hello", { "If-Modified-Since": new Date(0).toUTCString() });
    assert.deepEqual([answer.status, codeOf(answer)], [501, "NotImplemented"]);
  });

  it("have an ACL, which is the bucket's by default", async () => {
    await put("acl", "a");
    const grant = async () => textOf((await ask("GET", "acl", { subres: "acl" })).data.toString(), "Grant");
    assert.equal(await grant(), "default");
    await ask("PUT", "acl", { subres: "acl", headers: { "x-oss-object-acl": "private" } });
    assert.equal(await grant(), "private");
    await put("acl", "a", { "x-oss-object-acl": "private" });
    assert.equal(await grant(), "private");
    const refused = await ask("PUT", "acl", { subres: "acl", headers: { "x-oss-object-acl": "mine" } });
    assert.deepEqual([refused.status, codeOf(refused)], [400, "InvalidArgument"]);
  });

  describe("tags", () => {
    const tagging = (...tags: [string, string][]) => {
      const elements = tags.map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`);
      return Buffer.from(`<Tagging><TagSet>${elements.join("")}</TagSet></Tagging>`);
    };

    it("are set, read, counted and deleted", async () => {
      await put("tags", "a", { "x-oss-tagging": "a=1&b=2" });
      assert.equal((await ask("HEAD", "tags")).headers["x-oss-tagging-count"], "2");
      await ask("PUT", "tags", { subres: "tagging", content: tagging(["c", "3"]) });
      const kept = (await ask("GET", "tags", { subres: "tagging" })).data.toString();
      assert.match(kept, /<TagSet>\s*<Tag>\s*<Key>c<\/Key>\s*<Value>3<\/Value>\s*<\/Tag>\s*<\/TagSet>/);
      assert.equal((await ask("DELETE", "tags", { subres: "tagging" })).status, 204);
      assert.doesNotMatch((await ask("GET", "tags", { subres: "tagging" })).data.toString(), /<Tag>/);
    });

    const refused: [title: string, tags: [string, string][]][] = [
      ["eleven of them", Array.from({ length: 11 }, (_, index) => [`k${index}`, "v"])],
      ["a key of 129 characters", [["k".repeat(129), "v"]]],
      ["a value of 257 characters", [["k", "v".repeat(257)]]],
      ["a character that they may not have", [["k&amp;", "v"]]],
      ["no key", [["", "v"]]],
    ];
    for (const [title, tags] of refused) {
      it(`are refused: ${title}`, async () => {
        await put("tags", "a");
        const answer = await ask("PUT", "tags", { subres: "tagging", content: tagging(...tags) });
        assert.deepEqual([answer.status, codeOf(answer)], [400, "InvalidTag"]);
      });
    }
  });

  describe("symbolic links", () => {
    const link = (object: string, target: string, headers: Record<string, string> = {}) =>
      ask("PUT", object, { subres: "symlink", headers: { "x-oss-symlink-target": target, ...headers } });

    it("read as the object that they name, and have metadata of their own", async () => {
      await put("target", "hello");
      await link("link", "target", { "x-oss-meta-m": "1" });
      const { status, data, headers } = await ask("GET", "link");
      assert.deepEqual(
        [status, data.toString(), headers["x-oss-object-type"], headers["x-oss-meta-m"]],
        [200, "hello", "Symlink", "1"],
      );
      const named = await ask("GET", "link", { subres: "symlink" });
      assert.equal(named.headers["x-oss-symlink-target"], "target");
    });

    it("may name an object that isn't there, but can't be read", async () => {
      assert.equal((await link("dangling", "nothing")).status, 200);
      const answer = await ask("GET", "dangling");
      assert.deepEqual([answer.status, codeOf(answer)], [404, "SymlinkTargetNotExist"]);
    });

    it("can't name another link", async () => {
      await link("first", "target");
      await link("second", "first");
      const answer = await ask("GET", "second");
      assert.deepEqual(
        [answer.status, codeOf(answer), answer.headers["x-oss-ec"]],
        [409, "InvalidTargetType", "0026-00000011"],
      );
    });
  });

  describe("restores", () => {
    const restore = (object: string, body = "") =>
      ask("POST", object, { subres: "restore", content: Buffer.from(body) });

    it("take a while, in which they can't be asked for again", async () => {
      await put("cold", "hello", { "x-oss-storage-class": "ColdArchive" });
      const early = await ask("GET", "cold");
      assert.deepEqual([early.status, codeOf(early)], [403, "InvalidObjectState"]);
      const accepted = await restore("cold");
      assert.deepEqual(
        [accepted.status, accepted.headers["x-oss-object-restore-priority"]],
        [202, "Standard"],
      );
      assert.equal((await ask("HEAD", "cold")).headers["x-oss-restore"], 'ongoing-request="true"');
      const again = await restore("cold");
      assert.deepEqual(
        [again.status, codeOf(again), again.headers["x-oss-ec"]],
        [409, "RestoreAlreadyInProgress", "0016-00000701"],
      );
    });

    it("are for archived objects only", async () => {
      await put("warm", "hello");
      const answer = await restore("warm");
      assert.deepEqual(
        [answer.status, codeOf(answer), answer.headers["x-oss-ec"]],
        [400, "OperationNotSupported", "0016-00000702"],
      );
    });

    it("have tiers for the cold classes only", async () => {
      await put("archive", "hello", { "x-oss-storage-class": "Archive" });
      const tier = "<JobParameters><Tier>Standard</Tier></JobParameters>";
      const answer = await restore("archive", `<RestoreRequest><Days>1</Days>${tier}</RestoreRequest>`);
      assert.equal(codeOf(answer), "MalformedXML");
    });
  });

  describe("under a traffic limit", () => {
    const limit = (bits: number) => ({ "x-oss-traffic-limit": String(bits) });

    it("come and go no faster than that", async () => {
      const headers = limit(819_200);
      const started = performance.now();
      const uploaded = await put("slow", "x".repeat(20_480), headers);
      const downloaded = await ask("GET", "slow", { headers });
      assert(performance.now() - started > 390); // timers may be early by one or two
      assert.deepEqual([uploaded.status, downloaded.data.length], [200, 20_480]);
      assert.match(uploaded.headers["x-oss-qos-delay-time"] ?? "", /^\d+$/);
    });

    for (const bits of [245_759, 838_860_801]) {
      it(`refuse one of ${bits} bits per second`, async () => {
        const answer = await put("slow", "x", limit(bits));
        assert.deepEqual([answer.status, codeOf(answer)], [400, "InvalidArgument"]);
      });
    }
  });

  it("tell where the next piece goes, once something was appended", async () => {
    await ask("POST", "log", { subres: { append: "", position: "0" }, content: Buffer.from("12345") });
    assert.equal((await ask("HEAD", "log")).headers["x-oss-next-append-position"], "5");
  });

  it("take another ACL from a later piece, but no other metadata", async () => {
    const append = (position: string, note: string, acl: string) =>
      ask("POST", "pieces", {
        subres: { append: "", position },
        content: Buffer.from("a"),
        headers: { "x-oss-meta-note": note, "x-oss-object-acl": acl },
      });
    await append("0", "first", "default");
    await append("1", "second", "private");
    assert.equal((await ask("HEAD", "pieces")).headers["x-oss-meta-note"], "first");
    const acl = (await ask("GET", "pieces", { subres: "acl" })).data.toString();
    assert.equal(textOf(acl, "Grant"), "private");
  });

  it("are deleted by names with characters that XML lacks", async () => {
    await put("a\u0001b&", "1");
    const body = "<Delete><Object><Key>a&#x1;b&amp;</Key></Object></Delete>";
    const answer = await scene.ask("POST", {
      subres: { delete: "", "encoding-type": "url" },
      content: Buffer.from(body),
      mime: "xml",
    });
    assert.equal(textOf(answer.data.toString(), "Key"), "a%01b%26");
    assert.equal((await ask("HEAD", "a\u0001b&")).status, 404);
  });

  it("refuse names that aren't UTF-8", async function () {
    if (scene.target.emulator === undefined) skip(this, "the client of the real service can't send them");
    const { status, body } = await send(scene.target.emulator.url, { path: `/${scene.bucket}/%D6%D0` });
    assert.deepEqual(
      [status, textOf(body, "Code"), textOf(body, "Message")],
      [400, "InvalidArgument", "The characters encoding must be utf-8."],
    );
  });
});
