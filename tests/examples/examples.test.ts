import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startEmulator, type Emulator, type EncryptionRule } from "oss-emulator";
import { describeWithEngine, skipWithoutYaml } from "../support/with-engine";
import { exampleFiles, exampleNames, exampleProject, examplesFolder } from "../support/example";

const key = "9468da86-3509-4f8d-a61e-6eab1eac1f8b";

interface Run {
  config?: Record<string, unknown>;
  /** Stack config that is encrypted. */
  secrets?: Record<string, string>;
  /** Buckets that exist before, where they aren't just private ones in cn-hangzhou. */
  buckets?: Record<string, { region?: string; account?: string; encryption?: EncryptionRule }>;
  /** Default rules that `up` leaves, by bucket. */
  rules: Record<string, EncryptionRule>;
}

/** What each example is given, and what it makes of the buckets. */
const runs: Record<string, Run> = {
  aes256: {
    config: { "aes256:bucket": "aes256-logs" },
    rules: { "aes256-logs": { SSEAlgorithm: "AES256" } },
  },
  "kms-default-key": {
    config: { "kms-default-key:bucket": "default-key" },
    rules: { "default-key": { SSEAlgorithm: "KMS" } },
  },
  "kms-customer-key": {
    config: { "kms-customer-key:bucket": "customer-key", "kms-customer-key:kmsMasterKeyId": key },
    rules: { "customer-key": { SSEAlgorithm: "KMS", KMSMasterKeyID: key } },
  },
  sm4: {
    config: { "sm4:ossManaged": "sm4-oss", "sm4:kmsManaged": "sm4-kms" },
    rules: {
      "sm4-oss": { SSEAlgorithm: "SM4" },
      "sm4-kms": { SSEAlgorithm: "KMS", KMSDataEncryption: "SM4" },
    },
  },
  // Its Pulumi.yaml has the rules.
  "many-buckets": {
    rules: {
      "example-logs": { SSEAlgorithm: "AES256" },
      "example-documents": { SSEAlgorithm: "KMS" },
      "example-payroll": { SSEAlgorithm: "KMS", KMSMasterKeyID: key },
    },
  },
  "multi-region-accounts": {
    buckets: {
      "example-logs-eu": { region: "eu-central-1" },
      "example-payroll": { region: "cn-shanghai", account: "2222222222222222" },
    },
    rules: {
      "example-logs": { SSEAlgorithm: "AES256" },
      "example-logs-eu": { SSEAlgorithm: "AES256" },
      "example-payroll": { SSEAlgorithm: "KMS" },
    },
  },
  yaml: {
    secrets: { "yaml:financeAccessKey": "two", "yaml:financeSecretKey": "two-secret" },
    buckets: {
      "example-payroll": { region: "cn-shanghai", account: "2222222222222222" },
      "example-invoices": { encryption: { SSEAlgorithm: "SM4" } },
    },
    rules: {
      "example-logs": { SSEAlgorithm: "AES256" },
      "example-payroll": { SSEAlgorithm: "KMS" },
      "example-invoices": { SSEAlgorithm: "SM4" },
    },
  },
  "adopt-existing": {
    config: { "adopt-existing:bucket": "archive" },
    buckets: { archive: { encryption: { SSEAlgorithm: "SM4" } } },
    rules: { archive: { SSEAlgorithm: "SM4" } },
  },
};

/** Examples with a test file of their own. */
const elsewhere = [
  "automation-api",
  "encrypted-bucket-component",
  "go",
  "policy-gate",
  "with-alicloud-bucket",
];

/** Examples for other languages than TypeScript, by the file that begins with a sentence. */
const inOtherLanguages: Record<string, string> = { yaml: "Pulumi.yaml", go: "main.go" };

describe("the examples", () => {
  it("every example is run", () => {
    assert.deepEqual([...Object.keys(runs), ...elsewhere].sort(), exampleNames());
  });

  it("every example is in both lists: with the sentence that it begins with, and with a question", () => {
    const page = readFileSync(join(examplesFolder, "README.md"), "utf8");
    const listed = [...page.matchAll(/^\| \[(.*?)\].*? \| (.*?) *\|$/gm)].map(([, name, text]) => [
      name,
      text,
    ]);
    const opening = exampleNames().map((name) => [
      name,
      /^(?:\/\/|#) ([A-Z].*\.)\n(?!\/\/|#)/.exec(
        exampleFiles(name)[inOtherLanguages[name] ?? "index.ts"] ?? "",
      )?.[1],
    ]);
    assert.deepEqual(Object.fromEntries(listed), Object.fromEntries(opening));
    const asked = [...page.matchAll(/^- [A-Z].*\? \[(.*?)\]/gm)].map(([, name]) => name);
    assert.deepEqual(asked.sort(), exampleNames());
  });

  for (const name of exampleNames().filter((one) => !(one in inOtherLanguages))) {
    it(`${name} is a whole project: it depends on what it imports, and needs nothing from outside its folder`, () => {
      const files = exampleFiles(name);
      const { dependencies = {} } = JSON.parse(files["package.json"] ?? "") as {
        dependencies?: Record<string, string>;
      };
      assert.match(files["Pulumi.yaml"] ?? "", /^name: /m);
      const imported = Object.entries(files)
        .filter(([path]) => path.endsWith(".ts"))
        .flatMap(([, text]) =>
          [...text.matchAll(/ from "((?:@[^/"]+\/)?[^/"]+)/g)].map(([, from = ""]) => from),
        );
      const missing = imported.filter((from) => !(from in dependencies) && !/^(node:|\.$)/.test(from));
      assert.deepEqual(missing, []);
      const outside = Object.entries(files).filter(
        ([path, text]) => path.endsWith(".ts") && text.includes('from "..'),
      );
      assert.deepEqual(outside, []);
    });
  }
});

describeWithEngine("an example", (engine) => {
  for (const [name, { config, secrets = {}, buckets = {}, rules }] of Object.entries(runs)) {
    it(`sets the rules that ${name} declares`, async function () {
      if (name === "yaml") skipWithoutYaml(this, engine());
      await using emulator = await startEmulator({
        accounts: [
          { id: "1111111111111111", accessKeyId: "one", accessKeySecret: "one-secret" },
          { id: "2222222222222222", accessKeyId: "two", accessKeySecret: "two-secret" },
        ],
      });
      for (const bucket of Object.keys(rules)) emulator.createBucket(bucket, buckets[bucket]);
      await using project = await exampleProject(name, { engine: engine(), emulator, config });
      for (const [key, value] of Object.entries(secrets)) {
        const { code, stderr } = await project.pulumi(["config", "set", "--secret", key, value]);
        assert.equal(code, 0, stderr);
      }
      const up = await project.up();
      assert.equal(up.code, 0, up.stdout + up.stderr);
      assert.deepEqual(rulesOf(emulator), rules);
    });
  }
});

function rulesOf(emulator: Emulator): Record<string, EncryptionRule | undefined> {
  return Object.fromEntries(emulator.buckets.map((bucket) => [bucket, emulator.encryption(bucket)]));
}
