import assert from "node:assert/strict";
import { skip } from "../support/skip";
import { codeOf, describeContract, textOf } from "./target";

interface Configuration {
  subresource: string;
  /** Sent and kept. */
  document: string;
  /** In the answer before the first PUT: an error's code, or a part of a document. */
  unset: string | RegExp;
  deletable: boolean;
}

const configurations: Configuration[] = [
  {
    subresource: "cors",
    document:
      "<CORSConfiguration><CORSRule><AllowedOrigin>https://example.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod><AllowedHeader>x-oss-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule></CORSConfiguration>",
    unset: "NoSuchCORSConfiguration",
    deletable: true,
  },
  {
    subresource: "lifecycle",
    document:
      "<LifecycleConfiguration><Rule><ID>old</ID><Prefix>logs/</Prefix><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>",
    unset: "NoSuchLifecycle",
    deletable: true,
  },
  {
    subresource: "policy",
    document:
      '{"Version":"1","Statement":[{"Effect":"Deny","Action":["oss:PutObject"],"Principal":["1111111111111111"],"Resource":["acs:oss:*:*:*/never"]}]}',
    unset: "NoSuchBucketPolicy",
    deletable: true,
  },
  {
    subresource: "referer",
    document:
      "<RefererConfiguration><AllowEmptyReferer>false</AllowEmptyReferer><RefererList><Referer>https://example.com</Referer></RefererList></RefererConfiguration>",
    unset: /<AllowEmptyReferer>true</,
    deletable: false,
  },
  {
    subresource: "requestPayment",
    document: "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>",
    unset: /<Payer>BucketOwner</,
    deletable: false,
  },
  {
    subresource: "transferAcceleration",
    document:
      "<TransferAccelerationConfiguration><Enabled>true</Enabled></TransferAccelerationConfiguration>",
    unset: "NoSuchTransferAccelerationConfiguration",
    deletable: true,
  },
  {
    subresource: "website",
    document:
      "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>",
    unset: "NoSuchWebsiteConfiguration",
    deletable: true,
  },
  {
    subresource: "httpsConfig",
    document:
      "<HttpsConfiguration><TLS><Enable>true</Enable><TLSVersion>TLSv1.2</TLSVersion></TLS></HttpsConfiguration>",
    unset: /<TLS><Enable>false</,
    deletable: false,
  },
  {
    subresource: "accessmonitor",
    document: "<AccessMonitorConfiguration><Status>Enabled</Status></AccessMonitorConfiguration>",
    unset: /<Status>Disabled</,
    deletable: false,
  },
  {
    subresource: "bucketArchiveDirectRead",
    document: "<ArchiveDirectReadConfiguration><Enabled>true</Enabled></ArchiveDirectReadConfiguration>",
    unset: /<Enabled>false</,
    deletable: false,
  },
];

/** Elements and their texts, whatever stands between them. */
const essence = (text: string) =>
  text
    .replace(/<\?xml.*?\?>/, "")
    .replace(/>\s+</g, "><")
    .trim();

