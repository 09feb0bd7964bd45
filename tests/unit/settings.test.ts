import assert from "node:assert/strict";
import { cloudOf, mayBeSameCloud } from "../../provider/src/settings/cloud";
import { redirectedAddress } from "../../provider/src/settings/endpoint";
import type { ConnectionEntry } from "../../provider/src/settings/connection-entry";
import { readSettings, type Target } from "../../provider/src/settings/settings";
import { stackConfigNames } from "../../provider/src/settings/lookups";

interface Given {
  target?: Target & { bucket?: string };
  entry?: ConnectionEntry;
  config?: Record<string, string>;
  env?: Record<string, string>;
  profileRegion?: string;
}

function settings({
  entry,
  target = entry ? { connection: "finance" } : {},
  config = {},
  env = {},
  profileRegion,
}: Given) {
  const sources = {
    config: (key: string) => config[key],
    env: (name: string) => env[name],
    file: () => undefined,
    now: () => 0,
    configNames: stackConfigNames,
  };
  return readSettings(target, sources, entry, { region: profileRegion });
}

const region = (id: string) => ({ "alicloud:region": id });
const endpoint = (oss: string) => ({
  "alicloud:endpoints": JSON.stringify([{ ecs: "ecs.aliyuncs.com" }, { oss }]),
});

