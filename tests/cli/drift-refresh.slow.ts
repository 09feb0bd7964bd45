import assert from "node:assert/strict";
import type { Emulator } from "oss-emulator";
import { EncryptionStack } from "../support/encryption-stack";
import { succeeds } from "../support/outcome";
import { describeWithEngine } from "../support/with-engine";
import { writeProgram } from "../support/written-program";
import { driftOf } from "./drift-stack";
import { answers, change, nameIn, previewOnly } from "./refresh-answers";

interface Case {
  /** Arguments besides the bucket, which has the case's name. */
  args: string;
  opts?: string;
  /** What is done outside after `up`. */
  outside?: (emulator: Emulator, bucket: string) => void;
  drift: object;
  /** What the engine says, with the properties that it names. */
  refresh: string;
}

const toSm4: Pick<Case, "args" | "outside" | "drift" | "refresh"> = {
  args: `sseAlgorithm: "AES256"`,
  outside: (emulator, bucket) => emulator.setEncryption(bucket, { SSEAlgorithm: "SM4" }),
  drift: { status: "changed", changes: [change("sseAlgorithm", "AES256", "SM4")] },
  refresh: "update sseAlgorithm",
};
const toKey2: Pick<Case, "args" | "outside"> = {
  args: `sseAlgorithm: "KMS", kmsMasterKeyId: "key-1"`,
  outside: (emulator, bucket) =>
    emulator.setEncryption(bucket, { SSEAlgorithm: "KMS", KMSMasterKeyID: "key-2" }),
};
const keyChange = change("kmsMasterKeyId", "key-1", "key-2");
const withoutRule = { status: "removed", changes: [change("sseAlgorithm", "AES256", null)] };

const cases: Record<string, Case> = {
  equal: { args: `sseAlgorithm: "AES256"`, drift: { status: "same" }, refresh: "same" },
  algorithm: toSm4,
  "key-id": {
    ...toKey2,
    drift: { status: "changed", changes: [keyChange] },
    refresh: "update kmsMasterKeyId",
  },
  "secret-key-id": {
    ...toKey2,
    args: `sseAlgorithm: "KMS", kmsMasterKeyId: pulumi.secret("key-1")`,
    drift: { status: "changed", changes: [change("kmsMasterKeyId", "[secret]", "[secret]")] },
    refresh: "update kmsMasterKeyId",
  },
  "secret-and-equal": {
    args: `sseAlgorithm: "KMS", kmsMasterKeyId: pulumi.secret("key-1")`,
    drift: { status: "same" },
    refresh: "same",
  },
  data: {
    args: `sseAlgorithm: "KMS", kmsDataEncryption: "SM4"`,
    outside: (emulator, bucket) => emulator.setEncryption(bucket, { SSEAlgorithm: "KMS" }),
    drift: { status: "changed", changes: [change("kmsDataEncryption", "SM4", null)] },
    refresh: "update kmsDataEncryption",
  },
  everything: {
    args: `sseAlgorithm: "KMS", kmsMasterKeyId: "key-1", kmsDataEncryption: "SM4"`,
    outside: (emulator, bucket) => emulator.setEncryption(bucket, { SSEAlgorithm: "AES256" }),
    drift: {
      status: "changed",
      changes: [
        change("sseAlgorithm", "KMS", "AES256"),
        change("kmsMasterKeyId", "key-1", null),
        change("kmsDataEncryption", "SM4", null),
      ],
    },
    refresh: "update kmsDataEncryption,kmsMasterKeyId,sseAlgorithm",
  },
  removed: {
    args: `sseAlgorithm: "AES256"`,
    outside: (emulator, bucket) => emulator.setEncryption(bucket, undefined),
    drift: withoutRule,
    refresh: "delete",
  },
  "no-bucket": {
    args: `sseAlgorithm: "AES256"`,
    outside: (emulator, bucket) => emulator.deleteBucket(bucket),
    drift: withoutRule,
    refresh: "delete",
  },
  "no-bucket-in-region": {
    args: `sseAlgorithm: "AES256", region: "cn-hangzhou"`,
    outside: (emulator, bucket) => emulator.deleteBucket(bucket),
    drift: withoutRule,
    refresh: "delete",
  },
  forbidden: {
    args: `sseAlgorithm: "AES256"`,
    outside: (emulator, bucket) => {
      const answer = { status: 403, code: "AccessDenied" };
      emulator.fault({ operation: "GetBucketEncryption", bucket, times: Infinity, answer });
    },
    drift: { status: "unreadable" },
    refresh: "error",
  },
  ignored: {
    ...toKey2,
    opts: `{ ignoreChanges: ["kmsMasterKeyId"] }`,
    drift: { status: "same", ignored: [keyChange] },
    refresh: "same",
  },
  "ignored-whole": {
    ...toSm4,
    opts: `{ ignoreChanges: ["*"] }`,
    drift: { status: "same", ignored: [change("sseAlgorithm", "AES256", "SM4")] },
    refresh: "same",
  },
  "ignored-beside": {
    ...toKey2,
    opts: `{ ignoreChanges: ["kmsMasterKeyId"] }`,
    outside: (emulator, bucket) => emulator.setEncryption(bucket, { SSEAlgorithm: "SM4" }),
    drift: {
      status: "changed",
      changes: [change("sseAlgorithm", "KMS", "SM4")],
      ignored: [change("kmsMasterKeyId", "key-1", null)],
    },
    refresh: "update sseAlgorithm",
  },
  "ignored-and-removed": {
    args: `sseAlgorithm: "AES256"`,
    opts: `{ ignoreChanges: ["*"] }`,
    outside: (emulator, bucket) => emulator.setEncryption(bucket, undefined),
    drift: withoutRule,
    refresh: "delete",
  },
  "in-component": { ...toSm4, opts: "{ parent: group }" },
  "with-provider": { ...toSm4, opts: "{ provider: apart }" },
  "with-connection": { ...toSm4, args: `sseAlgorithm: "AES256", connection: "second"` },
  protected: { ...toSm4, opts: "{ protect: true }" },
};

