import assert from "node:assert/strict";
import { PolicyHost } from "./policy-host";
import {
  bucket,
  encryption,
  native,
  other,
  peer,
  secret,
  unknown,
  type WireProps,
  type WireResource,
} from "./wire";

const key = "9468da86-3509-4f8d-a61e-6eab1eac1f8b";
const compliant = { bucket: "logs-prod", sseAlgorithm: "KMS", kmsMasterKeyId: key };

/** The ways to declare a rule, and how messages call its properties. */
const carriers: [title: string, path: string, carry: (rule: WireProps) => WireResource][] = [
  ["our resource", "%s of BucketEncryption", (rule) => encryption("logs", rule)],
  ["our resource behind the plugin", "%s of BucketEncryption", (rule) => native("logs", rule)],
  ["the peer's resource", "%s of BucketServerSideEncryption", (rule) => peer("logs", rule)],
  [
    "an inline rule",
    "serverSideEncryptionRule.%s of Bucket",
    ({ bucket: name, ...rule }) => bucket("logs", { bucket: name ?? null, serverSideEncryptionRule: rule }),
  ],
];

const undecided = (rule: string, asks: string) => (lines: string[]) => {
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? "",
    new RegExp(
      `^${rule} logs advisory: The update will check this: whether the rule of \\w+ "logs" ${asks} depends`,
    ),
  );
};

