import assert from "node:assert/strict";
import { startEmulator, type Emulator, type EncryptionRule } from "oss-emulator";
import type { AuditedBucket, Status } from "../../cli/src/commands/audit/audit";
import { accessTo } from "../../tools/emulator-access";
import { ossEncryption } from "../support/oss-encryption";

const requirements = ["declared", "kms", "customer-managed-key", "SM4", "AES256,KMS"] as const;
type Verdicts = [declared: Status, kms: Status, ownKey: Status, sm4: Status, aesOrKms: Status];

const [yes, no] = ["fulfilled", "unfulfilled"] as const;
const lost = "unreadable";
const unusable = "keyUnusable";
const kms = (KMSMasterKeyID?: string, more: Partial<EncryptionRule> = {}): EncryptionRule => ({
  SSEAlgorithm: "KMS",
  ...(KMSMasterKeyID ? { KMSMasterKeyID } : {}),
  ...more,
});
const data = { KMSDataEncryption: "SM4" } as const;

/** What each kind of bucket is by each requirement, written down by hand. */
const table: Record<string, { rule?: EncryptionRule; isDenied?: true; verdicts: Verdicts }> = {
  none: { verdicts: [no, no, no, no, no] },
  aes: { rule: { SSEAlgorithm: "AES256" }, verdicts: [yes, no, no, no, yes] },
  sm4: { rule: { SSEAlgorithm: "SM4" }, verdicts: [yes, no, no, yes, no] },
  kms: { rule: kms(), verdicts: [yes, yes, no, no, yes] },
  kmssm4: { rule: kms(undefined, data), verdicts: [yes, yes, no, no, yes] },
  cmk: { rule: kms("enabled"), verdicts: [yes, yes, yes, no, yes] },
  cmksm4: { rule: kms("enabled", data), verdicts: [yes, yes, yes, no, yes] },
  off: { rule: kms("disabled"), verdicts: [unusable, unusable, unusable, no, unusable] },
  absent: { rule: kms("absent"), verdicts: [unusable, unusable, unusable, no, unusable] },
  denied: { rule: kms("enabled"), isDenied: true, verdicts: [lost, lost, lost, lost, lost] },
};
const kinds = Object.keys(table);
const regions = ["cn-hangzhou", "cn-shanghai", "eu-central-1", "us-west-1"];
const count = 340;

describe("an audit of 340 buckets of every kind", () => {
  let emulator: Emulator;
  before(async () => {
    const deny = {
      Effect: "Deny",
      Action: "oss:GetBucketEncryption",
      Resource: "acs:oss:*:*:denied-*",
    } as const;
    const policy = { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }, deny] } as const;
    const user = { id: "1234567890123456", accessKeyId: "user-key", accessKeySecret: "user-secret", policy };
    emulator = await startEmulator({ accounts: [user], keys: ["enabled"] });
    emulator.setKey("disabled", "Disabled");
    for (let n = 0; n < count; n++) {
      const kind = kinds[n % kinds.length] ?? "";
      const { rule } = table[kind] ?? {};
      const region = regions[n % regions.length] ?? "";
      emulator.createBucket(`${kind}-${n}`, { region, ...(rule ? { encryption: rule } : {}) });
    }
  });
  after(() => emulator.close());

  requirements.forEach((requirement, column) => {
    it(`says of each exactly what it is, where ${requirement} is required`, async () => {
      const { code, stdout } = await ossEncryption(["audit", "--json", "--require", requirement], {
        env: { PATH: process.env.PATH, ...accessTo(emulator) },
      });
      const { buckets, counts, coverage } = JSON.parse(stdout) as {
        buckets: AuditedBucket[];
        counts: Record<string, number>;
        coverage: number;
      };
      assert.equal(code, 2);
      assert.equal(new Set(buckets.map(({ bucket }) => bucket)).size, count);
      const wrong = buckets.filter(({ bucket, status, region }) => {
        const [kind = "", n = ""] = bucket.split("-");
        const isThere = status === "unreadable" || region === regions[Number(n) % regions.length];
        return status !== table[kind]?.verdicts[column] || !isThere;
      });
      assert.deepEqual(wrong, []);
      const fulfilled = kinds.filter((kind) => table[kind]?.verdicts[column] === yes).length;
      assert.deepEqual(
        [counts.fulfilled, coverage],
        [(fulfilled * count) / kinds.length, (100 * fulfilled) / kinds.length],
      );
    });
  });
});
