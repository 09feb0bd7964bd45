import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "oss-emulator";
import { aliOss, type AliOss, type RawAnswer } from "../support/ali-oss";

const code = ({ data }: RawAnswer) => /<Code>(.*?)<\/Code>/.exec(data.toString())?.[1];

describe("buckets", () => {
  let emulator: Emulator;
  let client: AliOss;

  before(async () => {
    emulator = await startEmulator();
    client = aliOss(emulator);
  });
  beforeEach(() => emulator.reset());
  after(() => emulator.close());

  const ask = (
    method: string,
    subres: RawAnswerQuery,
    content?: string,
    headers: Record<string, string> = {},
  ) =>
    client.request({
      method,
      bucket: "logs",
      ...(subres !== undefined && { subres }),
      ...(content !== undefined && { content: Buffer.from(content) }),
      headers,
    });
  type RawAnswerQuery = string | Record<string, string> | undefined;

  const headersToRule: [title: string, headers: Record<string, string>, rule: object | undefined][] = [
    ["none", {}, undefined],
    ["AES256", { "x-oss-server-side-encryption": "AES256" }, { SSEAlgorithm: "AES256" }],
    ["SM4", { "x-oss-server-side-encryption": "SM4" }, { SSEAlgorithm: "SM4" }],
    [
      "KMS with key and data encryption",
      {
        "x-oss-server-side-encryption": "KMS",
        "x-oss-server-side-encryption-key-id": "k",
        "x-oss-server-side-data-encryption": "SM4",
      },
      { SSEAlgorithm: "KMS", KMSMasterKeyID: "k", KMSDataEncryption: "SM4" },
    ],
    ["data encryption alone, which means nothing", { "x-oss-server-side-data-encryption": "SM4" }, undefined],
  ];
  for (const [title, headers, rule] of headersToRule) {
    it(`makes the encryption headers of PutBucket the rule: ${title}`, async () => {
      assert.equal((await ask("PUT", undefined, undefined, headers)).status, 200);
      assert.deepStrictEqual(emulator.encryption("logs"), rule);
    });
  }

  it("lets the owner repeat PutBucket with encryption headers, which replaces the rule", async () => {
    emulator.createBucket("logs", { encryption: { SSEAlgorithm: "KMS", KMSMasterKeyID: "k" } });
    await ask("PUT", undefined, undefined, { "x-oss-server-side-encryption": "AES256" });
    assert.deepStrictEqual(emulator.encryption("logs"), { SSEAlgorithm: "AES256" });
  });

  it("takes the storage class as a header, too", async () => {
    await ask("PUT", undefined, undefined, { "x-oss-storage-class": "Archive" });
    assert.equal((await client.getBucketInfo("logs")).bucket.StorageClass, "Archive");
  });

  it("tells everything about a bucket in GetBucketInfo, versioning only once it was set", async () => {
    emulator.createBucket("logs", { acl: "public-read" });
    const info = async () => (await client.getBucketInfo("logs")).bucket;
    const { CreationDate, ...rest } = await info();
    assert(Math.abs(Date.parse(String(CreationDate)) - Date.now()) < 60_000);
    assert.deepStrictEqual(rest, {
      AccessMonitor: "Disabled",
      ExtranetEndpoint: "oss-cn-hangzhou.aliyuncs.com",
      IntranetEndpoint: "oss-cn-hangzhou-internal.aliyuncs.com",
      Location: "oss-cn-hangzhou",
      StorageClass: "Standard",
      DataRedundancyType: "LRS",
      TransferAcceleration: "Disabled",
      CrossRegionReplication: "Disabled",
      Name: "logs",
      ResourceGroupId: "rg-default",
      Owner: { DisplayName: "1234567890123456", ID: "1234567890123456" },
      AccessControlList: { Grant: "public-read" },
      ServerSideEncryptionRule: { SSEAlgorithm: "None" },
      BucketPolicy: { LogBucket: "", LogPrefix: "" },
      Comment: "",
      BlockPublicAccess: "false",
    });
    await ask(
      "PUT",
      "versioning",
      "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
    );
    assert.equal((await info()).Versioning, "Suspended");
  });

  it("lets the owner repeat PutBucket, which changes the ACL and keeps the rule", async () => {
    emulator.createBucket("logs", { encryption: { SSEAlgorithm: "SM4" } });
    assert.equal((await ask("PUT", undefined, undefined, { "x-oss-acl": "public-read" })).status, 200);
    assert.match((await ask("GET", "acl")).data.toString(), /<Grant>public-read<\/Grant>/);
    assert.deepStrictEqual(emulator.encryption("logs"), { SSEAlgorithm: "SM4" });
  });

  it("makes a bucket in the endpoint's region with the storage class asked for", async () => {
    const shanghai = aliOss(emulator, { region: "oss-cn-shanghai" });
    const content = "<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>";
    await shanghai.request({ method: "PUT", bucket: "logs", content: Buffer.from(content) });
    const { Location, StorageClass, ExtranetEndpoint } = (await shanghai.getBucketInfo("logs")).bucket;
    assert.deepStrictEqual(
      { Location, StorageClass, ExtranetEndpoint },
      { Location: "oss-cn-shanghai", StorageClass: "IA", ExtranetEndpoint: "oss-cn-shanghai.aliyuncs.com" },
    );
  });

  it("refuses bad names and ACLs", async () => {
    const bad = await client.request({ method: "PUT", bucket: "-bad" });
    assert.deepStrictEqual(
      [bad.status, code(bad), bad.headers["x-oss-ec"]],
      [400, "InvalidBucketName", "0015-00000001"],
    );
    assert.equal(code(await ask("PUT", undefined, undefined, { "x-oss-acl": "mine" })), "InvalidArgument");
  });

  it("deletes an empty bucket only", async () => {
    emulator.createBucket("logs");
    const object = { method: "PUT", bucket: "logs", object: "a", content: Buffer.from("a") };
    await client.request(object);
    const refused = await ask("DELETE", undefined);
    assert.deepStrictEqual(
      [refused.status, code(refused), refused.headers["x-oss-ec"]],
      [409, "BucketNotEmpty", "0015-00000301"],
    );
    await client.request({ ...object, method: "DELETE" });
    assert.equal((await ask("DELETE", undefined)).status, 204);
    assert.equal(code(await ask("DELETE", undefined)), "NoSuchBucket");
  });

  it("lists buckets of all regions in pages", async () => {
    for (const name of ["bbb", "aaa", "abc", "abd"]) emulator.createBucket(name, { region: "eu-west-1" });
    emulator.createBucket("foreign", { account: "999" });
    const page = async (query: object) => {
      const { buckets, isTruncated } = await client.listBuckets(query);
      return [buckets?.map(({ name }) => name), isTruncated];
    };
    assert.deepStrictEqual(await page({}), [["aaa", "abc", "abd", "bbb"], false]);
    assert.deepStrictEqual(await page({ prefix: "ab" }), [["abc", "abd"], false]);
    assert.deepStrictEqual(await page({ "max-keys": 2 }), [["aaa", "abc"], true]);
    assert.deepStrictEqual(await page({ "max-keys": 2, marker: "abc" }), [["abd", "bbb"], false]);
    const refused = await client.request({ method: "GET", query: { "max-keys": "1001" }, bucket: "" });
    assert.equal(code(refused), "InvalidArgument");
  });

  it("describes the pages of ListBuckets only where something limits them", async () => {
    emulator.createBucket("aaa");
    emulator.createBucket("bbb");
    const list = async (query: Record<string, string>) =>
      (await client.request({ method: "GET", bucket: "", query })).data.toString();
    const all = await list({});
    assert.match(
      all,
      /<ListAllMyBucketsResult><Owner><ID>1234567890123456<\/ID><DisplayName>1234567890123456<\/DisplayName><\/Owner><Buckets>/,
    );
    assert.match(
      all,
      /<Bucket><CreationDate>\d{4}-.*?Z<\/CreationDate><ExtranetEndpoint>oss-cn-hangzhou\.aliyuncs\.com<\/ExtranetEndpoint><IntranetEndpoint>oss-cn-hangzhou-internal\.aliyuncs\.com<\/IntranetEndpoint><Location>oss-cn-hangzhou<\/Location><Name>aaa<\/Name><Region>cn-hangzhou<\/Region><StorageClass>Standard<\/StorageClass><\/Bucket>/,
    );
    assert.match(
      await list({ "max-keys": "1" }),
      /<Prefix><\/Prefix><Marker><\/Marker><MaxKeys>1<\/MaxKeys><IsTruncated>true<\/IsTruncated><NextMarker>aaa<\/NextMarker><Owner>/,
    );
  });

  it("keeps ACL, tags and versioning", async () => {
    emulator.createBucket("logs");
    const tags =
      "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value/></Tag></TagSet></Tagging>";
    const statuses = [
      await ask("PUT", "acl", undefined, { "x-oss-acl": "public-read-write" }),
      await ask("PUT", "tagging", tags),
      await ask(
        "PUT",
        "versioning",
        "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
      ),
      await ask("DELETE", { tagging: "a" }),
    ].map(({ status }) => status);
    assert.deepStrictEqual(statuses, [200, 200, 200, 204]);
    const texts = [];
    for (const subres of ["acl", "tagging", "versioning"]) {
      texts.push((await ask("GET", subres)).data.toString());
    }
    assert.match(texts[0] ?? "", /<Grant>public-read-write</);
    assert.match(texts[1] ?? "", /<TagSet><Tag><Key>b<\/Key><Value><\/Value><\/Tag><\/TagSet>/);
    assert.match(texts[2] ?? "", /<Status>Enabled</);
  });

  const unconfigured: [subresource: string, status: number, text: RegExp][] = [
    ["worm", 404, /NoSuchWORMConfiguration/],
    ["logging", 200, /<BucketLoggingStatus>/],
    ["publicAccessBlock", 200, /<BlockPublicAccess>false</],
    ["resourceGroup", 200, /<ResourceGroupId>/],
    ["cname", 200, /<ListCnameResult>/],
    ["inventory", 404, /NoSuchInventory/],
    ["policyStatus", 200, /<IsPublic>false</],
    ["replication", 404, /NoSuchReplicationConfiguration/],
    ["tagging", 200, /<TagSet>/],
    ["versioning", 200, /<VersioningConfiguration>/],
    ["location", 200, /<LocationConstraint>oss-cn-hangzhou</],
    ["stat", 200, /<ObjectCount>0</],
  ];
  for (const [subresource, status, text] of unconfigured) {
    it(`answers ?${subresource} of a fresh bucket with ${status}`, async () => {
      emulator.createBucket("logs");
      const answer = await ask("GET", subresource);
      assert.equal(answer.status, status);
      assert.match(answer.data.toString(), text);
    });
  }

  it("names the sub-resource that it does not implement", async () => {
    emulator.createBucket("logs");
    const answer = await ask("GET", "metaQuery");
    assert.equal(answer.status, 501);
    assert.match(answer.data.toString(), /does not implement GET \?metaQuery on a bucket/);
    const invented = await ask("GET", "notKnownYet"); // not a listing of objects
    assert.equal(invented.status, 501);
    assert.match(invented.data.toString(), /does not implement GET \?notKnownYet on a bucket/);
    assert.equal((await ask("GET", { prefix: "", marker: "" })).status, 200);
    assert.equal((await ask("POST", "encryption")).status, 405);
  });
});

