import assert from "node:assert/strict";
import type { AliOss, RawAnswer } from "../support/ali-oss";
import { mentionRealService, openTarget, type Target, ways } from "./target";

type Rule = Record<string, string>;

const element = (name: string, text: string | undefined) =>
  text === undefined ? "" : `<${name}>${text}</${name}>`;

function body({ SSEAlgorithm, KMSDataEncryption, KMSMasterKeyID }: Rule): string {
  return `<?xml version="1.0" encoding="UTF-8"?><ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault>${
    element("SSEAlgorithm", SSEAlgorithm) +
    element("KMSMasterKeyID", KMSMasterKeyID) +
    element("KMSDataEncryption", KMSDataEncryption)
  }</ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>`;
}

const key = "9468da86-3509-4f8d-a61e-6eab1eac1f8b";
const accepted: [title: string, sent: Rule, kept: Rule][] = [
  ["AES256", { SSEAlgorithm: "AES256" }, { SSEAlgorithm: "AES256" }],
  ["SM4", { SSEAlgorithm: "SM4" }, { SSEAlgorithm: "SM4" }],
  ["KMS with OSS's own key", { SSEAlgorithm: "KMS" }, { SSEAlgorithm: "KMS" }],
  [
    "KMS with a key",
    { SSEAlgorithm: "KMS", KMSMasterKeyID: key },
    { SSEAlgorithm: "KMS", KMSMasterKeyID: key },
  ],
  [
    "KMS with SM4 data encryption",
    { SSEAlgorithm: "KMS", KMSDataEncryption: "SM4" },
    { SSEAlgorithm: "KMS", KMSDataEncryption: "SM4" },
  ],
  [
    "KMS with key and SM4 data encryption",
    { SSEAlgorithm: "KMS", KMSDataEncryption: "SM4", KMSMasterKeyID: key },
    { SSEAlgorithm: "KMS", KMSDataEncryption: "SM4", KMSMasterKeyID: key },
  ],
  [
    "a key that makes no sense",
    { SSEAlgorithm: "KMS", KMSMasterKeyID: "123" },
    { SSEAlgorithm: "KMS", KMSMasterKeyID: "123" },
  ],
  ["an empty key with KMS as none", { SSEAlgorithm: "KMS", KMSMasterKeyID: "" }, { SSEAlgorithm: "KMS" }],
  [
    "an empty key with AES256 as none",
    { SSEAlgorithm: "AES256", KMSMasterKeyID: "" },
    { SSEAlgorithm: "AES256" },
  ],
  ["an empty key with SM4 as none", { SSEAlgorithm: "SM4", KMSMasterKeyID: "" }, { SSEAlgorithm: "SM4" }],
  [
    "AES256, dropping data encryption",
    { SSEAlgorithm: "AES256", KMSDataEncryption: "SM4" },
    { SSEAlgorithm: "AES256" },
  ],
  [
    "SM4, dropping data encryption",
    { SSEAlgorithm: "SM4", KMSDataEncryption: "SM4" },
    { SSEAlgorithm: "SM4" },
  ],
];

const malformed = ["MalformedXML", undefined] as const;
const refused: [title: string, sent: string, code: string, ec: string | undefined][] = [
  [
    "AES256 with a key",
    body({ SSEAlgorithm: "AES256", KMSMasterKeyID: key }),
    "InvalidArgument",
    "0005-00000204",
  ],
  ["SM4 with a key", body({ SSEAlgorithm: "SM4", KMSMasterKeyID: key }), "InvalidArgument", "0005-00000204"],
  ["an unknown algorithm", body({ SSEAlgorithm: "DES" }), "InvalidEncryptionAlgorithmError", "0005-00000003"],
  ["another case", body({ SSEAlgorithm: "aes256" }), "InvalidEncryptionAlgorithmError", "0005-00000003"],
  [
    "KMS with other data encryption",
    body({ SSEAlgorithm: "KMS", KMSDataEncryption: "AES256" }),
    "InvalidDataEncryptionAlgorithmError",
    "0005-00000203",
  ],
  ["an empty rule", "<ServerSideEncryptionRule/>", ...malformed],
  ["a rule without algorithm", body({}), ...malformed],
  ["broken XML", "<ServerSideEncryptionRule>", ...malformed],
  ["another root element", "<Rule/>", ...malformed],
  ["no body", " ", ...malformed],
];
const emulatorRefused: typeof refused = [
  ["a document type", `<!DOCTYPE a [<!ENTITY b "AES256">]>${body({ SSEAlgorithm: "&b;" })}`, ...malformed],
  ["an entity that nobody declared", body({ SSEAlgorithm: "&AES256;" }), ...malformed],
  ["one element twice", body({ SSEAlgorithm: "AES256" }).replace(/<SSE.*Algorithm>/, "$&$&"), ...malformed],
];

let target: Target;
before(async () => {
  target = await openTarget();
});
after(() => target.close());

describe("default encryption", mentionRealService);

