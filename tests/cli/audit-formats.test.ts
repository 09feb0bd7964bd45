import assert from "node:assert/strict";
import { auditCsv } from "../../cli/src/commands/audit/csv";
import type { AuditedBucket } from "../../cli/src/commands/audit/audit";
import { startEmulator, type Emulator } from "oss-emulator";
import { accessTo } from "../../tools/emulator-access";
import { ossEncryption } from "../support/oss-encryption";
import { anAudit } from "./audits";

/** What of SARIF 2.1.0 readers rely on: names, kinds and allowed values as its schema has them. */
interface Sarif {
  $schema: string;
  version: string;
  runs: {
    tool: { driver: { name: string; version: string; rules: { id: string }[] } };
    invocations: {
      executionSuccessful: boolean;
      endTimeUtc: string;
      toolExecutionNotifications: { level: string; message: { text: string } }[];
      properties: { provenance: string[] };
    }[];
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      kind: string;
      message: { text: string };
      locations: {
        physicalLocation: { artifactLocation: { uri: string } };
        logicalLocations: { name: string; fullyQualifiedName: string; kind: string }[];
      }[];
      partialFingerprints: Record<string, string>;
      suppressions?: { kind: string; justification: string }[];
    }[];
  }[];
}

function assertIsSarif({ $schema, version, runs }: Sarif): void {
  assert.match($schema, /sarif-2\.1\.0\.json$/);
  assert.equal(version, "2.1.0");
  for (const { tool, invocations, results } of runs) {
    const ids = tool.driver.rules.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { executionSuccessful, endTimeUtc, toolExecutionNotifications } of invocations) {
      assert.equal(typeof executionSuccessful, "boolean");
      assert.match(endTimeUtc, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      for (const { level, message } of toolExecutionNotifications) {
        assert.ok(["none", "note", "warning", "error"].includes(level) && message.text.length > 0);
      }
    }
    for (const result of results) {
      assert.equal(result.ruleId, ids[result.ruleIndex]);
      assert.ok(["none", "note", "warning", "error"].includes(result.level), result.level);
      assert.ok(["notApplicable", "pass", "fail", "review", "open", "informational"].includes(result.kind));
      // The specification: whatever is no failure has level none.
      if (result.kind !== "fail") assert.equal(result.level, "none");
      for (const { physicalLocation } of result.locations) new URL(physicalLocation.artifactLocation.uri);
      for (const { kind } of result.suppressions ?? []) assert.ok(["inSource", "external"].includes(kind));
    }
  }
}

describe("an audit in formats for programs", () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator({ keys: ["key-1"] });
    emulator.createBucket("bare");
    emulator.createBucket("logs", { encryption: { SSEAlgorithm: "KMS", KMSMasterKeyID: "key-1" } });
    emulator.createBucket("tmp-1");
  });
  afterEach(() => emulator.close());
  const audit = (...args: string[]) =>
    ossEncryption(["audit", "--exclude", "tmp-*", ...args], {
      env: { PATH: process.env.PATH, ...accessTo(emulator) },
    });

  it("SARIF has every bucket, what is wrong with it, and what it rests on", async () => {
    const { code, stdout } = await audit("--sarif");
    const sarif = JSON.parse(stdout) as Sarif;
    assertIsSarif(sarif);
    const run = sarif.runs[0] ?? assert.fail();
    assert.deepEqual([code, run.invocations[0]?.executionSuccessful], [2, true]);
    assert.match(
      run.invocations[0]?.properties.provenance.join(" ") ?? "",
      /^Account 1234567890123456, as .* Buckets: --exclude tmp-\*\./,
    );
    assert.deepEqual(
      run.results.map(({ ruleId, kind, message }) => [ruleId, kind, message.text]),
      [
        ["unfulfilled", "fail", "Bucket bare: not fulfilled: no default rule"],
        ["fulfilled", "pass", "Bucket logs: fulfilled"],
        ["exempt", "fail", "Bucket tmp-1: exempt: left out by --exclude tmp-*"],
      ],
    );
    assert.deepEqual(run.results[2]?.suppressions, [
      { kind: "external", justification: "left out by --exclude tmp-*" },
    ]);
    const { physicalLocation, logicalLocations } = run.results[0]?.locations[0] ?? assert.fail();
    assert.equal(physicalLocation.artifactLocation.uri, "oss://bare");
    assert.deepEqual(logicalLocations, [
      { name: "bare", fullyQualifiedName: "acs:oss:cn-hangzhou:1234567890123456:bare", kind: "resource" },
    ]);
  });

  it("SARIF says what could not be listed, and that the run did not succeed", async () => {
    emulator.fault({ operation: "ListBuckets", answer: { code: "AccessDenied" } });
    const { code, stdout } = await audit("--sarif");
    const sarif = JSON.parse(stdout) as Sarif;
    assertIsSarif(sarif);
    const [invocation] = sarif.runs[0]?.invocations ?? [];
    assert.deepEqual([code, invocation?.executionSuccessful], [1, false]);
    assert.match(
      invocation?.toolExecutionNotifications[0]?.message.text ?? "",
      /^default connection: ListBuckets failed: 403/,
    );
  });

  it("CSV has a line for each bucket", async () => {
    const { code, stdout } = await audit("--csv");
    assert.equal(code, 2);
    const [header, ...lines] = stdout.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME").split("\r\n");
    assert.equal(
      header,
      "bucket,region,connection,status,reason,sseAlgorithm,kmsMasterKeyId,kmsDataEncryption,keyState,managedBy,setBy," +
        "objects,oldVersions,account,time",
    );
    assert.deepEqual(lines, [
      "bare,cn-hangzhou,,unfulfilled,no default rule,,,,,,,,,1234567890123456,TIME",
      "logs,cn-hangzhou,,fulfilled,,KMS,key-1,,Enabled,,,,,1234567890123456,TIME",
      "tmp-1,cn-hangzhou,,exempt,left out by --exclude tmp-*,,,,,,,,,1234567890123456,TIME",
      "",
    ]);
  });

  it("CSV quotes what has to be quoted, and holds no formula", () => {
    const bucket: AuditedBucket = {
      bucket: "=cmd|' /C calc'!A0",
      region: 'a,"b"\nc',
      connection: null,
      status: "unreadable",
      rule: null,
      reason: "@SUM(1)",
    };
    const unlisted = [{ connection: "finance", reason: "403" }];
    const [, first, second] = auditCsv(anAudit({ buckets: [bucket], unlisted })).split("\r\n");
    assert.equal(
      first,
      `'=cmd|' /C calc'!A0,"a,""b"" c",,unreadable,'@SUM(1),,,,,,,,,1234567890123456,2026-03-04T05:06:07.000Z`,
    );
    assert.equal(second, ",,finance,unlisted,403,,,,,,,,,,2026-03-04T05:06:07.000Z");
  });

  it("only one format is printed at a time", async () => {
    for (const [one, other] of [
      ["--csv", "--sarif"],
      ["--json", "--csv"],
      ["--markdown", "--sarif"],
    ] as const) {
      const { code, stdout, stderr } = await audit(one, other);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /cannot be used with/);
    }
  });
});
