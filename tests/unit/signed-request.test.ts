import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { Call } from "../../provider/src/oss/call";
import { signedRequest } from "../../provider/src/oss/signed-request";

const keys = { accessKeyId: "LTAI5tExample", accessKeySecret: "s3cr3t" };
const manner = { cname: false, cloudBoxId: undefined, signVersion: "v4", pathStyle: false } as const;
const regional = { region: "cn-hangzhou", endpoint: "https://oss-cn-hangzhou.aliyuncs.com" };
const put: Call = {
  operation: "PutBucketEncryption",
  method: "PUT",
  bucket: "logs",
  subresource: "encryption",
  content: Buffer.from("<ServerSideEncryptionRule/>"),
};
const get: Call = {
  operation: "GetBucketEncryption",
  method: "GET",
  bucket: "logs",
  subresource: "encryption",
};
const list: Call = { operation: "ListBuckets", method: "GET", query: { marker: "a b+c", "max-keys": "7" } };
const versions: Call = { ...get, operation: "ListObjectVersions", subresource: "versions" };
const head: Call = { operation: "HeadObject", method: "HEAD", bucket: "logs", object: "a/b c+(d)'é&?" };

const headVersion: Call = { ...head, query: { versionId: "CAEQNhiBgM0BYiIDc4MGZj" } };

/** What ali-oss's client of the same version sends. */
interface Sent {
  url: string;
  headers: Record<string, string | number>;
}
type Client = new (options: object) => { request(params: object): Promise<unknown> };
const AliOss = createRequire(require.resolve("pulumi-oss-encryption/package.json"))("ali-oss") as Client;

async function sentByAliOss(call: Call, where: typeof regional, how: object, token?: string): Promise<Sent> {
  let sent: Sent | undefined;
  const urllib = {
    request: (url: string, { headers }: Sent) => {
      sent = { url, headers };
      return Promise.resolve({ status: 200, headers: {} });
    },
  };
  const { signVersion, ...options }: { signVersion: string } = { ...manner, ...how };
  const client = new AliOss({
    ...keys,
    ...(token && { stsToken: token, refreshSTSTokenInterval: 1 }),
    ...options,
    region: `oss-${where.region}`,
    endpoint: where.endpoint,
    authorizationV4: signVersion === "v4",
    urllib,
  });
  const { subresource, content, query: { versionId, ...query } = {}, ...rest } = call;
  // What its own `head` makes of a version.
  const subres = versionId === undefined ? subresource : { versionId };
  await client.request({ ...rest, query, subres, content, mime: content ? "xml" : undefined });
  assert.ok(sent);
  return sent;
}

/** Time that a request says it was signed at, in milliseconds since 1970. */
function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

describe("a signed request", () => {
  const cases: [title: string, call: Call, where: typeof regional, how: object, token?: string][] = [
    ["a write", put, regional, {}],
    ["a read", get, regional, {}],
    ["a write with temporary keys", put, regional, {}, "token"],
    ["a list with parameters", list, regional, {}],
    ["an object whose key needs escapes", head, regional, {}],
    ["a list of versions", versions, regional, {}],
    ["a version of an object", headVersion, regional, {}],
    ["a custom domain", get, { ...regional, endpoint: "http://files.example.com:8080" }, { cname: true }],
    ["a CloudBox", get, { ...regional, endpoint: "https://box.example.com" }, { cloudBoxId: "cb-1" }],
    ["an IP address", get, { ...regional, endpoint: "http://127.0.0.1:9000" }, {}],
    ["a write, V1", put, regional, { signVersion: "v1" }],
    ["a read with temporary keys, V1", get, regional, { signVersion: "v1" }, "token"],
    ["an object whose key needs escapes, V1", head, regional, { signVersion: "v1" }],
    ["a list of versions, V1", versions, regional, { signVersion: "v1" }],
    ["a version of an object, V1", headVersion, regional, { signVersion: "v1" }],
  ];
  for (const [title, call, where, how, token] of cases) {
    it(`is what ali-oss's own client sends: ${title}`, async () => {
      const theirs = await sentByAliOss(call, where, how, token);
      const headers = Object.fromEntries(
        Object.entries(theirs.headers)
          .map(([name, value]): [string, string] => [name.toLowerCase(), String(value)])
          .filter(([name]) => name !== "user-agent"),
      );
      const credentials = { ...keys, securityToken: token };
      const now = timeOf(headers["x-oss-date"] ?? "");
      const ours = signedRequest(call, where, { ...manner, ...how }, credentials, now);
      assert.deepEqual(ours.headers, headers);
      assert.equal(new URL(ours.url).host, new URL(theirs.url).host);
      assert.equal(decodeURIComponent(ours.url), decodeURIComponent(theirs.url));
    });
  }

  it("has the bucket in its path where the endpoint wants that, and no other signature for it", () => {
    const [host, path] = [false, true].map((pathStyle) =>
      signedRequest(get, regional, { ...manner, pathStyle }, { ...keys, securityToken: undefined }, 0),
    );
    assert.equal(host?.url, "https://logs.oss-cn-hangzhou.aliyuncs.com/?encryption=");
    assert.equal(path?.url, "https://oss-cn-hangzhou.aliyuncs.com/logs/?encryption=");
    assert.deepEqual(path.headers, host.headers);
  });
});