describeWithEngine("drift and the engine's own refresh", (engine) => {
  let stack: EncryptionStack;
  const renamed = (name: string) =>
    `rule("${name}", { bucket: "renamed", sseAlgorithm: "AES256" }, { aliases: [{ name: "old" }] });`;
  const program = (rest: string) => `
    const group = new pulumi.ComponentResource("test:index:Group", "group");
    const apart = other("apart");
    ${Object.entries(cases)
      .map(([name, { args, opts = "{}" }]) => `rule("${name}", { bucket: "${name}", ${args} }, ${opts});`)
      .join("\n")}
    ${rest}`;

  before(async () => {
    stack = await EncryptionStack.create(engine());
    const { emulator, project } = stack;
    await project.setConfig({ "oss-encryption:connections": { second: { endpoint: emulator.url } } });
    for (const bucket of [...Object.keys(cases), "renamed"]) emulator.createBucket(bucket);
    await writeProgram(project, program(renamed("old")));
    await succeeds(project.up());
    for (const [bucket, { outside }] of Object.entries(cases)) outside?.(emulator, bucket);
    toSm4.outside?.(emulator, "renamed");
  });
  after(() => stack.close());

  it("say the same of every bucket: equal, changed, removed, not readable, ignored", async () => {
    const refresh = await stack.project.refresh(previewOnly);
    const drift = await driftOf(stack.project);
    const told = drift.json.stacks[0]?.buckets?.map(
      ({ bucket, urn, reason, region, connection, ...rest }) => {
        assert.equal(nameIn(urn), bucket === "renamed" ? "old" : bucket);
        assert.deepEqual(
          [region, connection !== null],
          [bucket === "no-bucket-in-region" ? "cn-hangzhou" : null, bucket === "with-connection"],
        );
        assert.equal(reason !== undefined, rest.status === "unreadable");
        return [bucket, rest];
      },
    );
    const expected = Object.entries(cases).map(([name, one]) => [name, one.drift]);
    assert.deepEqual(
      Object.fromEntries(told ?? []),
      Object.fromEntries([...expected, ["renamed", toSm4.drift]]),
    );
    const words = Object.entries(cases).map(([name, one]) => [name, one.refresh]);
    assert.deepEqual(answers(refresh), Object.fromEntries([...words, ["old", toSm4.refresh]]));
    assert.deepEqual([drift.code, drift.json.verdict, refresh.code], [2, "drift", 1]);
  });

  it("find a resource that the program has another name for by now: drift under its old name, as the state has it", async () => {
    stack.emulator.clearFaults();
    await writeProgram(stack.project, program(renamed("new")));
    const refresh = answers(await stack.project.refresh([...previewOnly, "--run-program"]));
    assert.deepEqual([refresh.old, refresh.new], [undefined, "update sseAlgorithm"]);
    const { of } = await driftOf(stack.project, ["--run-program"]);
    assert.deepEqual([nameIn(of("renamed")?.urn ?? ""), of("renamed")?.status], ["old", "changed"]);
  });

  it("--fix does not claim to have written under the old name", async () => {
    for (const bucket of ["no-bucket", "no-bucket-in-region"]) stack.emulator.createBucket(bucket);
    const { code, of } = await driftOf(stack.project, ["--fix", "--yes"]);
    assert.equal(code, 2);
    assert.deepEqual(
      [of("renamed")?.fix, of("renamed")?.fixReason],
      [
        "failed",
        "pulumi up did not write it: the program may have another name for it by now. Run pulumi up, then drift --fix.",
      ],
    );
    assert.equal(stack.live.renamed, "SM4");
  });
});
