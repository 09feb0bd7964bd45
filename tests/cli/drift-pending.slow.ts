import assert from "node:assert/strict";
import { EncryptionStack } from "../support/encryption-stack";
import { killEngine, removeTornAttributes } from "../support/kill-engine";
import { succeeds } from "../support/outcome";
import { until } from "../support/until";
import { describeWithEngine } from "../support/with-engine";
import { writeProgram } from "../support/written-program";
import { driftOf } from "./drift-stack";
import { answers, change, nameIn, previewOnly } from "./refresh-answers";

describeWithEngine("drift, where something was begun and not ended", (engine) => {
  let stack: EncryptionStack;
  const program = (rest: string, moved = "moved-from") => `
    rule("equal", { bucket: "equal", sseAlgorithm: "AES256" });
    rule("dbr", { bucket: "dbr", sseAlgorithm: "AES256" }, { deleteBeforeReplace: true });
    const hidden = { sseAlgorithm: "KMS", kmsMasterKeyId: pulumi.secret("key-1") };
    rule("hidden", { bucket: "hidden", ...hidden }, { deleteBeforeReplace: true });
    rule("moved", { bucket: "${moved}", sseAlgorithm: "AES256" });
    ${rest}`;
  const refuse = (operation: string, bucket: string) =>
    stack.emulator.fault({
      operation,
      bucket,
      times: Infinity,
      answer: { status: 403, code: "AccessDenied" },
    });
  const ends = "pulumi up ends it.";
  const recovery =
    "If no run is at it any more: pulumi cancel, pulumi refresh --clear-pending-creates, pulumi up.";

  before(async () => {
    stack = await EncryptionStack.create(engine());
    const { emulator, project } = stack;
    for (const bucket of ["equal", "dbr", "hidden", "moved-from", "moved-to", "killed"]) {
      emulator.createBucket(bucket);
    }
    await writeProgram(project, program(""));
    await succeeds(project.up());
  });
  after(() => stack.close());

  it("a replacement that --fix could not end is a finding, whatever is live, and a refresh calls it the same", async () => {
    for (const bucket of ["dbr", "hidden"]) {
      stack.emulator.setEncryption(bucket, { SSEAlgorithm: "SM4" });
      refuse("PutBucketEncryption", bucket);
    }
    const fixed = await driftOf(stack.project, ["--fix", "--yes"]);
    assert.deepEqual([fixed.code, fixed.fix], [2, { dbr: "failed", hidden: "failed" }]);
    assert.match(
      fixed.of("dbr")?.fixReason ?? "",
      /^PutBucketEncryption of bucket dbr failed: 403 AccessDenied/,
    );

    for (const [rule, live] of [
      ["SM4", "SM4"],
      [undefined, null],
      ["AES256", "AES256"],
    ] as const) {
      stack.emulator.setEncryption("dbr", rule && { SSEAlgorithm: rule });
      const { code, json, of } = await driftOf(stack.project);
      const { urn, bucket, region, connection, ...rest } = of("dbr") ?? assert.fail();
      assert.deepEqual([nameIn(urn), bucket, region, connection], ["dbr", "dbr", null, null]);
      const reason = `Its replacement has been begun and not ended. ${ends}`;
      assert.deepEqual(rest, {
        status: "pending",
        pending: "replacement",
        reason,
        ...(live !== "AES256" && { changes: [change("sseAlgorithm", "AES256", live)] }),
      });
      assert.deepEqual([code, json.verdict], [2, "drift"]);
    }
    const refresh = await stack.project.refresh(previewOnly);
    assert.deepEqual([refresh.code, answers(refresh).dbr], [0, "same"]);
  });

  it("--fix ends such a replacement, unless the program has changed or holds a secret there", async () => {
    stack.emulator.clearFaults();
    stack.emulator.setEncryption("dbr", { SSEAlgorithm: "SM4" });
    await writeProgram(
      stack.project,
      program("").replace(`"dbr", sseAlgorithm: "AES256"`, `"dbr", sseAlgorithm: "KMS"`),
    );
    const edited = await driftOf(stack.project, ["--fix", "--yes"]);
    assert.deepEqual(
      [edited.code, edited.fix, stack.live.dbr],
      [2, { dbr: "skipped", hidden: "skipped" }, "SM4"],
    );
    assert.equal(
      edited.of("dbr")?.fixReason,
      "The program has changed since the last pulumi up: run pulumi up.",
    );
    await writeProgram(stack.project, program(""));
    const fixed = await driftOf(stack.project, ["--fix", "--yes"]);
    assert.deepEqual(
      [fixed.code, fixed.fix, stack.live.dbr],
      [2, { dbr: "reasserted", hidden: "skipped" }, "AES256"],
    );
    assert.equal(
      fixed.of("hidden")?.fixReason,
      "A secret input can't be compared with the state: run pulumi up, which ends the replacement.",
    );
    await succeeds(stack.project.up());
    assert.deepEqual([(await driftOf(stack.project)).code, stack.live.hidden], [0, "KMS"]);
  });

  it("a replaced resource that could not be deleted is a finding beside the one in its place", async () => {
    refuse("DeleteBucketEncryption", "moved-from");
    await writeProgram(stack.project, program("", "moved-to"));
    assert.equal((await stack.project.up()).code, 1);
    const { code, status, of } = await driftOf(stack.project);
    assert.deepEqual(status, {
      equal: "same",
      dbr: "same",
      hidden: "same",
      "moved-to": "same",
      "moved-from": "pending",
    });
    assert.deepEqual(
      [of("moved-from")?.pending, of("moved-from")?.reason],
      ["delete", `Its deletion has been begun and not ended. ${ends}`],
    );
    assert.equal(code, 2);
    assert.equal((await stack.project.refresh(previewOnly)).code, 0);
    stack.emulator.clearFaults();
    await succeeds(stack.project.up());
    assert.deepEqual([(await driftOf(stack.project)).code, stack.live["moved-from"]], [0, undefined]);
  });

  it("a create and an update that a killed engine left are findings until the recovery", async () => {
    const { emulator, project } = stack;
    await writeProgram(project, program("", "moved-to"));
    await succeeds(project.up());
    for (const bucket of ["killed", "equal"]) {
      emulator.fault({ operation: "PutBucketEncryption", bucket, times: Infinity, connection: "hang" });
    }
    const edited = program(`rule("killed", { bucket: "killed", sseAlgorithm: "AES256" });`, "moved-to");
    await writeProgram(
      project,
      edited.replace(`"equal", sseAlgorithm: "AES256"`, `"equal", sseAlgorithm: "SM4"`),
    );
    // The rules that are there were written by requests like those which are waited for here.
    emulator.clearRequests();
    const running = project.up();
    const isAsked = (name: string) =>
      emulator.requests.some(({ bucket, method }) => bucket === name && method === "PUT");
    await until(() => isAsked("killed") && isAsked("equal"));
    await killEngine(engine());
    await running;
    await removeTornAttributes(project.folder);
    emulator.clearFaults();

    const { code, json, status, of, stdout } = await driftOf(project);
    assert.deepEqual(
      status,
      { equal: "pending", dbr: "same", hidden: "same", "moved-to": "same", killed: "pending" },
      stdout,
    );
    assert.deepEqual([code, json.verdict], [2, "drift"]);
    const { urn, ...killed } = of("killed") ?? assert.fail();
    assert.equal(nameIn(urn), "killed");
    assert.deepEqual(killed, {
      bucket: "killed",
      region: null,
      connection: null,
      status: "pending",
      pending: "create",
      reason: `Its creation has been begun and not ended, so that the stack does not manage it yet. ${recovery}`,
      changes: [change("sseAlgorithm", "AES256", null)],
    });
    assert.deepEqual(
      [of("equal")?.pending, of("equal")?.reason],
      [
        "update",
        `A change of it has been begun and not ended: the state has it as it was before. ${recovery}`,
      ],
    );
    const refresh = await project.refresh(previewOnly);
    assert.deepEqual(
      [refresh.code, answers(refresh)],
      [0, { equal: "same", dbr: "same", hidden: "same", moved: "same" }],
    );

    assert.equal((await project.pulumi(["cancel", "--yes"])).code, 0);
    await succeeds(project.refresh(["--clear-pending-creates"]));
    await succeeds(project.up());
    const recovered = await driftOf(project);
    assert.deepEqual([recovered.code, new Set(Object.values(recovered.status))], [0, new Set(["same"])]);
    assert.deepEqual(stack.live, {
      equal: "SM4",
      dbr: "AES256",
      hidden: "KMS",
      "moved-from": undefined,
      "moved-to": "AES256",
      killed: "AES256",
    });
  });
});