describeContract("a bucket's configurations", (scene) => {
  const put = (subres: string, document: string) =>
    scene.ask("PUT", { subres, content: Buffer.from(document), mime: "xml" });

  for (const { subresource, document, unset, deletable } of configurations) {
    it(`keeps ?${subresource}${deletable ? " until it is deleted" : ""}`, async () => {
      const before = await scene.ask("GET", { subres: subresource });
      assert.equal(before.status, typeof unset === "string" ? 404 : 200);
      if (typeof unset === "string") assert.equal(codeOf(before), unset);
      else assert.match(before.data.toString(), unset);
      assert.equal((await put(subresource, document)).status, 200);
      await scene.target.eventually(async () => {
        const kept = (await scene.ask("GET", { subres: subresource })).data.toString();
        for (const [leaf] of document.matchAll(/<(\w+)>[^<]*<\/\1>/g)) {
          assert(essence(kept).includes(leaf), kept);
        }
      });
      if (!deletable) return;
      assert.equal((await scene.ask("DELETE", { subres: subresource })).status, 204);
      await scene.target.eventually(async () =>
        assert.equal(codeOf(await scene.ask("GET", { subres: subresource })), unset),
      );
    });
  }

  const refused: [title: string, subresource: string, document: string, code: string][] = [
    ["another root", "cors", "<LifecycleConfiguration/>", "MalformedXML"],
    [
      "a lifecycle rule that is neither on nor off",
      "lifecycle",
      "<LifecycleConfiguration><Rule><Prefix>a</Prefix><Status>Perhaps</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>",
      "MalformedXML",
    ],
    [
      "a payer that is neither owner nor requester",
      "requestPayment",
      "<RequestPaymentConfiguration><Payer>Nobody</Payer></RequestPaymentConfiguration>",
      "MalformedXML",
    ],
    [
      "a log to a bucket that isn't there",
      "logging",
      "<BucketLoggingStatus><LoggingEnabled><TargetBucket>oss-contract-no-such-bucket</TargetBucket><TargetPrefix>a</TargetPrefix></LoggingEnabled></BucketLoggingStatus>",
      "InvalidTargetBucketForLogging",
    ],
    [
      "a policy of another version",
      "policy",
      '{"Version":"2","Statement":[{"Effect":"Deny","Action":["oss:PutObject"],"Principal":["1111111111111111"],"Resource":["acs:oss:*:*:*/never"]}]}',
      "InvalidPolicyDocument",
    ],
    [
      "a policy with an action that is no text",
      "policy",
      '{"Version":"1","Statement":[{"Effect":"Deny","Action":[1],"Principal":["1111111111111111"],"Resource":["acs:oss:*:*:*/never"]}]}',
      "InvalidPolicyDocument",
    ],
    [
      "a policy with a resource that is no text",
      "policy",
      '{"Version":"1","Statement":[{"Effect":"Deny","Action":["oss:PutObject"],"Principal":["1111111111111111"],"Resource":{"a":1}}]}',
      "InvalidPolicyDocument",
    ],
  ];
  for (const [title, subresource, document, code] of refused) {
    it(`refuses ${title} with ${code}`, async () => {
      assert.equal(codeOf(await put(subresource, document)), code);
    });
  }

  it("refuses what GetBucketInfo could not read", async function () {
    if (scene.target.emulator === undefined) skip(this, "the real service may read it");
    const logging = `<TargetBucket>${scene.bucket}</TargetBucket><TargetPrefix><a/></TargetPrefix>`;
    const documents: [subresource: string, document: string][] = [
      [
        "transferAcceleration",
        "<TransferAccelerationConfiguration><Enabled>true</Enabled><Enabled>true</Enabled></TransferAccelerationConfiguration>",
      ],
      [
        "publicAccessBlock",
        "<PublicAccessBlockConfiguration><BlockPublicAccess><a/></BlockPublicAccess></PublicAccessBlockConfiguration>",
      ],
      ["logging", `<BucketLoggingStatus><LoggingEnabled>${logging}</LoggingEnabled></BucketLoggingStatus>`],
    ];
    for (const [subresource, document] of documents) {
      assert.equal(codeOf(await put(subresource, document)), "MalformedXML", subresource);
    }
    assert.equal((await scene.ask("GET", { subres: "bucketInfo" })).status, 200);
  });

  it("shows in GetBucketInfo where the log goes", async () => {
    const { bucket } = scene;
    const target = `<TargetBucket>${bucket}</TargetBucket><TargetPrefix>access/</TargetPrefix>`;
    await put(
      "logging",
      `<BucketLoggingStatus><LoggingEnabled>${target}</LoggingEnabled></BucketLoggingStatus>`,
    );
    await scene.target.eventually(async () => {
      const info = (await scene.ask("GET", { subres: "bucketInfo" })).data.toString();
      assert.deepEqual([textOf(info, "LogBucket"), textOf(info, "LogPrefix")], [bucket, "access/"]);
    });
    assert.equal((await scene.ask("DELETE", { subres: "logging" })).status, 204);
  });

  it("fills in what a website's mirror leaves out", async () => {
    const redirect = "<RedirectType>Mirror</RedirectType><MirrorURL>https://example.com/</MirrorURL>";
    const condition = "<Condition><HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals></Condition>";
    const rule = `<RoutingRule><RuleNumber>1</RuleNumber>${condition}<Redirect>${redirect}</Redirect></RoutingRule>`;
    await put("website", `<WebsiteConfiguration><RoutingRules>${rule}</RoutingRules></WebsiteConfiguration>`);
    await scene.target.eventually(async () => {
      const kept = (await scene.ask("GET", { subres: "website" })).data.toString();
      const names = ["PassQueryString", "MirrorPassQueryString", "MirrorFollowRedirect", "MirrorCheckMd5"];
      assert.deepEqual(
        names.map((name) => textOf(kept, name)),
        ["false", "false", "true", "false"],
      );
    });
  });

  it("gives a mirror one switch for the query string, under both its names", async () => {
    const mirror = "<RedirectType>Mirror</RedirectType><MirrorURL>https://example.com/</MirrorURL>";
    const redirect = `${mirror}<PassQueryString>false</PassQueryString><MirrorPassQueryString>true</MirrorPassQueryString>`;
    const condition = "<Condition><HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals></Condition>";
    const rule = `<RoutingRule><RuleNumber>1</RuleNumber>${condition}<Redirect>${redirect}</Redirect></RoutingRule>`;
    await put("website", `<WebsiteConfiguration><RoutingRules>${rule}</RoutingRules></WebsiteConfiguration>`);
    await scene.target.eventually(async () => {
      const kept = (await scene.ask("GET", { subres: "website" })).data.toString();
      assert.equal(textOf(kept, "PassQueryString"), "true");
    });
  });

  it("answers a preflight as the CORS rules say", async () => {
    const [{ document }] = configurations as [Configuration];
    await put("cors", document);
    const preflight = (origin: string) =>
      scene.ask("OPTIONS", { headers: { Origin: origin, "Access-Control-Request-Method": "PUT" } });
    await scene.target.eventually(async () => {
      const { status, headers } = await preflight("https://example.com");
      assert.deepEqual([status, headers["access-control-allow-origin"]], [200, "https://example.com"]);
    });
    const forbidden = await preflight("https://example.org");
    assert.deepEqual([forbidden.status, codeOf(forbidden)], [403, "AccessForbidden"]);
  });

  it("names what it doesn't implement in the answer to a write", async function () {
    if (scene.target.emulator === undefined) skip(this, "the real service implements it");
    const answer = await put("inventory", "<InventoryConfiguration/>");
    assert.deepEqual([answer.status, codeOf(answer)], [501, "NotImplemented"]);
    assert.match(answer.data.toString(), /does not implement PUT \?inventory on a bucket/);
  });

  it("lists live channels, of which there are none", async () => {
    const { status, data } = await scene.ask("GET", { subres: "live" });
    assert.deepEqual([status, textOf(data.toString(), "IsTruncated")], [200, "false"]);
    assert.doesNotMatch(data.toString(), /<LiveChannel>/);
  });
});
