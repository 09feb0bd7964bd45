import assert from "node:assert/strict";
import { codeOf, describeContract, textOf } from "./target";

const keysOf = (xml: string) =>
  [...xml.matchAll(/<(?:Contents|Upload)>.*?<Key>(.*?)<\/Key>/gs)].map(([, key]) => key);

describeContract("listings", (scene) => {
  // As sub-resources: ali-oss signs other parameters without a value in a way of its own.
  const list = async (subres: Record<string, string> = {}) =>
    (await scene.ask("GET", { subres })).data.toString();
  const listV2 = (query: Record<string, string> = {}) => list({ "list-type": "2", ...query });

  before(async () => {
    for (const object of ["a", "b", "c"]) await scene.ask("PUT", { object, content: Buffer.from(object) });
  });

  it("give times with milliseconds, which are none", async () => {
    assert.match(textOf(await list(), "LastModified") ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    const info = (await scene.ask("GET", { subres: "bucketInfo" })).data.toString();
    assert.match(textOf(info, "CreationDate") ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  });

  it("begin behind start-after, also with an empty token", async () => {
    assert.deepEqual(keysOf(await listV2({ "start-after": "a" })), ["b", "c"]);
    assert.deepEqual(keysOf(await listV2({ "start-after": "a", "continuation-token": "" })), ["b", "c"]);
  });

  it("go on behind a token, whatever start-after says", async () => {
    const token = textOf(await listV2({ "max-keys": "2" }), "NextContinuationToken") ?? "";
    assert.deepEqual(keysOf(await listV2({ "continuation-token": token, "start-after": "a" })), ["c"]);
  });

  it("refuse a token that nobody gave out", async () => {
    const answer = await scene.ask("GET", { query: { "list-type": "2", "continuation-token": "made up" } });
    assert.deepEqual([answer.status, codeOf(answer)], [400, "InvalidArgument"]);
  });

  describe("of uploads", () => {
    const started: Record<string, string> = {};
    const uploads = async (query: Record<string, string> = {}) =>
      (await scene.ask("GET", { subres: { uploads: "", ...query } })).data.toString();

    before(async () => {
      for (const object of ["A/1", "A/2", "B"]) {
        const answer = await scene.ask("POST", { object, subres: "uploads" });
        started[object] = textOf(answer.data.toString(), "UploadId") ?? "";
      }
    });
    after(async () => {
      for (const [object, uploadId] of Object.entries(started)) {
        await scene.ask("DELETE", { object, subres: { uploadId } });
      }
    });

    it("group by a delimiter in names, never in ids", async () => {
      const folders = await uploads({ delimiter: "/" });
      assert.deepEqual([keysOf(folders), textOf(folders, "CommonPrefixes")], [["B"], "<Prefix>A/</Prefix>"]);
      // Ids are made of these characters.
      for (const delimiter of "0123456789CDEF") {
        assert.deepEqual(keysOf(await uploads({ delimiter, prefix: "B" })), ["B"]);
      }
    });

    it("go on behind a name and an id", async () => {
      const page = await uploads({ "max-uploads": "1" });
      assert.deepEqual(
        [textOf(page, "NextKeyMarker"), textOf(page, "NextUploadIdMarker")],
        ["A/1", started["A/1"]],
      );
      const markers = { "key-marker": "A/1", "upload-id-marker": started["A/1"] ?? "" };
      assert.deepEqual(keysOf(await uploads(markers)), ["A/2", "B"]);
    });
  });

  it("of regions name the endpoints of all, or of one", async () => {
    const ask = (regions: string) => scene.client.request({ method: "GET", bucket: "", subres: { regions } });
    assert.match((await ask("")).data.toString(), /<Region>oss-cn-chengdu<\/Region>/);
    const one = (await ask("oss-cn-hangzhou")).data.toString();
    assert.deepEqual(
      [one.match(/<RegionInfo>/g)?.length, textOf(one, "InternetEndpoint"), textOf(one, "InternalEndpoint")],
      [1, "oss-cn-hangzhou.aliyuncs.com", "oss-cn-hangzhou-internal.aliyuncs.com"],
    );
    assert.equal(codeOf(await ask("oss-cn-nowhere")), "NoSuchRegion");
  });

  it("of buckets choose by tag", async () => {
    const tag = "<Tag><Key>contract</Key><Value>listing</Value></Tag>";
    const content = Buffer.from(`<Tagging><TagSet>${tag}</TagSet></Tagging>`);
    await scene.ask("PUT", { subres: "tagging", content, mime: "xml" });
    const names = async (query: Record<string, string>) => {
      const answer = await scene.client.request({ method: "GET", bucket: "", query });
      return [...answer.data.toString().matchAll(/<Name>(.*?)<\/Name>/g)].map(([, name]) => name);
    };
    await scene.target.eventually(async () => {
      assert.deepEqual(await names({ "tag-key": "contract", "tag-value": "listing" }), [scene.bucket]);
      assert.deepEqual(await names({ tagging: '"contract":"listing"' }), [scene.bucket]);
      assert.deepEqual(await names({ "tag-key": "contract", "tag-value": "other" }), []);
      const { data } = await scene.client.request({
        method: "GET",
        bucket: "",
        query: { tagging: '"contract":"listing"' },
      });
      assert.match(data.toString(), /<Tagging>\s*<TagSet>\s*<Tag>\s*<Key>contract</);
    });
  });
});