describe("policy rules on each encryption rule", () => {
  let host: PolicyHost;
  before(async () => {
    host = await PolicyHost.start();
  });
  after(() => host[Symbol.asyncDispose]());

  for (const [title, path, carry] of carriers) {
    const of = (property: string) => `${path.replace("%s", property)} "logs"`;

    describe(`for ${title}`, () => {
      const judging = (rule: string) => async (change: WireProps) =>
        (await host.judge([carry({ ...compliant, ...change })])).filter((line) =>
          line.startsWith(`${rule} `),
        );

      it("kms takes KMS alone", async () => {
        await host.configure({ "oss-bucket-encryption-kms": { enforcementLevel: "mandatory" } });
        const judge = judging("kms");
        const weak = `kms logs mandatory: Set ${of("sseAlgorithm")} to "KMS": its rule uses a key that OSS manages.`;
        assert.deepEqual(await judge({}), []);
        assert.deepEqual(await judge({ sseAlgorithm: "AES256" }), [weak]);
        assert.deepEqual(await judge({ sseAlgorithm: "SM4" }), [weak]);
        undecided("kms", "uses KMS")(await judge({ sseAlgorithm: unknown }));
      });

      it("customer-managed-key takes KMS with a key, and with keyIds only with one of those", async () => {
        const rule = "oss-bucket-encryption-customer-managed-key";
        const judge = judging("customer-managed-key");
        const weak = [
          `customer-managed-key logs mandatory: Set ${of("kmsMasterKeyId")} to the id of a key that this policy accepts, with algorithm KMS: its rule does not use one.`,
        ];
        await host.configure({ [rule]: { enforcementLevel: "mandatory" } });
        assert.deepEqual(await judge({}), []);
        assert.deepEqual(await judge({ kmsMasterKeyId: "" }), weak);
        assert.deepEqual(await judge({ sseAlgorithm: "AES256" }), weak);
        assert.deepEqual(await judge({ sseAlgorithm: unknown, kmsMasterKeyId: null }), weak);
        undecided(
          "customer-managed-key",
          "uses a customer managed key",
        )(await judge({ kmsMasterKeyId: unknown }));

        await host.configure({ [rule]: { enforcementLevel: "mandatory", keyIds: ["another", key] } });
        assert.deepEqual(await judge({}), []);
        assert.deepEqual(await judge({ kmsMasterKeyId: "a-third" }), weak);
        undecided(
          "customer-managed-key",
          "uses a customer managed key",
        )(await judge({ kmsMasterKeyId: "[secret]" }));
      });

      it("allowed-algorithms takes the listed ones, the data's with KMS only", async () => {
        const judge = judging("allowed-algorithms");
        const weak = [
          `allowed-algorithms logs mandatory: Change ${of("sseAlgorithm or kmsDataEncryption")} to an algorithm that this policy allows: its rule uses another one.`,
        ];
        await host.configure({
          "oss-bucket-encryption-allowed-algorithms": {
            enforcementLevel: "mandatory",
            algorithms: ["KMS", "SM4"],
            dataAlgorithms: ["SM4"],
          },
        });
        assert.deepEqual(await judge({ kmsDataEncryption: "SM4" }), []);
        assert.deepEqual(await judge({ sseAlgorithm: "SM4" }), []);
        assert.deepEqual(await judge({}), weak);
        assert.deepEqual(await judge({ sseAlgorithm: "AES256" }), weak);
        undecided(
          "allowed-algorithms",
          "uses an allowed algorithm",
        )(await judge({ kmsDataEncryption: unknown }));
        undecided("allowed-algorithms", "uses an allowed algorithm")(await judge({ sseAlgorithm: unknown }));
      });
    });
  }

  describe("for an inline rule that its Bucket ignores changes of", () => {
    const inline = bucket("logs", {
      bucket: "logs-prod",
      serverSideEncryptionRule: { sseAlgorithm: "AES256" },
    });
    const left = { ...inline, ignoreChanges: ["serverSideEncryptionRule"] };
    const judge = async (...resources: WireResource[]) => {
      await host.configure({ "oss-bucket-encryption-kms": { enforcementLevel: "mandatory" } });
      return (await host.judge(resources))
        .filter((line) => line.startsWith("kms "))
        .map((line) => line.split(":")[0]);
    };

    it("judges it, unless another resource declares the bucket's rule", async () => {
      assert.deepEqual(await judge(left), ["kms logs mandatory"]);
      assert.deepEqual(await judge(left, encryption("enc", { ...compliant, bucket: "data-prod" })), [
        "kms logs mandatory",
      ]);
      assert.deepEqual(await judge(left, encryption("enc", compliant)), []);
      assert.deepEqual(await judge(left, peer("enc", compliant)), []);
      assert.deepEqual(await judge(inline, encryption("enc", compliant)), ["kms logs mandatory"]);
    });

    it("waits where another resource may declare it", async () => {
      const open = encryption("open", { ...compliant, bucket: unknown });
      assert.deepEqual(await judge(left, open), ["kms logs advisory"]);
    });
  });

  describe("remediating", () => {
    const levels = {
      "oss-bucket-encryption-kms": { enforcementLevel: "remediate" as const },
      "oss-bucket-encryption-customer-managed-key": { enforcementLevel: "remediate" as const, keyId: key },
    };
    const asKms = { "oss-bucket-encryption-kms": levels["oss-bucket-encryption-kms"] };
    const weak = { bucket: "logs-prod", sseAlgorithm: "AES256" };

    it("sets KMS in place, for whoever declares the rule", async () => {
      await host.configure(asKms);
      for (const [, , carry] of carriers) {
        assert.deepEqual(await host.remediate(carry(weak)), carry({ ...weak, sseAlgorithm: "KMS" }).inputs);
      }
    });

    it("sets the configured key, and KMS with it", async () => {
      await host.configure(levels);
      for (const [, , carry] of carriers) {
        assert.deepEqual(await host.remediate(carry(weak)), carry(compliant).inputs);
      }
    });

    it("keeps unknowns, secrets and the code of the resource", async () => {
      await host.configure(asKms);
      const inputs = {
        ...weak,
        bucket: unknown,
        sseAlgorithm: secret("AES256"),
        kmsMasterKeyId: secret("key-1"),
        region: unknown,
        __provider: "exports.handler = 1",
      };
      assert.deepEqual(await host.remediate(encryption("logs", inputs)), {
        ...inputs,
        sseAlgorithm: secret("KMS"),
      });
    });

    it("touches nothing that is right, not known, left to others or out of scope", async () => {
      await host.configure(asKms);
      assert.equal(await host.remediate(encryption("logs", compliant)), undefined);
      assert.equal(await host.remediate(encryption("logs", { ...weak, sseAlgorithm: unknown })), undefined);
      assert.equal(await host.remediate(bucket("logs", { bucket: "logs-prod" })), undefined);
      assert.equal(await host.remediate(other("logs", weak)), undefined);
      const inline = bucket("logs", { serverSideEncryptionRule: { sseAlgorithm: "AES256" } });
      const left = { ...inline, ignoreChanges: ["serverSideEncryptionRule"] };
      assert.equal(await host.remediate(left), undefined);
      await host.configure({
        "oss-bucket-encryption-kms": { enforcementLevel: "remediate", excludeBuckets: ["logs-*"] },
      });
      assert.equal(await host.remediate(encryption("logs", weak)), undefined);
    });
  });

  it("goes on with the other resources where one value is unknown, and repeats no value", async () => {
    await host.configure({
      "oss-bucket-encryption-customer-managed-key": { enforcementLevel: "mandatory", keyIds: ["x"] },
    });
    const judged = await host.judge([
      encryption("first", { ...compliant, bucket: unknown, kmsMasterKeyId: unknown }),
      encryption("second", { ...compliant, bucket: "bucket-2", kmsMasterKeyId: "key-2" }),
      encryption("third", { ...compliant, bucket: "bucket-3", kmsMasterKeyId: "key-3" }),
    ]);
    const lines = judged.filter((line) => line.startsWith("customer-managed-key "));
    assert.deepEqual(
      lines.map((line) => line.split(":")[0]),
      [
        "customer-managed-key second mandatory",
        "customer-managed-key third mandatory",
        "customer-managed-key first advisory",
      ],
    );
    assert.doesNotMatch(judged.join("\n"), /key-\d|bucket-\d/);
  });

  it("leave out a resource that is only read, of which an analysed state has not the required inputs", async () => {
    await host.configure({
      "oss-bucket-encryption-kms": { enforcementLevel: "mandatory" },
      "oss-bucket-encryption-protected": { enforcementLevel: "mandatory" },
    });
    const outputs = { bucket: "logs-prod", sseAlgorithm: "AES256" };
    const managed = { ...encryption("managed", compliant), protect: true };
    assert.deepEqual(
      await host.judge([encryption("read", { connection: "emulator" }, { outputs }), managed]),
      [],
    );
  });

  it("protected asks our resource for protect", async () => {
    await host.configure({ "oss-bucket-encryption-protected": { enforcementLevel: "mandatory" } });
    assert.deepEqual(await host.judge([{ ...encryption("logs", compliant), protect: true }]), []);
    assert.deepEqual(
      await host.judge([encryption("logs", compliant), peer("data", { ...compliant, bucket: "data" })]),
      [
        `protected logs mandatory: Add { protect: true } to the options of BucketEncryption "logs": removing it would remove the bucket's default encryption.`,
      ],
    );
  });
});