describe("settings", () => {
  const addresses: [title: string, given: Given, region: string, endpoint: string][] = [
    [
      "the stack's region",
      { config: region("cn-hangzhou"), env: { OSS_REGION: "cn-beijing" } },
      "cn-hangzhou",
      "https://oss-cn-hangzhou.aliyuncs.com",
    ],
    [
      "a region no list has, in OSS's spelling",
      { config: region("oss-xx-new-9") },
      "xx-new-9",
      "https://oss-xx-new-9.aliyuncs.com",
    ],
    [
      "the resource's region before the stack's",
      { target: { region: "cn-shanghai" }, config: region("cn-hangzhou") },
      "cn-shanghai",
      "https://oss-cn-shanghai.aliyuncs.com",
    ],
    [
      "the connection's region before the stack's",
      { entry: { region: "cn-shanghai" }, config: region("cn-hangzhou") },
      "cn-shanghai",
      "https://oss-cn-shanghai.aliyuncs.com",
    ],
    [
      "OSS_REGION before ALICLOUD_REGION",
      { env: { ALICLOUD_REGION: "cn-beijing", OSS_REGION: "cn-hangzhou" } },
      "cn-hangzhou",
      "https://oss-cn-hangzhou.aliyuncs.com",
    ],
    [
      "the profile's region last",
      { profileRegion: "cn-chengdu" },
      "cn-chengdu",
      "https://oss-cn-chengdu.aliyuncs.com",
    ],
    [
      "an internal connection",
      { entry: { internal: true }, config: region("cn-hangzhou") },
      "cn-hangzhou",
      "https://oss-cn-hangzhou-internal.aliyuncs.com",
    ],
    [
      "an endpoint without scheme, which tells the region",
      { env: { OSS_ENDPOINT: "oss-cn-hangzhou.aliyuncs.com" } },
      "cn-hangzhou",
      "https://oss-cn-hangzhou.aliyuncs.com",
    ],
    [
      "an internal endpoint",
      { env: { OSS_ENDPOINT: "https://oss-cn-shanghai-finance-1-internal.aliyuncs.com" } },
      "cn-shanghai-finance-1",
      "https://oss-cn-shanghai-finance-1-internal.aliyuncs.com",
    ],
    [
      "a dual-stack endpoint",
      { env: { OSS_ENDPOINT: "cn-hangzhou.oss.aliyuncs.com" } },
      "cn-hangzhou",
      "https://cn-hangzhou.oss.aliyuncs.com",
    ],
    [
      "http, where it is written out",
      { config: { ...region("cn-hangzhou"), ...endpoint("http://127.0.0.1:9000") } },
      "cn-hangzhou",
      "http://127.0.0.1:9000",
    ],
    [
      "a host with a port and no scheme",
      { config: { ...region("cn-hangzhou"), ...endpoint("oss.corp.example:8443") } },
      "cn-hangzhou",
      "https://oss.corp.example:8443",
    ],
    [
      "stack config before the environment's endpoint",
      {
        config: { ...region("cn-hangzhou"), ...endpoint("oss.corp.example") },
        env: { OSS_ENDPOINT: "other.example" },
      },
      "cn-hangzhou",
      "https://oss.corp.example",
    ],
    [
      "the environment's endpoint moved to the region of the resource",
      { target: { region: "cn-shanghai" }, env: { OSS_ENDPOINT: "oss-cn-hangzhou-internal.aliyuncs.com" } },
      "cn-shanghai",
      "https://oss-cn-shanghai-internal.aliyuncs.com",
    ],
    [
      "an internal connection to another region than the stack's endpoint",
      {
        entry: { region: "cn-shanghai", internal: true },
        config: endpoint("oss-cn-hangzhou.aliyuncs.com"),
      },
      "cn-shanghai",
      "https://oss-cn-shanghai-internal.aliyuncs.com",
    ],
    [
      "a region with -internal at its end, as OSS's older SDKs spell it",
      { env: { OSS_REGION: "oss-cn-hangzhou-internal" } },
      "cn-hangzhou",
      "https://oss-cn-hangzhou-internal.aliyuncs.com",
    ],
    [
      "the same of a resource, for the endpoint of another region",
      { target: { region: "cn-shanghai-internal" }, env: { OSS_ENDPOINT: "oss-cn-hangzhou.aliyuncs.com" } },
      "cn-shanghai",
      "https://oss-cn-shanghai-internal.aliyuncs.com",
    ],
    [
      "an endpoint that begins like a bucket named oss",
      { target: { bucket: "oss", region: "cn-hangzhou" }, env: { OSS_ENDPOINT: "oss.corp.example" } },
      "cn-hangzhou",
      "https://oss.corp.example",
    ],
    [
      "an address that begins like a bucket",
      { target: { bucket: "127", region: "cn-hangzhou" }, env: { OSS_ENDPOINT: "127.0.0.1" } },
      "cn-hangzhou",
      "https://127.0.0.1",
    ],
    [
      "the connection's endpoint before the stack's region",
      { entry: { endpoint: "oss-cn-shanghai.aliyuncs.com" }, config: region("cn-hangzhou") },
      "cn-shanghai",
      "https://oss-cn-shanghai.aliyuncs.com",
    ],
    [
      "a provider's own endpoint, which tells the region",
      { target: {}, entry: { endpoint: "oss-cn-shanghai.aliyuncs.com" } },
      "cn-shanghai",
      "https://oss-cn-shanghai.aliyuncs.com",
    ],
  ];
  for (const [title, given, region, endpoint] of addresses) {
    it(`settings take ${title}`, () => {
      const found = settings(given);
      assert.deepEqual({ region: found.region, endpoint: found.endpoint }, { region, endpoint });
    });
  }

  const mistakes: [title: string, given: Given, message: string | RegExp][] = [
    [
      "no region at all",
      {},
      "No region found: set region on the resource, alicloud:region in the stack config, or one of OSS_REGION, ALICLOUD_REGION, ALIBABA_CLOUD_REGION, ALIBABA_CLOUD_REGION_ID, ALIBABACLOUD_REGION_ID, ALICLOUD_REGION_ID in the environment.",
    ],
    [
      "an endpoint that doesn't tell the region",
      { env: { OSS_ENDPOINT: "oss.corp.example" } },
      /^No region found: .* The endpoint \(OSS_ENDPOINT\) does not tell it\.$/,
    ],
    [
      "a region that is a name",
      { config: region("China (Hangzhou)") },
      "alicloud:region in the stack config is not a region id such as cn-hangzhou.",
    ],
    [
      "a path",
      { config: { ...region("cn-hangzhou"), ...endpoint("https://oss.example/proxy") } },
      "The endpoint from alicloud:endpoints must not have a path or query.",
    ],
    [
      "a user name",
      { config: region("cn-hangzhou"), env: { OSS_ENDPOINT: "https://me:secret@oss.example" } },
      "The endpoint from OSS_ENDPOINT must not contain a user name or password.",
    ],
    [
      "another scheme",
      { config: region("cn-hangzhou"), env: { OSS_ENDPOINT: "ftp://oss.example" } },
      "The endpoint from OSS_ENDPOINT must begin with https:// or http://.",
    ],
    [
      "an IPv6 address",
      { config: region("cn-hangzhou"), env: { OSS_ENDPOINT: "http://[::1]:9000" } },
      "The endpoint from OSS_ENDPOINT must not be an IPv6 address: give a host name.",
    ],
    [
      "a host with other characters",
      { config: region("cn-hangzhou"), env: { OSS_ENDPOINT: "oss-cn-hangzhou.aliyuncs.com,oss.example" } },
      "The endpoint from OSS_ENDPOINT is not a host name or URL.",
    ],
    [
      "transfer acceleration",
      { config: region("cn-hangzhou"), env: { OSS_ENDPOINT: "oss-accelerate.aliyuncs.com" } },
      "The endpoint from OSS_ENDPOINT is for transfer acceleration, which moves objects and tells no region: use the endpoint of the region.",
    ],
    [
      "an endpoint of OSS that begins with a bucket's name",
      { env: { OSS_ENDPOINT: "https://logs.oss-cn-hangzhou-internal.aliyuncs.com" } },
      "The endpoint from OSS_ENDPOINT begins with a bucket's name: leave it out, as in oss-cn-hangzhou-internal.aliyuncs.com.",
    ],
    [
      "an endpoint of one's own that begins with the bucket's name",
      { target: { bucket: "logs", region: "cn-hangzhou" }, env: { OSS_ENDPOINT: "logs.oss.corp.example" } },
      "The endpoint from OSS_ENDPOINT begins with a bucket's name: leave it out, as in oss.corp.example.",
    ],
    [
      "a version of signatures that isn't one",
      { config: { ...region("cn-hangzhou"), "alicloud:signVersion": '{"oss":"v2"}' } },
      'alicloud:signVersion must be an object such as { "oss": "v1" }, with v1 or v4.',
    ],
    [
      "a version of signatures that is no object",
      { config: { ...region("cn-hangzhou"), "alicloud:signVersion": "v1" } },
      'alicloud:signVersion must be an object such as { "oss": "v1" }, with v1 or v4.',
    ],
    [
      "endpoints that aren't a list",
      { config: { ...region("cn-hangzhou"), "alicloud:endpoints": "oss.example" } },
      `alicloud:endpoints must be a list such as [{"oss": "…"}].`,
    ],
    [
      "region and endpoint at odds",
      { env: { OSS_REGION: "cn-hangzhou", OSS_ENDPOINT: "oss-cn-shanghai.aliyuncs.com" } },
      "OSS_REGION and OSS_ENDPOINT name different regions.",
    ],
    [
      "a time limit in words",
      { config: { ...region("cn-hangzhou"), "alicloud:clientReadTimeout": "30s" } },
      "alicloud:clientReadTimeout in the stack config must be a whole number, not negative.",
    ],
  ];
  for (const [title, given, message] of mistakes) {
    it(`settings refuse ${title}`, () =>
      assert.throws(() => settings(given), { name: "ConfigurationError", message }));
  }

  it("settings take time limits from the alicloud provider's keys, in its units", () => {
    const config = {
      ...region("cn-hangzhou"),
      "alicloud:clientConnectTimeout": "1000",
      "alicloud:clientReadTimeout": "2000",
      "alicloud:maxRetryTimeout": "3",
    };
    const { connectTimeoutMs, readTimeoutMs, retryTimeoutMs } = settings({ config });
    assert.deepEqual(
      { connectTimeoutMs, readTimeoutMs, retryTimeoutMs },
      { connectTimeoutMs: 1000, readTimeoutMs: 2000, retryTimeoutMs: 3000 },
    );
  });

  it("settings take a time limit of 0, however it is written, for the default", () => {
    for (const zero of ["0", "00", "0000000"]) {
      const config = {
        ...region("cn-hangzhou"),
        "alicloud:clientConnectTimeout": zero,
        "alicloud:clientReadTimeout": zero,
        "alicloud:maxRetryTimeout": zero,
      };
      const { connectTimeoutMs, readTimeoutMs, retryTimeoutMs } = settings({ config });
      assert.deepEqual([connectTimeoutMs, readTimeoutMs, retryTimeoutMs], [10_000, 30_000, 60_000]);
    }
  });

  it("settings take an empty field of a connection for none", () => {
    const config = { ...region("cn-hangzhou"), "alicloud:signVersion": '{"oss":"v1"}' };
    for (const empty of ["", null]) {
      const entry = { signVersion: empty, cloudBoxId: empty } as unknown as ConnectionEntry;
      const { signVersion, cloudBoxId } = settings({ config, entry });
      assert.deepEqual({ signVersion, cloudBoxId }, { signVersion: "v1", cloudBoxId: undefined });
    }
  });

  it("STS is asked in the region, and inside the VPC where the connection is inside", () => {
    assert.equal(
      settings({ config: region("cn-hangzhou") }).stsEndpoint,
      "https://sts.cn-hangzhou.aliyuncs.com",
    );
    assert.equal(
      settings({ config: region("cn-hangzhou"), entry: { internal: true } }).stsEndpoint,
      "https://sts-vpc.cn-hangzhou.aliyuncs.com",
    );
    assert.equal(
      settings({ env: { OSS_ENDPOINT: "oss-cn-hangzhou-internal.aliyuncs.com" } }).stsEndpoint,
      "https://sts-vpc.cn-hangzhou.aliyuncs.com",
    );
    assert.equal(
      settings({ config: region("cn-hangzhou"), env: { STS_ENDPOINT: "sts.aliyuncs.com" } }).stsEndpoint,
      "https://sts.aliyuncs.com",
    );
  });

  it("an endpoint of one's own may be named like a bucket where the bucket stands in the path", () => {
    const entry = { endpoint: "https://logs.corp.example", pathStyle: true };
    const target = { bucket: "logs", region: "cn-hangzhou", connection: "finance" };
    assert.equal(settings({ entry, target }).endpoint, "https://logs.corp.example");
  });

  const clouds: [one: string, other: string, mayBeSame: boolean][] = [
    ["https://oss-cn-hangzhou.aliyuncs.com", "http://oss-cn-beijing-internal.aliyuncs.com", true],
    // Named like a host of OSS, and maybe a proxy in front of the public one.
    ["https://oss-cn-hangzhou.aliyuncs.com", "https://oss-gw.corp.example", true],
    ["https://oss-a.corp.example", "https://oss-b.corp.example", true],
    ["https://oss-a.corp.example", "https://oss-a.other.example", true],
    ["https://oss-a.corp.example:8443", "https://oss-a.corp.example:9443", false],
    // Such as a private link's.
    ["https://10.1.2.3", "https://oss-cn-hangzhou.aliyuncs.com", true],
    ["https://10.1.2.3", "https://10.1.2.4", true],
    ["https://storage.corp.example", "https://oss-a.corp.example", true],
    ["https://storage.corp.example", "http://storage.corp.example", true],
    ["http://127.0.0.1:4000", "http://127.0.0.1:4001", false],
  ];
  for (const [one, other, mayBeSame] of clouds) {
    it(`${one} and ${other} ${mayBeSame ? "may be one cloud" : "are two clouds"}`, () => {
      const [a, b] = [one, other].map((endpoint) => cloudOf({ endpoint }, false)) as [string, string];
      assert.deepStrictEqual([mayBeSameCloud(a, b), mayBeSameCloud(b, a)], [mayBeSame, mayBeSame]);
    });
  }

  it("a custom domain may be in any cloud", () => {
    const custom = cloudOf({ endpoint: "https://files.example.com" }, true);
    assert.equal(mayBeSameCloud(custom, "aliyuncs.com"), true);
  });

  const keyServices: [title: string, given: Given, endpoint: string][] = [
    ["of the region", { config: region("cn-hangzhou") }, "https://kms.cn-hangzhou.aliyuncs.com"],
    [
      "inside the VPC",
      { config: region("cn-hangzhou"), entry: { internal: true } },
      "https://kms-vpc.cn-hangzhou.aliyuncs.com",
    ],
    [
      "that is set, moved to the bucket's region",
      { target: { region: "eu-central-1" }, env: { KMS_ENDPOINT: "kms-vpc.cn-hangzhou.aliyuncs.com" } },
      "https://kms-vpc.eu-central-1.aliyuncs.com",
    ],
    [
      "of one's own, as it is",
      {
        target: { region: "eu-central-1" },
        config: { "alicloud:endpoints": '[{ "kms": "http://kms.cn-hangzhou.corp.example:9000" }]' },
        env: { KMS_ENDPOINT: "other.example" },
      },
      "http://kms.cn-hangzhou.corp.example:9000",
    ],
  ];
  for (const [title, given, expected] of keyServices) {
    it(`settings find the KMS ${title}`, () => assert.equal(settings(given).kmsEndpoint, expected));
  }
});