describe("the knobs", () => {
  it("throttles bucket operations with OSS's code and the time to wait", async () => {
    await using emulator = await startEmulator({
      qps: { meta: 2 },
      clock: () => 1_900_000_000_000,
      buckets: [{ name: "logs" }],
    });
    const client = aliOss(emulator, { amendTimeSkewed: 1_900_000_000_000 - Date.now() });
    const answers = [];
    for (let n = 0; n < 3; n++) {
      answers.push(await client.request({ method: "GET", bucket: "logs", subres: "acl" }));
    }
    assert.deepStrictEqual(
      answers.map(({ status }) => status),
      [200, 200, 503],
    );
    const [, , throttled] = answers as [RawAnswer, RawAnswer, RawAnswer];
    assert.deepStrictEqual(
      [code(throttled), throttled.headers["x-oss-qos-delay-time"]],
      ["MetaOperationQpsLimitExceeded", "1000"],
    );
  });

  it("throttles all operations with OSS's code", async () => {
    const qps = { total: 1 };
    await using emulator = await startEmulator({ qps, clock: () => 1_900_000_000_000 });
    const client = aliOss(emulator, { amendTimeSkewed: 1_900_000_000_000 - Date.now() });
    await client.listBuckets({});
    await assert.rejects(client.listBuckets({}), { code: "TotalQpsLimitExceeded", status: 503 });
  });

  it("answers late, by a time or within a range", async () => {
    for (const [latency, expected] of [
      [70, 70],
      [[50, 90], 80],
    ] as const) {
      await using emulator = await startEmulator({ latency, random: () => 0.75 });
      await aliOss(emulator).listBuckets({});
      assert((emulator.requests[0]?.duration ?? 0) >= expected - 2); // timers may be early by one
    }
  });

  it("shows a rule only after a while where consistency is eventual", async () => {
    let now = Date.now();
    await using emulator = await startEmulator({
      consistencyDelay: 3_000,
      clock: () => now,
      buckets: [{ name: "logs" }],
    });
    const client = aliOss(emulator);
    await client.putBucketEncryption("logs", { SSEAlgorithm: "AES256" });
    await assert.rejects(client.getBucketEncryption("logs"), { code: "NoSuchServerSideEncryptionRule" });
    now += 2_999;
    await assert.rejects(client.getBucketEncryption("logs"), { code: "NoSuchServerSideEncryptionRule" });
    now += 1;
    assert.deepStrictEqual((await client.getBucketEncryption("logs")).encryption, { SSEAlgorithm: "AES256" });
  });

  it("takes a cap on stored bytes, and says EntityTooLarge beyond it", async () => {
    await using emulator = await startEmulator({ maxStoredBytes: 10, buckets: [{ name: "logs" }] });
    const client = aliOss(emulator, { bucket: "logs" });
    await client.put("a", Buffer.alloc(8));
    await assert.rejects(client.put("b", Buffer.alloc(3)), { code: "EntityTooLarge" });
    await client.delete("a");
    await client.put("b", Buffer.alloc(3));
    await client.copy("c", "b");
    await client.copy("d", "b");
    await assert.rejects(client.copy("e", "b"), { code: "EntityTooLarge" });
  });
});