for (const title of ways) {
  describe(`default encryption over ${title}`, () => {
    let client: AliOss;
    let bucket: string;

    before(async () => {
      const open = target.clients.get(title);
      assert(open);
      bucket = target.newName();
      const [create] = target.clients.values();
      await create?.(bucket).putBucket(bucket);
      client = open(bucket);
    });
    after(() => client.deleteBucket(bucket));

    const encryption = (method: string, content?: string): Promise<RawAnswer> =>
      client.request({
        method,
        bucket,
        subres: "encryption",
        mime: "xml",
        ...(content !== undefined && { content: Buffer.from(content) }),
      });
    const code = ({ data }: RawAnswer) => /<Code>(.*?)<\/Code>/.exec(data.toString())?.[1];

    const keeps = (rule: Rule) =>
      target.eventually(async () => {
        assert.deepStrictEqual((await client.getBucketEncryption(bucket)).encryption, rule);
      });

    for (const [what, sent, kept] of accepted) {
      it(`takes ${what}, overwriting what was there`, async () => {
        const put = await encryption("PUT", body(sent));
        assert.deepStrictEqual([put.status, put.data.toString()], [200, ""]);
        await keeps(kept);
      });
    }

    for (const [what, sent, expected, ec] of refused) {
      it(`refuses ${what} and keeps what was there`, async () => {
        await encryption("PUT", body({ SSEAlgorithm: "SM4" }));
        await keeps({ SSEAlgorithm: "SM4" });
        const put = await encryption("PUT", sent);
        assert.deepStrictEqual([put.status, code(put), put.headers["x-oss-ec"]], [400, expected, ec]);
        await keeps({ SSEAlgorithm: "SM4" });
      });
    }

    for (const [what, sent, expected] of emulatorRefused) {
      if (title === "the real service") continue; // not known of it
      it(`refuses ${what}`, async () => {
        const put = await encryption("PUT", sent);
        assert.deepStrictEqual([put.status, code(put)], [400, expected]);
      });
    }

    it("removes the rule, says that there is none, and removes it again", async () => {
      await encryption("PUT", body({ SSEAlgorithm: "AES256" }));
      const removed = await encryption("DELETE");
      assert.deepStrictEqual([removed.status, removed.data.toString()], [204, ""]);
      await target.eventually(async () => {
        const get = await encryption("GET");
        assert.deepStrictEqual([get.status, code(get)], [404, "NoSuchServerSideEncryptionRule"]);
        assert.equal(get.headers["x-oss-ec"], "0005-00000004");
      });
      assert.equal((await encryption("DELETE")).status, 204);
    });

    it("takes the elements in the order of the documentation, and whatever Content-Type there is", async () => {
      const inOrder = body({ SSEAlgorithm: "KMS" }).replace(
        "</SSEAlgorithm>",
        `$&${element("KMSDataEncryption", "SM4")}${element("KMSMasterKeyID", key)}`,
      );
      for (const [type, algorithm] of [
        ["text/plain; charset=utf-8", "KMS"],
        ["application/octet-stream", "SM4"],
      ] as const) {
        const put = await client.request({
          method: "PUT",
          bucket,
          subres: "encryption",
          headers: { "Content-Type": type },
          content: Buffer.from(algorithm === "KMS" ? inOrder : body({ SSEAlgorithm: algorithm })),
        });
        assert.equal(put.status, 200);
        const kms = { KMSDataEncryption: "SM4", KMSMasterKeyID: key };
        await keeps({ SSEAlgorithm: algorithm, ...(algorithm === "KMS" && kms) });
      }
    });

    it("carries OSS's headers in every answer", async () => {
      await encryption("PUT", body({ SSEAlgorithm: "AES256" }));
      await keeps({ SSEAlgorithm: "AES256" });
      const wrong = await encryption("PUT", "<wrong");
      for (const answer of [await encryption("GET"), wrong, await encryption("DELETE")]) {
        assert.equal(answer.headers.server, "AliyunOSS");
        assert.match(answer.headers["x-oss-request-id"] ?? "", /^[0-9A-F]{24}$/);
        assert.match(answer.headers["x-oss-server-time"] ?? "", /^\d+$/);
        assert(Math.abs(Date.parse(answer.headers.date ?? "") - Date.now()) < 600_000);
      }
      assert.equal(wrong.headers["content-type"], "application/xml");
    });

    it("refuses a body that Content-MD5 doesn't belong to", async () => {
      const put = await client.request({
        method: "PUT",
        bucket,
        subres: "encryption",
        mime: "xml",
        content: Buffer.from(body({ SSEAlgorithm: "AES256" })),
        headers: { "Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg==" },
      });
      assert.deepStrictEqual([put.status, code(put)], [400, "InvalidDigest"]);
    });

    it("shows the rule in GetBucketInfo, flat, with an empty key for OSS's own and None for none", async () => {
      const shows = (rule: Rule) =>
        target.eventually(async () => {
          assert.deepStrictEqual((await client.getBucketInfo(bucket)).bucket.ServerSideEncryptionRule, rule);
        });
      await encryption("PUT", body({ SSEAlgorithm: "KMS", KMSDataEncryption: "SM4" }));
      await shows({ SSEAlgorithm: "KMS", KMSMasterKeyID: "", KMSDataEncryption: "SM4" });
      await encryption("PUT", body({ SSEAlgorithm: "KMS", KMSMasterKeyID: key }));
      await shows({ SSEAlgorithm: "KMS", KMSMasterKeyID: key });
      await encryption("PUT", body({ SSEAlgorithm: "AES256", KMSDataEncryption: "SM4" }));
      await shows({ SSEAlgorithm: "AES256" });
      await encryption("DELETE");
      await shows({ SSEAlgorithm: "None" });
    });

    for (const method of ["PUT", "GET", "DELETE"]) {
      if (title.includes("custom domain")) continue; // its host name stands for the bucket
      it(`answers ${method} for a bucket that isn't there with NoSuchBucket`, async () => {
        const content = method === "PUT" ? Buffer.from(body({ SSEAlgorithm: "AES256" })) : undefined;
        const asked = { method, bucket: target.newName(), subres: "encryption", ...(content && { content }) };
        const answer = await client.request(asked);
        assert.deepStrictEqual(
          [answer.status, code(answer), answer.headers["x-oss-ec"]],
          [404, "NoSuchBucket", "0015-00000101"],
        );
      });
    }
  });
}
