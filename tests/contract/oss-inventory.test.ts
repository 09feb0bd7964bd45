import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "oss-emulator";
import { AccountConnections } from "../../provider/src/account-connections";
import type { OssCallError } from "../../provider/src/errors";
import type { OssInventory } from "../../provider/src/oss/inventory";
import { aliOss } from "../support/ali-oss";
import { accessTo } from "../../tools/emulator-access";

async function all<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

describe("OssInventory, against the emulator", () => {
  let emulator: Emulator;
  let connections: AccountConnections;
  let inventory: OssInventory;
  const upload = (object: string, headers: Record<string, string> = {}) =>
    aliOss(emulator).request({
      method: "PUT",
      bucket: "objects",
      object,
      headers,
      content: Buffer.from("x"),
    });
  before(async () => {
    emulator = await startEmulator({ keys: ["key-1"] });
    connections = new AccountConnections(() => undefined, { env: accessTo(emulator) });
    inventory = connections.inventory({});
    emulator.createBucket("objects");
  });
  after(async () => {
    connections.close();
    await emulator.close();
  });

  it("lists the buckets of all regions over several pages", async () => {
    const names = Array.from({ length: 1100 }, (_, n) => `many-${String(n).padStart(4, "0")}`);
    names.forEach((name, n) =>
      emulator.createBucket(name, { region: n % 2 ? "cn-shanghai" : "cn-hangzhou" }),
    );
    const listed = await all(inventory.listBuckets("many-"));
    assert.deepStrictEqual(
      listed.map(({ bucket }) => bucket),
      names,
    );
    assert.deepStrictEqual(listed[1], { bucket: "many-0001", region: "cn-shanghai" });
    assert.equal(emulator.counts.ListBuckets, 2);
  });

  it("lists nothing where there is nothing", async () => {
    assert.deepStrictEqual(await all(inventory.listBuckets("none-")), []);
    assert.deepStrictEqual(await all(inventory.listKeys("many-0000")), []);
  });

  it("lists keys that XML can't hold as they are, over several pages", async () => {
    const keys = ["a b+c%20.txt", "a&<>\"'.txt", "line\u0001end", "é中文😀", "folder/x"];
    for (const key of keys) await upload(key);
    assert.deepStrictEqual((await all(inventory.listKeys("objects", 2))).sort(), keys.sort());
  });

  it("reads the encryption that an object carries", async () => {
    await upload("none");
    await upload("aes", { "x-oss-server-side-encryption": "AES256" });
    await upload("kms", {
      "x-oss-server-side-encryption": "KMS",
      "x-oss-server-side-encryption-key-id": "key-1",
      "x-oss-server-side-data-encryption": "SM4",
    });
    assert.equal(await inventory.headObject("objects", "none"), undefined);
    assert.deepStrictEqual(await inventory.headObject("objects", "aes"), { sseAlgorithm: "AES256" });
    const kms = { sseAlgorithm: "KMS", kmsMasterKeyId: "key-1", kmsDataEncryption: "SM4" };
    assert.deepStrictEqual(await inventory.headObject("objects", "kms"), kms);
  });

  it("knows why an answer to HEAD, which has no body, is an error", async () => {
    await assert.rejects(inventory.headObject("objects", "missing"), ({ failure, message }: OssCallError) => {
      assert.deepStrictEqual([failure.status, failure.code], [404, "NoSuchKey"]);
      assert.match(message, /^HeadObject of bucket objects failed: 404 NoSuchKey/);
      return true;
    });
  });

  it("names the permission that listing needs", async () => {
    const undo = emulator.fault({
      operation: ["ListBuckets", "ListObjectsV2", "HeadObject"],
      times: Infinity,
      answer: { code: "AccessDenied" },
    });
    const allowed = async (call: Promise<unknown>, what: string) =>
      assert.rejects(call, (error: Error) => error.message.includes(`Allow ${what} for the identity`));
    await allowed(all(inventory.listBuckets()), "oss:ListBuckets on acs:oss:*:*:*");
    await allowed(all(inventory.listKeys("objects")), "oss:ListObjects on acs:oss:*:*:objects");
    await allowed(inventory.headObject("objects", "x"), "oss:GetObject on acs:oss:*:*:objects/*");
    undo();
  });

  it("knows where a bucket is once it was called", async () => {
    const elsewhere = connections.client({ region: "cn-beijing" });
    assert.equal(await elsewhere.getBucketEncryption("many-0001"), undefined);
    assert.equal(connections.inventory({ region: "cn-beijing" }).regionOf("many-0001"), "cn-shanghai");
  });
});
