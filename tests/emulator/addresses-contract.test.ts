import assert from "node:assert/strict";
import { startEmulator, type Emulator } from "oss-emulator";
import { send } from "./http";
import { signV1, signV4, type SignedRequest } from "./sign";

const location: SignedRequest = { bucket: "logs", query: { location: "" } };

describe("host names", () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await startEmulator({
      buckets: [{ name: "logs" }, { name: "finance", region: "cn-hzfinance" }],
      domains: ["OSS.test"],
      customDomains: { "data.example.com": "logs" },
    });
  });
  after(() => emulator.close());

  async function ask(host: string, path: string, { headers } = signV4(location)) {
    const { status, body } = await send(emulator.url, { path, headers: { ...headers, host } });
    return status === 200
      ? /<LocationConstraint>(.*?)</.exec(body)?.[1]
      : [status, /<Code>(.*?)</.exec(body)?.[1]];
  }

  const styles: [what: string, host: string, path?: string][] = [
    ["public", "logs.oss-cn-hangzhou.aliyuncs.com"],
    ["internal", "logs.oss-cn-hangzhou-internal.aliyuncs.com"],
    ["dual stack", "logs.cn-hangzhou.oss.aliyuncs.com"],
    ["accelerated", "logs.oss-accelerate.aliyuncs.com"],
    ["accelerated overseas", "logs.oss-accelerate-overseas.aliyuncs.com"],
    ["of the early days", "logs.oss.aliyuncs.com"],
    ["of the classic VPC", "logs.vpc100-oss-cn-hangzhou.aliyuncs.com"],
    ["with port and in upper case", "LOGS.oss-cn-hangzhou.aliyuncs.com:80"],
    ["of another domain", "logs.oss.test:9200"],
    ["of another domain, with region", "logs.oss-cn-hangzhou.oss.test"],
    ["of another domain, path style", "oss.test", "/logs/?location"],
    ["bound to the bucket", "data.example.com"],
    ["an IP address", "127.0.0.1", "/logs?location"],
    ["an IPv6 address", "[::1]:9200", "/logs?location"],
  ];
  for (const [what, host, path = "/?location"] of styles) {
    it(`finds the bucket by a host name ${what}: ${host}`, async () => {
      assert.equal(await ask(host, path), "oss-cn-hangzhou");
      assert.equal(await ask(host, path, signV1(location)), "oss-cn-hangzhou");
    });
  }

  it("knows regions whose names follow no rule", async () => {
    const signed = signV4({ ...location, bucket: "finance", region: "cn-hzfinance" });
    assert.equal(
      await ask("finance.oss-cn-hzfinance.aliyuncs.com", "/?location", signed),
      "oss-cn-hzfinance",
    );
  });

  it("refuses what is neither OSS's nor known, and path style on OSS's own", async () => {
    assert.deepStrictEqual(await ask("example.com", "/?location"), [403, "NonStandardHostForbidden"]);
    assert.deepStrictEqual(await ask("oss-cn-hangzhou.aliyuncs.com", "/logs?location"), [
      403,
      "SecondLevelDomainForbidden",
    ]);
  });
});
