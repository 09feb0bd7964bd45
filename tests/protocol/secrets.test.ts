import assert from "node:assert/strict";
import { startEmulator } from "oss-emulator";
import { accessTo } from "../../tools/emulator-access";
import { startProvider } from "../support/provider-process";
import { VerbError, type Props } from "../support/verbs";
import { declared, describeForms } from "./with-provider";

describeForms("a secret", (form) => {
  const keyId = "very-secret-cmk-id";
  const accessKeySecret = "very-secret-access-key";
  const securityToken = "very-secret-token";
  const account = { id: "1", accessKeyId: "LTAI-1", accessKeySecret, securityToken };

  /**
   * Runs every verb, with and without faults, and returns all that the process let out apart from the properties
   * themselves: the engine hands secret inputs over in the clear, and marks the outputs of the same name secret.
   */
  async function everythingSaid(): Promise<string> {
    await using emulator = await startEmulator({ accounts: [account] });
    const config = {
      "alicloud:accessKey": account.accessKeyId,
      "alicloud:secretKey": accessKeySecret,
      "alicloud:securityToken": securityToken,
      "alicloud:maxRetryTimeout": "1",
    };
    const { OSS_ENDPOINT = "", OSS_REGION = "" } = accessTo(emulator);
    await using provider = await startProvider({ form, config, env: { OSS_ENDPOINT, OSS_REGION } });
    const said: unknown[] = [];
    const hear = async (verb: Promise<unknown>) => {
      try {
        said.push(((await verb) as { failures?: unknown } | undefined)?.failures);
      } catch (error) {
        assert.ok(error instanceof VerbError);
        said.push(error.message, error.pending?.reasons);
      }
    };

    const kms = { SSEAlgorithm: "KMS", KMSMasterKeyID: keyId } as const;
    const secret: Props = { sseAlgorithm: "KMS", kmsMasterKeyId: keyId };
    const faults = [
      {},
      { answer: { code: "AccessDenied" } },
      { answer: { code: "InvalidAccessKeyId" } },
      { answer: { code: "SignatureDoesNotMatch" } },
      { answer: { code: "SecurityTokenExpired" } },
      { answer: { body: "<html/>" } },
      { answer: { status: 404 } },
    ];
    for (const [at, fault] of faults.entries()) {
      const bucket = `secrets-${at}`;
      emulator.createBucket(bucket, { encryption: kms });
      const news = declared(bucket, { ...secret, kmsDataEncryption: "SM4" });
      await hear(provider.delete(bucket, declared(bucket, secret)));
      emulator.setEncryption(bucket, kms);
      if (Object.keys(fault).length > 0) emulator.fault({ ...fault, bucket, times: Infinity });
      await hear(provider.delete(bucket, news));
      emulator.setEncryption(bucket, kms);
      await hear(provider.check({}, news));
      await hear(provider.create(news));
      await hear(provider.read(bucket, news));
      await hear(provider.update(bucket, declared(bucket, secret), news));
      await hear(provider.check({}, { ...news, __import: bucket }));
      await hear(provider.check({}, { ...news, kmsMasterKeyId: `${keyId} ` }));
      await hear(provider.check({}, { ...news, sseAlgorithm: "AES256" }));
      await hear(
        provider.check(
          {},
          declared(bucket, { bucket: keyId.toUpperCase(), region: keyId, connection: keyId }),
        ),
      );
    }
    await provider.stop();
    return JSON.stringify([said, provider.lines]);
  }

  it("a key of the state is in no line where its resource is replaced, although the engine then checks without the state", async () => {
    await using emulator = await startEmulator();
    emulator.createBucket("payroll", { encryption: { SSEAlgorithm: "KMS", KMSMasterKeyID: keyId } });
    await using provider = await startProvider({ form, env: accessTo(emulator) });
    const [olds, news] = [keyId, "next-cmk-id"].map((kmsMasterKeyId) =>
      declared("payroll", { sseAlgorithm: "KMS", kmsMasterKeyId }),
    ) as [Props, Props];
    await provider.check(olds, news);
    const { inputs } = await provider.check({}, news);
    await provider.create(inputs);
    await provider.stop();
    assert.deepStrictEqual(provider.lines, [
      "bucket payroll: its default rule KMS with the CMK it names is replaced by the same with another CMK",
    ]);
  });

  it("a secret is in no message and no line of output, whatever fails", async () => {
    const said = await everythingSaid();
    assert.match(said, /is replaced by KMS with the CMK it names, data SM4/);
    assert.match(said, /default rule removed \(was KMS with the CMK it names\)/);
    assert.match(said, /403 SignatureDoesNotMatch/);
    for (const secret of [keyId, accessKeySecret, securityToken]) {
      assert.equal(said.includes(secret) && secret, false);
    }
  });
});
