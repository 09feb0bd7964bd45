import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { EncryptionRule } from "../../provider/src/rule/rule";

/** The three operations on a bucket's default rule, whatever carries them to OSS. */
export interface RuleOperations {
  get(bucket: string): Promise<EncryptionRule | undefined>;
  put(bucket: string, rule: EncryptionRule): Promise<void>;
  delete(bucket: string): Promise<void>;
}

const keyId = "9468da86-3509-4f8d-a61e-6eab1eac1f8b";

/** Every combination that OSS has. */
export const rules: Record<string, EncryptionRule> = {
  AES256: { sseAlgorithm: "AES256" },
  SM4: { sseAlgorithm: "SM4" },
  KMS: { sseAlgorithm: "KMS" },
  "KMS with a key": { sseAlgorithm: "KMS", kmsMasterKeyId: keyId },
  "KMS with SM4 data": { sseAlgorithm: "KMS", kmsDataEncryption: "SM4" },
  "KMS with a key and SM4 data": { sseAlgorithm: "KMS", kmsMasterKeyId: keyId, kmsDataEncryption: "SM4" },
};

/** Repeats a check for a minute: real OSS is eventually consistent, and a read right after a write may show what was before it. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(500);
    }
  }
}

/** What OSS and a client of it owe each other. The bucket may have any rule before, and has another one afterwards. */
export function ruleContract(
  open: () => RuleOperations,
  bucket: string,
  checked: typeof eventually = (check) => check(),
): void {
  const shows = (expected: EncryptionRule | undefined) =>
    checked(async () => assert.deepStrictEqual(await open().get(bucket), expected));

  for (const [name, rule] of Object.entries(rules)) {
    it(`returns ${name} as it was put, with nothing left of an earlier rule`, async () => {
      await open().put(bucket, rule);
      await shows(rule);
    });
  }

  it("has no rule after delete, and takes a delete of nothing", async () => {
    await open().put(bucket, { sseAlgorithm: "AES256" });
    await open().delete(bucket);
    await shows(undefined);
    await open().delete(bucket);
  });
}
