import assert from "node:assert/strict";
import fc from "fast-check";
import { ruleFailures } from "../../provider/src/rule/rule";
import { decodeError, decodeRule, encodeRule } from "../../provider/src/oss/wire";
import { UnexpectedBodyError } from "../../provider/src/oss/xml";

const rule = (inside: string) =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><ServerSideEncryptionRule>${inside}</ServerSideEncryptionRule>`,
  );
const applied = (inside: string) =>
  rule(`<ApplyServerSideEncryptionByDefault>${inside}</ApplyServerSideEncryptionByDefault>`);

describe("wire", () => {
  it("writes the document that OSS documents", () => {
    const body = encodeRule({
      sseAlgorithm: "KMS",
      kmsMasterKeyId: "k",
      kmsDataEncryption: "SM4",
    }).toString();
    assert.equal(
      body,
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault>' +
        "<SSEAlgorithm>KMS</SSEAlgorithm><KMSDataEncryption>SM4</KMSDataEncryption><KMSMasterKeyID>k</KMSMasterKeyID>" +
        "</ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>",
    );
  });

  it("reads back every rule that may be declared, whatever its key id", async () => {
    const plain = { noNullPrototype: true };
    const keys = fc.oneof(
      fc.string({ unit: "binary", minLength: 1 }),
      fc.constantFrom(`<&>"'`, "]]>", "&amp;", "é中文😀", "-->", "<SSEAlgorithm>AES256</SSEAlgorithm>"),
    );
    const rules = fc.oneof(
      fc.record({ sseAlgorithm: fc.constantFrom("AES256", "SM4") }, plain),
      fc.record(
        { sseAlgorithm: fc.constant("KMS"), kmsMasterKeyId: keys, kmsDataEncryption: fc.constant("SM4") },
        { ...plain, requiredKeys: ["sseAlgorithm"] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        rules.filter((rule) => ruleFailures(rule).length === 0),
        async (rule) => assert.deepEqual(await decodeRule(encodeRule(rule)), rule),
      ),
    );
  });

  it("reads elements in any order, and empty ones as absent", async () => {
    const body = applied(
      "<KMSMasterKeyID></KMSMasterKeyID><KMSDataEncryption>SM4</KMSDataEncryption><SSEAlgorithm>KMS</SSEAlgorithm>",
    );
    assert.deepEqual(await decodeRule(body), { sseAlgorithm: "KMS", kmsDataEncryption: "SM4" });
  });

  const senseless: [string, Buffer, string][] = [
    ["nothing", Buffer.alloc(0), "an empty body"],
    ["white space", Buffer.from(" \n"), "an empty body"],
    ["text", Buffer.from("Bad gateway"), "a body that is not well-formed XML"],
    ["a comment alone", Buffer.from("<!-- down -->"), "a body that is not a <ServerSideEncryptionRule>"],
    ["truncated XML", rule("").subarray(0, 60), "a body that is not well-formed XML"],
    [
      "another root",
      Buffer.from("<html><body>Sign in</body></html>"),
      "a body that is not a <ServerSideEncryptionRule>",
    ],
    ["an empty root", rule(""), "a body that is not a <ServerSideEncryptionRule>"],
    [
      "a rule without its middle",
      rule("<SSEAlgorithm>KMS</SSEAlgorithm>"),
      "a rule without ApplyServerSideEncryptionByDefault",
    ],
    [
      "a rule without algorithm",
      applied("<KMSMasterKeyID>k</KMSMasterKeyID>"),
      "a rule without SSEAlgorithm",
    ],
    [
      "two algorithms",
      applied("<SSEAlgorithm>KMS</SSEAlgorithm><SSEAlgorithm>SM4</SSEAlgorithm>"),
      "a SSEAlgorithm that is not plain text",
    ],
    [
      "nesting in a leaf",
      applied("<SSEAlgorithm><b>KMS</b></SSEAlgorithm>"),
      "a SSEAlgorithm that is not plain text",
    ],
    [
      "entities",
      Buffer.concat([
        Buffer.from(`<!DOCTYPE r [<!ENTITY e "KMS">]>`),
        applied("<SSEAlgorithm>&e;</SSEAlgorithm>"),
      ]),
      "a document type declaration, which is refused",
    ],
  ];
  for (const [name, body, message] of senseless) {
    it(`refuses ${name} for a rule`, () =>
      assert.rejects(decodeRule(body), new UnexpectedBodyError(message)));
  }

  it("reads an error of OSS, with what is useful of it", async () => {
    const body = Buffer.from(
      "<Error><Code>AccessDenied</Code><Message>No &amp; no.</Message><RequestId>5C</RequestId><HostId>h</HostId>" +
        "<Endpoint>oss-cn-shanghai.aliyuncs.com</Endpoint><EC>0003-00001403</EC></Error>",
    );
    assert.deepEqual(await decodeError(body), {
      code: "AccessDenied",
      message: "No & no.",
      requestId: "5C",
      ec: "0003-00001403",
      endpoint: "oss-cn-shanghai.aliyuncs.com",
    });
    await assert.rejects(
      decodeError(Buffer.from("<Error><Message>m</Message></Error>")),
      new UnexpectedBodyError("an error without Code"),
    );
  });
});