describe("a wrong-endpoint answer", () => {
  const from = (endpoint: string) => ({ region: "cn-hangzhou", endpoint });
  const oss = "https://oss-cn-hangzhou.aliyuncs.com";
  const cases: [
    title: string,
    endpoint: string,
    said: string,
    address: ReturnType<typeof redirectedAddress>,
  ][] = [
    [
      "leads to OSS's host of another region",
      oss,
      "oss-cn-shanghai.aliyuncs.com",
      { region: "cn-shanghai", endpoint: "https://oss-cn-shanghai.aliyuncs.com" },
    ],
    [
      "leads to an irregular host",
      oss,
      "oss-cn-hzfinance.aliyuncs.com",
      { region: "cn-hzfinance", endpoint: "https://oss-cn-hzfinance.aliyuncs.com" },
    ],
    [
      "stays inside the VPC",
      "https://oss-cn-hangzhou-internal.aliyuncs.com",
      "oss-cn-shanghai.aliyuncs.com",
      { region: "cn-shanghai", endpoint: "https://oss-cn-shanghai-internal.aliyuncs.com" },
    ],
    [
      "changes only the region for an IP address",
      "http://127.0.0.1:9000",
      "oss-cn-shanghai.aliyuncs.com",
      { region: "cn-shanghai", endpoint: "http://127.0.0.1:9000" },
    ],
    [
      "leads on in the domain that is set",
      "http://oss-cn-hangzhou.corp.example:9000",
      "oss-cn-shanghai.corp.example",
      { region: "cn-shanghai", endpoint: "http://oss-cn-shanghai.corp.example:9000" },
    ],
    [
      "leads from a host of one's own to OSS with TLS only",
      "http://gateway.corp.example:9000",
      "oss-cn-shanghai.aliyuncs.com",
      { region: "cn-shanghai", endpoint: "https://oss-cn-shanghai.aliyuncs.com" },
    ],
    [
      "leads on without TLS from an endpoint of OSS that is set so",
      "http://oss-cn-hangzhou-internal.aliyuncs.com",
      "oss-cn-shanghai.aliyuncs.com",
      { region: "cn-shanghai", endpoint: "http://oss-cn-shanghai-internal.aliyuncs.com" },
    ],
    ["is not followed to another domain", oss, "oss-cn-shanghai.evil.example", undefined],
    ["is not followed to a domain that only ends alike", oss, "oss-cn-shanghai.evilaliyuncs.com", undefined],
    [
      "is not followed to another service of the same cloud",
      oss,
      "evil.cn-hangzhou.fc.aliyuncs.com",
      undefined,
    ],
    ["is not followed to a host with a port or path", oss, "oss-cn-shanghai.aliyuncs.com:22/x", undefined],
    ["is not followed across a public suffix", "https://oss.example", "oss-cn-shanghai.example", undefined],
    ["is not followed across one of two labels", "https://oss.co.uk", "oss-cn-shanghai.co.uk", undefined],
    [
      "is not followed to a host deeper in the domain that is set",
      "https://oss-cn-hangzhou.corp.example",
      "oss-cn-shanghai.tenant.corp.example",
      undefined,
    ],
  ];
  for (const [title, endpoint, said, address] of cases) {
    it(`a wrong-endpoint answer ${title}`, () =>
      assert.deepEqual(redirectedAddress(from(endpoint), said), address));
  }
});
