import assert from "node:assert/strict";
import { codeOf, describeContract, textOf, type Scene } from "./target";

const versionOf = ({ headers }: { headers: Record<string, string> }) => headers["x-oss-version-id"];

/** What a listing shows of each version, in its order: key, id, whether it is the latest one. */
const elements = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map(([, element = ""]) => [
    textOf(element, "Key"),
    textOf(element, "VersionId"),
    textOf(element, "IsLatest"),
  ]);

async function setVersioning({ ask }: Scene, status: string): Promise<void> {
  const document = `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`;
  await ask("PUT", { subres: "versioning", content: Buffer.from(document), mime: "xml" });
}

describeContract("versions of objects", (scene) => {
  const put = (object: string, text: string) => scene.ask("PUT", { object, content: Buffer.from(text) });
  const get = (object: string, versionId?: string) =>
    scene.ask("GET", { object, ...(versionId !== undefined && { subres: { versionId } }) });
  const remove = (object: string, versionId?: string) =>
    scene.ask("DELETE", { object, ...(versionId !== undefined && { subres: { versionId } }) });
  const list = async (subres: Record<string, string> = {}) =>
    (await scene.ask("GET", { subres: { versions: "", ...subres } })).data.toString();

  it("have no id before versioning was set", async () => {
    const answer = await put("before", "0");
    assert.equal(versionOf(answer), undefined);
    assert.equal((await get("before", "null")).data.toString(), "0");
    assert.deepEqual(elements(await list(), "Version"), [["before", "null", "true"]]);
  });

  describe("once versioning is enabled", () => {
    before(() => setVersioning(scene, "Enabled"));

    it("get an id each, and the latest one is read", async () => {
      const first = versionOf(await put("a", "1")) ?? "";
      const second = versionOf(await put("a", "2")) ?? "";
      assert.notEqual(first, second);
      const latest = await get("a");
      assert.deepEqual([latest.data.toString(), versionOf(latest)], ["2", second]);
      assert.equal((await get("a", first)).data.toString(), "1");
      const versions = elements(await list({ prefix: "a" }), "Version");
      assert.deepEqual(versions, [
        ["a", second, "true"],
        ["a", first, "false"],
      ]);
    });

    it("are told in pages, which go on behind a key and an id", async () => {
      const first = versionOf(await put("paged", "1")) ?? "";
      const second = versionOf(await put("paged", "2")) ?? "";
      const page = await list({ prefix: "paged", "max-keys": "1" });
      assert.deepEqual(
        [textOf(page, "IsTruncated"), textOf(page, "NextKeyMarker"), textOf(page, "NextVersionIdMarker")],
        ["true", "paged", second],
      );
      const markers = { "key-marker": "paged", "version-id-marker": second };
      const rest = await list({ prefix: "paged", ...markers });
      assert.deepEqual(elements(rest, "Version"), [["paged", first, "false"]]);
      assert.equal(textOf(rest, "IsTruncated"), "false");
    });

    it("are hidden by a delete, and come back when its marker is deleted", async () => {
      await put("hidden", "1");
      const deleted = await remove("hidden");
      const marker = versionOf(deleted) ?? "";
      assert.deepEqual([deleted.status, deleted.headers["x-oss-delete-marker"]], [204, "true"]);
      const hidden = await get("hidden");
      assert.deepEqual(
        [hidden.status, codeOf(hidden), hidden.headers["x-oss-delete-marker"]],
        [404, "NoSuchKey", "true"],
      );
      assert.deepEqual(elements(await list({ prefix: "hidden" }), "DeleteMarker"), [
        ["hidden", marker, "true"],
      ]);
      const named = await get("hidden", marker);
      assert.deepEqual([named.status, codeOf(named)], [405, "MethodNotAllowed"]);
      const undone = await remove("hidden", marker);
      assert.deepEqual([undone.headers["x-oss-delete-marker"], versionOf(undone)], ["true", marker]);
      assert.equal((await get("hidden")).data.toString(), "1");
    });

    it("are gone for good when their id is deleted", async () => {
      const first = versionOf(await put("gone", "1")) ?? "";
      await put("gone", "2");
      assert.equal((await remove("gone", first)).status, 204);
      const missing = await get("gone", first);
      assert.deepEqual([missing.status, codeOf(missing)], [404, "NoSuchVersion"]);
      assert.equal((await get("gone")).data.toString(), "2");
    });

    it("are deleted many at once, by id or behind a marker", async () => {
      const first = versionOf(await put("many", "1")) ?? "";
      const named = `<Object><Key>many</Key><VersionId>${first}</VersionId></Object>`;
      const body = `<Delete>${named}<Object><Key>other</Key></Object></Delete>`;
      const { data } = await scene.ask("POST", { subres: "delete", content: Buffer.from(body), mime: "xml" });
      const [one = "", other = ""] = data.toString().match(/<Deleted>.*?<\/Deleted>/gs) ?? [];
      assert.deepEqual([textOf(one, "Key"), textOf(one, "VersionId")], ["many", first]);
      assert.equal(textOf(other, "DeleteMarker"), "true");
      assert.match(textOf(other, "DeleteMarkerVersionId") ?? "", /\w{20,}/);
    });

    it("are copied by id, and the answer says which one it was", async () => {
      const first = versionOf(await put("source", "1")) ?? "";
      await put("source", "2");
      const source = `/${scene.bucket}/source?versionId=${first}`;
      const answer = await scene.ask("PUT", { object: "copy", headers: { "x-oss-copy-source": source } });
      assert.equal(answer.headers["x-oss-copy-source-version-id"], first);
      assert.equal((await get("copy")).data.toString(), "1");
    });

    it("have tags and ACLs of their own", async () => {
      const first = versionOf(await put("own", "1")) ?? "";
      const second = versionOf(await put("own", "2")) ?? "";
      const headers = { "x-oss-object-acl": "private" };
      await scene.ask("PUT", { object: "own", subres: { acl: "", versionId: first }, headers });
      const acl = async (versionId: string) => {
        const answer = await scene.ask("GET", { object: "own", subres: { acl: "", versionId } });
        return textOf(answer.data.toString(), "Grant");
      };
      assert.deepEqual([await acl(first), await acl(second)], ["private", "default"]);
    });

    it("grow where they are appended to", async () => {
      const append = (position: string, text: string) =>
        scene.ask("POST", { object: "log", subres: { append: "", position }, content: Buffer.from(text) });
      const first = await append("0", "1");
      const second = await append("1", "2");
      assert.equal(versionOf(second), versionOf(first));
      assert.equal((await get("log")).data.toString(), "12");
    });
  });

  describe("once versioning is suspended", () => {
    before(() => setVersioning(scene, "Suspended"));

    it("keep those with an id, and replace the one without", async () => {
      await setVersioning(scene, "Enabled");
      const first = versionOf(await put("suspended", "1")) ?? "";
      await setVersioning(scene, "Suspended");
      assert.equal(versionOf(await put("suspended", "2")), "null");
      await put("suspended", "3");
      assert.deepEqual(elements(await list({ prefix: "suspended" }), "Version"), [
        ["suspended", "null", "true"],
        ["suspended", first, "false"],
      ]);
    });

    it("get a delete marker without an id", async () => {
      await put("marked", "1");
      assert.equal(versionOf(await remove("marked")), "null");
      assert.deepEqual(elements(await list({ prefix: "marked" }), "DeleteMarker"), [
        ["marked", "null", "true"],
      ]);
      assert.deepEqual(elements(await list({ prefix: "marked" }), "Version"), []);
    });
  });

  it("keep their bucket from being deleted", async () => {
    await put("kept", "0");
    assert.equal(codeOf(await scene.ask("DELETE")), "BucketNotEmpty");
  });
});
