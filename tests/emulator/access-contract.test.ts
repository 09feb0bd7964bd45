import assert from "node:assert/strict";
import { startEmulator, type Account, type Emulator, type Policy } from "oss-emulator";
import { aliOss, loopbackAgents } from "../support/ali-oss";
import { send, type HttpAnswer, type HttpRequest } from "./http";
import { signV1, signV2, signV4, type SignedRequest } from "./sign";

const owner: Account = {
  id: "1234567890123456",
  accessKeyId: "emulator-access-key-id",
  accessKeySecret: "emulator-access-key-secret",
};
const allow = (Action: string | string[], Resource = "*"): Policy => ({
  Statement: [{ Effect: "Allow", Action, Resource }],
});
const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const identities: Account[] = [
  owner,
  { ...owner, accessKeyId: "disabled", disabled: true },
  { ...owner, accessKeyId: "temporary", securityToken: "token", expiration: minutes(60) },
  { ...owner, accessKeyId: "other", securityToken: "other's", expiration: minutes(60) },
  { ...owner, accessKeyId: "ended", securityToken: "token", expiration: minutes(-1) },
  { ...owner, accessKeyId: "reader", policy: allow("oss:Get*") },
  { ...owner, accessKeyId: "elsewhere", policy: allow("oss:*", "acs:oss:*:*:other") },
  { ...owner, accessKeyId: "here", policy: allow(["oss:GetBucketAcl"], "acs:oss:*:*:logs") },
  {
    ...owner,
    accessKeyId: "denied",
    policy: {
      Statement: [...allow("*").Statement, { Effect: "Deny", Action: "oss:GetBucket*", Resource: "*" }],
    },
  },
  { ...owner, accessKeyId: "cleaner", policy: allow("oss:DeleteObject", "acs:oss:*:*:logs/tmp/*") },
  { ...owner, accessKeyId: "narrowed", policy: allow("*"), sessionPolicy: allow("oss:PutObject") },
  { id: "999", accessKeyId: "stranger", accessKeySecret: owner.accessKeySecret },
];

/** A request that claims to sign its payload. */
function signV4WithHash(request: SignedRequest): HttpRequest {
  const signed = signV4(request);
  return { ...signed, headers: { ...signed.headers, "x-oss-content-sha256": "a".repeat(64) } };
}

const acl: SignedRequest = { bucket: "logs", query: { acl: "" } };

