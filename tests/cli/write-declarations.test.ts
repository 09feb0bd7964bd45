import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { programs } from "../../cli/src/commands/import/declarations";
import type { Declaration } from "../../cli/src/commands/import/plan";
import { writeDeclarations } from "../../cli/src/commands/import/write-declarations";

const declaration = (bucket: string): Declaration => ({
  bucket,
  name: bucket,
  region: "cn-hangzhou",
  connection: null,
  rule: { sseAlgorithm: "AES256" },
});

describe("what an import leaves to do", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "write-declarations-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const nextAfter = async (program: keyof typeof programs, ...buckets: string[]) => {
    const plan = { resources: buckets.map(declaration), managed: [], withoutRule: [], refused: [] };
    const { signal } = new AbortController();
    const { next } = await writeDeclarations(plan, [], { out: folder, program }, signal);
    return next;
  };

  const config =
    "Before the next pulumi up, put the entries of oss-encryption.rules.yaml into Pulumi.<stack>.yaml, beside those that are there.";
  const native =
    "Before the next pulumi up, declare the resources of bucket-encryption.yaml in the program. One in YAML takes them as they are.";
  const typescript =
    'Before the next pulumi up, import the new file into the program: import "./bucket-encryption";';
  for (const [program, where, first, second] of [
    ["typescript", "a file that the program imports once and for all", typescript, undefined],
    ["config", "stack config, which takes every new entry", config, config],
    ["yaml", "a program of the plugin, which takes every new entry", native, native],
  ] as const) {
    it(`an import into ${where} says what to do before the next up, also where it adds to the file`, async () => {
      assert.equal(await nextAfter(program, "alpha"), first);
      assert.equal(await nextAfter(program, "beta"), second);
      assert.equal(await nextAfter(program), undefined);
    });
  }
});