describe("who may do what", () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await startEmulator({ accounts: identities });
    emulator.createBucket("logs");
    emulator.createBucket("other");
    emulator.createBucket("public", { acl: "public-read" });
  });
  after(() => emulator.close());

  function seen({ status, body }: HttpAnswer) {
    const read = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(body)?.[1];
    return [status, read("Code"), read("EC")];
  }

  const cases: [title: string, request: () => HttpRequest, status: number, code?: string, ec?: string][] = [
    ["V4", () => signV4(acl), 200],
    ["V1", () => signV1(acl), 200],
    [
      "V4 with spaces in the header",
      () => signV4({ ...acl, tamper: (text) => text.replaceAll(",", ", ") }),
      200,
    ],
    ["V2", () => signV2(acl), 200],
    ["V2 with another header signed", () => signV2({ ...acl, headers: { range: "bytes=0-1" } }), 200],
    ["V2 in a URL", () => signV2(acl, minutes(5)), 200],
    ["V2 in a URL that ended", () => signV2(acl, minutes(-5)), 403, "AccessDenied", "0002-00000236"],
    [
      "V2, wrong secret",
      () => signV2({ ...acl, accessKeySecret: "x" }),
      403,
      "SignatureDoesNotMatch",
      "0002-00000040",
    ],
    [
      "V2 without signature",
      () => signV2({ ...acl, tamper: (text) => text.replace(/,Signature.*/, "") }),
      400,
      "InvalidArgument",
      "0002-00000063",
    ],
    [
      "V4, wrong secret",
      () => signV4({ ...acl, accessKeySecret: "x" }),
      403,
      "SignatureDoesNotMatch",
      "0002-00000040",
    ],
    [
      "V1, wrong secret",
      () => signV1({ ...acl, accessKeySecret: "x" }),
      403,
      "SignatureDoesNotMatch",
      "0002-00000040",
    ],
    [
      "V4, unknown key",
      () => signV4({ ...acl, accessKeyId: "x" }),
      403,
      "InvalidAccessKeyId",
      "0002-00000902",
    ],
    [
      "V4, unknown key and no such bucket",
      () => signV4({ ...acl, bucket: "nothing", accessKeyId: "x" }),
      404,
      "NoSuchBucket",
      "0015-00000101",
    ],
    [
      "V4, wrong secret and no such bucket",
      () => signV4({ ...acl, bucket: "nothing", accessKeySecret: "x" }),
      403,
      "SignatureDoesNotMatch",
      "0002-00000040",
    ],
    [
      "a name that no bucket can have",
      () => signV4({ ...acl, bucket: "logs.logs" }),
      400,
      "InvalidBucketName",
      "0015-00000001",
    ],
    [
      "V4, an additional header that isn't there",
      () => signV4({ ...acl, tamper: (text) => text.replace(",Sig", ",AdditionalHeaders=email,Sig") }),
      400,
      "InvalidArgument",
    ],
    [
      "a policy that doesn't allow to list buckets",
      () => signV4({ accessKeyId: "here" }),
      403,
      "AccessDenied",
    ],
    [
      "V1, unknown key",
      () => signV1({ ...acl, accessKeyId: "x" }),
      403,
      "InvalidAccessKeyId",
      "0002-00000902",
    ],
    [
      "a disabled key",
      () => signV4({ ...acl, accessKeyId: "disabled" }),
      403,
      "InvalidAccessKeyId",
      "0002-00000904",
    ],
    [
      "V4, 16 minutes late",
      () => signV4({ ...acl, date: minutes(-16) }),
      403,
      "RequestTimeTooSkewed",
      "0002-00000504",
    ],
    [
      "V1, 16 minutes early",
      () => signV1({ ...acl, date: minutes(16) }),
      403,
      "RequestTimeTooSkewed",
      "0002-00000504",
    ],
    ["V4, 14 minutes late", () => signV4({ ...acl, date: minutes(-14) }), 200],
    ["a token", () => signV4({ ...acl, accessKeyId: "temporary", securityToken: "token" }), 200],
    [
      "another token",
      () => signV4({ ...acl, accessKeyId: "temporary", securityToken: "x" }),
      403,
      "InvalidSecurityToken",
      "0002-00000006",
    ],
    [
      "the token of other keys",
      () => signV4({ ...acl, accessKeyId: "temporary", securityToken: "other's" }),
      403,
      "AccessKeyIdAndSecurityTokenNotMatch",
      "0002-00000004",
    ],
    ["V4 of a payload", () => signV4WithHash(acl), 400, "InvalidArgument", "0002-00000214"],
    [
      "V1 without signature",
      () => signV1({ ...acl, tamper: (text) => text.replace(/:.*/, ":") }),
      400,
      "InvalidArgument",
      "0002-00000065",
    ],
    [
      "V1 without key",
      () => signV1({ ...acl, tamper: () => "OSS :x" }),
      400,
      "InvalidArgument",
      "0002-00000063",
    ],
    [
      "a token that ended",
      () => signV4({ ...acl, accessKeyId: "ended", securityToken: "token" }),
      403,
      "SecurityTokenExpired",
      "0002-00000007",
    ],
    [
      "a token left out",
      () => signV4({ ...acl, accessKeyId: "temporary" }),
      403,
      "InvalidAccessKeyId",
      "0002-00000003",
    ],
    [
      "a token too many",
      () => signV4({ ...acl, securityToken: "x" }),
      403,
      "InvalidAccessKeyId",
      "0002-00000902",
    ],
    ["no signature", () => ({ path: "/logs?acl" }), 403, "AccessDenied", "0003-00000905"],
    [
      "another scheme",
      () => ({ path: "/logs?acl", headers: { authorization: "AWS4 x" } }),
      400,
      "InvalidArgument",
      "0002-00000063",
    ],
    [
      "V4 without signature",
      () => signV4({ ...acl, tamper: (text) => text.replace(/,Signature.*/, "") }),
      400,
      "InvalidArgument",
      "0002-00000065",
    ],
    [
      "V4, a broken credential",
      () => signV4({ ...acl, tamper: (text) => text.replace("aliyun_v4_request", "x") }),
      400,
      "InvalidArgument",
      "0002-00000213",
    ],
    [
      "V4, empty additional headers",
      () => signV4({ ...acl, tamper: (text) => text.replace(",Sig", ",AdditionalHeaders=,Sig") }),
      400,
      "InvalidArgument",
      "0002-00000209",
    ],
    [
      "V4, another day than its scope's",
      () => signV4({ ...acl, tamper: (text) => text.replace(/\/\d{8}\//, "/20200101/") }),
      400,
      "InvalidArgument",
      "0002-00000212",
    ],
    [
      "V4, another product",
      () => signV4({ ...acl, product: "ecs" }),
      400,
      "InvalidArgument",
      "0002-00000227",
    ],
    [
      "V4, another region than the bucket's",
      () => signV4({ ...acl, region: "cn-beijing" }),
      400,
      "InvalidArgument",
      "0002-00000228",
    ],
    [
      "V1 without date",
      () => ({ path: "/logs?acl", headers: { authorization: "OSS emulator-access-key-id:x" } }),
      403,
      "AccessDenied",
      "0002-00000503",
    ],
    ["a policy that allows it", () => signV4({ ...acl, accessKeyId: "reader" }), 200],
    ["a policy for this bucket", () => signV4({ ...acl, accessKeyId: "here" }), 200],
    [
      "a policy for another bucket",
      () => signV4({ ...acl, accessKeyId: "elsewhere" }),
      403,
      "AccessDenied",
      "0003-00000001",
    ],
    [
      "a policy that denies it",
      () => signV4({ ...acl, accessKeyId: "denied" }),
      403,
      "AccessDenied",
      "0003-00000201",
    ],
    [
      "a session's narrower policy",
      () => signV4({ ...acl, accessKeyId: "narrowed" }),
      403,
      "AccessDenied",
      "0003-00000301",
    ],
    [
      "another account",
      () => signV4({ ...acl, accessKeyId: "stranger" }),
      403,
      "AccessDenied",
      "0003-00000001",
    ],
    [
      "another account's PutBucket",
      () => signV4({ bucket: "logs", method: "PUT", accessKeyId: "stranger" }),
      409,
      "BucketAlreadyExists",
      "0015-00000104",
    ],
    ["anybody's look into a public bucket", () => ({ path: "/public" }), 200],
    [
      "anybody's write into it",
      () => ({ path: "/public/a", method: "PUT" }),
      403,
      "AccessDenied",
      "0003-00000905",
    ],
    [
      "anybody's look at its settings",
      () => ({ path: "/public?encryption" }),
      403,
      "AccessDenied",
      "0003-00000905",
    ],
    [
      "another account's look into a public bucket",
      () => signV4({ bucket: "public", accessKeyId: "stranger" }),
      200,
    ],
  ];
  for (const [title, request, ...expected] of cases) {
    it(`answers ${title} with ${expected.join(" ")}`, async () => {
      const [status, code, ec] = expected;
      assert.deepStrictEqual(seen(await send(emulator.url, request())), [status, code, ec]);
    });
  }

  it("says in a refusal which action was missing and whose policy it is", async () => {
    const { body } = await send(emulator.url, signV4({ ...acl, accessKeyId: "denied" }));
    assert.match(body, /<NoPermissionType>ExplicitDeny<.*<AuthAction>oss:GetBucketAcl<\/AuthAction>/);
  });

  it("has a message of its own for who may not list buckets", async () => {
    const { body } = await send(emulator.url, signV4({ accessKeyId: "here" }));
    assert.match(body, /<Message>You are forbidden to list buckets\.</);
  });

  it("lets an object's own ACL decide who reads it, whatever its bucket's says", async () => {
    const put = (key: string, acl: string) =>
      send(
        emulator.url,
        signV4({ method: "PUT", bucket: "logs", key, headers: { "x-oss-object-acl": acl }, body: "a" }),
      );
    await put("open", "public-read");
    await put("closed", "default");
    const answers = [];
    for (const key of ["open", "closed"]) {
      answers.push((await send(emulator.url, { path: `/logs/${key}` })).status);
    }
    assert.deepStrictEqual(answers, [200, 403]);
  });

  it("deletes many objects only where each may be deleted", async () => {
    const put = (key: string) =>
      send(emulator.url, signV4({ method: "PUT", bucket: "logs", key, body: "a" }));
    for (const key of ["tmp/a", "kept"]) await put(key);
    const remove = async (...keys: string[]) => {
      const body = `<Delete>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join("")}</Delete>`;
      const request = { method: "POST", bucket: "logs", query: { delete: "" }, accessKeyId: "cleaner", body };
      return seen(await send(emulator.url, signV4(request)));
    };
    const status = async (key: string) => (await send(emulator.url, signV4({ bucket: "logs", key }))).status;
    assert.deepStrictEqual((await remove("tmp/a", "kept")).slice(0, 2), [403, "AccessDenied"]);
    assert.deepStrictEqual([await status("tmp/a"), await status("kept")], [200, 200]);
    assert.equal((await remove("tmp/a"))[0], 200);
    assert.deepStrictEqual([await status("tmp/a"), await status("kept")], [404, 200]);
  });

  describe("a bucket's policy", () => {
    const stranger = { bucket: "shared", accessKeyId: "stranger" };
    const ask = async (request: SignedRequest) => seen(await send(emulator.url, signV4(request)));
    const set = (subresource: string, body: string) =>
      send(emulator.url, signV4({ method: "PUT", bucket: "shared", query: { [subresource]: "" }, body }));
    const policy = (effect: string, action: string, principal: string) =>
      JSON.stringify({
        Version: "1",
        Statement: [
          { Effect: effect, Action: [action], Principal: [principal], Resource: ["acs:oss:*:*:shared*"] },
        ],
      });

    before(() => emulator.createBucket("shared"));
    after(() => emulator.deleteBucket("shared"));
    afterEach(() =>
      send(emulator.url, signV4({ method: "DELETE", bucket: "shared", query: { policy: "" } })),
    );

    it("lets another account in, for what it allows", async () => {
      assert.equal((await ask(stranger))[1], "AccessDenied");
      await set("policy", policy("Allow", "oss:ListObjects", "999"));
      assert.equal((await ask(stranger))[0], 200);
      assert.equal((await ask({ ...stranger, query: { acl: "" } }))[1], "AccessDenied");
    });

    it("lets everybody in", async () => {
      await set("policy", policy("Allow", "oss:ListObjects", "*"));
      assert.equal((await send(emulator.url, { path: "/shared" })).status, 200);
    });

    it("keeps its own account out, for what it denies", async () => {
      await set("policy", policy("Deny", "oss:ListObjects", "*"));
      assert.deepStrictEqual(await ask({ bucket: "shared" }), [403, "AccessDenied", "0003-00000201"]);
    });

    it("makes others say that they pay, where they must", async () => {
      await set("policy", policy("Allow", "oss:*", "999"));
      await set(
        "requestPayment",
        "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>",
      );
      assert.deepStrictEqual(await ask(stranger), [403, "AccessDenied", "0003-00000703"]);
      assert.equal((await ask({ ...stranger, headers: { "x-oss-request-payer": "requester" } }))[0], 200);
      assert.equal((await ask({ bucket: "shared" }))[0], 200);
    });
  });

  it("makes the bucket whose ACL somebody sets, and says where it is", async () => {
    const headers = { "x-oss-acl": "private" };
    const answer = await send(
      emulator.url,
      signV4({ method: "PUT", bucket: "fresh", query: { acl: "" }, headers }),
    );
    assert.deepStrictEqual([answer.status, answer.headers.location], [200, "/fresh"]);
    assert(emulator.buckets.includes("fresh"));
    const foreign = { method: "PUT", bucket: "logs", query: { acl: "" }, headers, accessKeyId: "stranger" };
    assert.equal(seen(await send(emulator.url, signV4(foreign)))[1], "AccessDenied");
    emulator.deleteBucket("fresh");
  });

  it("words a refusal in OSS's elements", async () => {
    const { headers, body } = await send(emulator.url, signV4({ ...acl, accessKeyId: "nobody" }));
    const id = headers["x-oss-request-id"]?.toString() ?? "";
    assert.match(id, /^[0-9A-F]{24}$/);
    assert.deepStrictEqual(
      [headers["content-type"], headers["x-oss-ec"], body],
      [
        "application/xml",
        "0002-00000902",
        '<?xml version="1.0" encoding="UTF-8"?>\n' +
          "<Error><Code>InvalidAccessKeyId</Code>" +
          "<Message>The OSS Access Key Id you provided does not exist in our records.</Message>" +
          `<RequestId>${id}</RequestId><HostId>127.0.0.1</HostId><OSSAccessKeyId>nobody</OSSAccessKeyId>` +
          "<EC>0002-00000902</EC>" +
          "<RecommendDoc>https://api.alibabacloud.com/troubleshoot?q=0002-00000902</RecommendDoc></Error>",
      ],
    );
  });

  it("says both times where a clock is wrong", async () => {
    const { body } = await send(emulator.url, signV4({ ...acl, date: minutes(-16) }));
    assert.match(body, /<RequestTime>\d{4}-.*Z<\/RequestTime><ServerTime>\d{4}-.*Z<\/ServerTime>/);
  });

  it("says what it would have signed", async () => {
    const { body } = await send(emulator.url, signV4({ ...acl, accessKeySecret: "x" }));
    assert.match(body, /<OSSAccessKeyId>emulator-access-key-id<.*<SignatureProvided>[0-9a-f]{64}</);
    assert.match(body, /<StringToSign>OSS4-HMAC-SHA256\n\d{8}T\d{6}Z\n.*<StringToSignBytes>4f 53 53 34/s);
  });

  it("names the right endpoint where the bucket lives in another region", async () => {
    const host = "logs.oss-cn-beijing.aliyuncs.com";
    const client = aliOss(emulator, { region: "oss-cn-beijing" });
    const answer = await client.request({ method: "GET", bucket: "logs", subres: "acl" });
    const text = answer.data.toString();
    assert.match(text, /<Code>AccessDenied<.*<Endpoint>oss-cn-hangzhou\.aliyuncs\.com<.*<EC>0003-00001403</);
    assert.match(text, new RegExp(`<HostId>${host}</HostId><Bucket>logs</Bucket>`));
    const info = await client.request({ method: "GET", bucket: "logs", subres: "bucketInfo" });
    assert.equal(info.status, 200); // may be asked anywhere
  });

  it("refuses a V4 scope that isn't the endpoint's", async () => {
    const agents = loopbackAgents();
    const endpoint = `http://oss-cn-beijing.localhost:${emulator.port}`;
    const client = aliOss(emulator, { endpoint, ...agents });
    const answer = await client.request({ method: "GET", bucket: "logs", subres: "acl" });
    assert.equal(answer.headers["x-oss-ec"], "0002-00000226");
  });

  it("refuses path style on OSS's own hosts, and hosts it doesn't know", async () => {
    const codes = [];
    for (const host of ["oss-cn-hangzhou.aliyuncs.com", "example.com", "www.aliyuncs.com"]) {
      codes.push(seen(await send(emulator.url, { path: "/logs", headers: { host } }))[1]);
    }
    assert.deepStrictEqual(codes, [
      "SecondLevelDomainForbidden",
      "NonStandardHostForbidden",
      "NonStandardHostForbidden",
    ]);
  });

  it("takes presigned URLs of both versions, until they end", async () => {
    const agents = loopbackAgents();
    const endpoint = `http://oss-cn-hangzhou.localhost:${emulator.port}`;
    const client = aliOss(emulator, { endpoint, bucket: "logs", ...agents });
    await client.put("a b+ü", Buffer.from("hello"));
    const get = (url: string) => {
      const { host, pathname, search } = new URL(url);
      return send(emulator.url, { path: pathname + search, headers: { host } });
    };
    const v1 = client.signatureUrl("a b+ü", { expires: 60 });
    const v4 = await client.signatureUrlV4("GET", 60, {}, "a b+ü");
    assert.deepStrictEqual([(await get(v1)).body, (await get(v4)).body], ["hello", "hello"]);
    const stale = v1.replace(/Expires=\d+/, "Expires=1");
    assert.equal(seen(await get(stale))[1], "AccessDenied");
    assert.equal(
      seen(await get(v4.replace(/x-oss-expires=\d+/, "x-oss-expires=604801")))[1],
      "InvalidArgument",
    );
    const ended = v4.replace(/(\d{4})(\d{4}T\d{6}Z)/, "2020$2").replace(/%2F\d{4}(\d{4})%2F/, "%2F2020$1%2F");
    assert.deepStrictEqual(seen(await get(ended)), [403, "AccessDenied", "0002-00000236"]);
    await client.delete("a b+ü");
  });

  it("takes temporary keys under V1", async () => {
    const temporary = { accessKeyId: "temporary", stsToken: "token", authorizationV4: false };
    const answer = await aliOss(emulator, temporary).request({
      method: "GET",
      bucket: "logs",
      subres: "acl",
    });
    assert.equal(answer.status, 200);
  });

  it("keeps secrets out of the log", async () => {
    const temporary = { accessKeyId: "temporary", stsToken: "token" };
    const endpoint = `http://oss-cn-hangzhou.localhost:${emulator.port}`;
    const client = aliOss(emulator, { endpoint, bucket: "logs", ...temporary, ...loopbackAgents() });
    for (const url of [client.signatureUrl("a"), await client.signatureUrlV4("GET", 60, {}, "a")]) {
      const { host, pathname, search } = new URL(url);
      await send(emulator.url, { path: pathname + search, headers: { host } });
    }
    await send(emulator.url, signV4({ ...acl, accessKeyId: "temporary", securityToken: "token" }));
    const paths = emulator.requests.slice(-3).map(({ path }) => path.replace(/(expires|date)=\w+/gi, "$1="));
    assert.deepStrictEqual(paths, [
      "/a?OSSAccessKeyId=***&Expires=&Signature=***&security-token=***",
      "/a?x-oss-credential=***&x-oss-date=&x-oss-expires=&x-oss-signature-version=OSS4-HMAC-SHA256" +
        "&x-oss-security-token=***&x-oss-signature=***",
      "/logs/?acl",
    ]);
    const log = JSON.stringify(emulator.requests);
    for (const secret of [owner.accessKeySecret, '"token"']) assert(!log.includes(secret), secret);
  });
});
