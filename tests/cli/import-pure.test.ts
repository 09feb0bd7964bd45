import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { runInNewContext } from "node:vm";
import ts from "typescript";
import { parse } from "yaml";
import type { Reading } from "../../cli/src/buckets/read-rules";
import { addToYaml } from "../../cli/src/commands/import/declarations";
import { dropArguments } from "../../cli/src/commands/import/engine-commands";
import { plan, resourceName, type Declaration } from "../../cli/src/commands/import/plan";
import { parseAudit } from "../../cli/src/commands/import/read-audit";
import {
  importFile,
  nativeImportFile,
  program,
  rulesConfig,
  yamlResources,
  yamlText,
} from "../../cli/src/commands/import/render";
import { alicloudRules, type AlicloudRule } from "../../cli/src/pulumi/alicloud-rules";
import { shellLine } from "../../cli/src/pulumi/shell-line";
import type { ManagedResource } from "../../cli/src/pulumi/stack-state";
import { ossEncryption } from "../support/oss-encryption";
import { providerText } from "../support/verbs";

const address = { bucket: "logs", region: "cn-hangzhou", connection: null };
const read = (rule: { sseAlgorithm: string; kmsDataEncryption?: string } | null): Reading => ({
  ...address,
  status: "read",
  rule,
});
const aes = { sseAlgorithm: "AES256" };
const logs: Declaration = { ...address, name: "logs", rule: aes };
const awkward: Declaration = {
  bucket: "007",
  name: "007",
  region: null,
  connection: 'yes: "no" # \u2028',
  rule: { sseAlgorithm: "KMS", kmsMasterKeyId: "alias/'\"`${x}\\ #: é", kmsDataEncryption: "SM4" },
};
const nothing = { resources: [], managed: [], withoutRule: [], refused: [], notes: [] };

describe("an import's plan", () => {
  const managedAs = (name: string, bucket: string): ManagedResource => ({
    urn: "u",
    bucket,
    region: null,
    connection: null,
    name,
    address: { bucket, region: null, connection: null },
  });
  const managed = managedAs("enc", "logs");
  const cases: [string, Reading, ManagedResource[], object][] = [
    ["imports a rule", read(aes), [], { resources: [logs] }],
    ["skips what the stack manages", read(aes), [managed], { managed: [{ ...address, name: "enc" }] }],
    ["proposes a rule where there is none", read(null), [], { withoutRule: [logs] }],
    [
      "names the bucket anew where its name is taken",
      read(aes),
      [managedAs("logs", "other")],
      { resources: [{ ...logs, name: "logs-encryption" }] },
    ],
    [
      "leaves out a rule that can't be declared",
      read({ sseAlgorithm: "AES512" }),
      [],
      {
        refused: [
          {
            ...address,
            reason:
              'Its rule can\'t be declared: sseAlgorithm is not a method OSS knows: use "AES256", "SM4" or "KMS" (upper case).',
          },
        ],
      },
    ],
    [
      "leaves out what could not be read",
      { ...address, status: "unreadable", reason: "403" },
      [],
      { refused: [{ ...address, reason: "403" }] },
    ],
    [
      "leaves out what is gone",
      { ...address, status: "gone", reason: "404" },
      [],
      { refused: [{ ...address, reason: "It was deleted since it was listed." }] },
    ],
  ];
  for (const [title, reading, resources, expected] of cases) {
    it(`a plan ${title}`, () =>
      assert.deepStrictEqual(plan([reading], resources), { ...nothing, ...expected }));
  }

  it("a plan for stack config leaves out buckets whose names the stack has for others, with a rule or without", () => {
    const taken = [managedAs("logs", "other")];
    const reason =
      "The stack has a resource of this name for another bucket, and in stack config a resource has its bucket's name: " +
      "use --program typescript.";
    for (const rule of [aes, null]) {
      assert.deepStrictEqual(plan([read(rule)], taken, { namesAreBuckets: true }), {
        ...nothing,
        refused: [{ ...address, reason }],
      });
      assert.deepStrictEqual(plan([read(rule)], [], { namesAreBuckets: true }).refused, []);
    }
  });

  it("a plan says of a rule that is newer than this version what will be lost, and declares the rest", () => {
    const newer: Reading = {
      ...address,
      status: "read",
      rule: aes,
      unknownElements: ["Scope", "Key\nRotation"],
    };
    const note =
      "Bucket logs: its default rule has what this version does not know (Scope, Key Rotation); the next change of the " +
      "rule drops it.";
    assert.deepStrictEqual(plan([newer]), { ...nothing, resources: [logs], notes: [note] });
  });

  it("resourceName finds a name that is free", () =>
    assert.equal(resourceName("a", new Set(["a", "a-encryption"])), "a-encryption-encryption"));

  it("a rule that holds what is not seen is not put into a program", () => {
    const rule = { sseAlgorithm: "KMS", kmsMasterKeyId: "key\u202e1" };
    const reason =
      "Its rule can't be declared: kmsMasterKeyId holds characters that are not seen, or a command of a build server.";
    assert.deepStrictEqual(plan([{ ...address, status: "read", rule }]).refused, [{ ...address, reason }]);
  });
});

describe("an import's plan beside the alicloud provider", () => {
  const managed: ManagedResource = {
    urn: "u",
    ...address,
    name: "enc",
    address,
  };
  const rule = (type: AlicloudRule["type"], more: Partial<AlicloudRule> = {}): AlicloudRule => ({
    urn: "v",
    bucket: "logs",
    type,
    isProtected: false,
    isIgnored: false,
    ...more,
  });
  const whole = rule("alicloud.oss.BucketServerSideEncryption");
  const inline = rule("alicloud.oss.Bucket");
  const reason =
    "It has its rule from alicloud.oss.BucketServerSideEncryption: oss-encryption import --from-alicloud takes it over.";

  it("a bucket whose rule a resource of theirs declares is left out, whatever is live", () => {
    for (const reading of [read(aes), read(null)]) {
      assert.deepStrictEqual(plan([reading], [], { alicloud: [whole, inline] }), {
        ...nothing,
        refused: [{ ...address, reason }],
      });
    }
    assert.deepStrictEqual(plan([read(aes)], [managed], { alicloud: [whole] }).refused, []);
    const other = { ...whole, bucket: "other" };
    assert.deepStrictEqual(plan([read(aes)], [], { alicloud: [other] }).refused, []);
  });

  it("a bucket whose own resource declares the rule is imported, and it is said what has to go", () => {
    const note =
      "1 bucket has its rule from serverSideEncryptionRule of alicloud.oss.Bucket: set ignoreChanges to that property " +
      "there, so that one place declares it: logs";
    assert.deepStrictEqual(plan([read(aes)], [], { alicloud: [inline] }), {
      ...nothing,
      resources: [logs],
      notes: [note],
    });
    const second = { ...read(null), bucket: "more" };
    const both = [inline, { ...inline, bucket: "more" }, { ...inline, bucket: "not read" }];
    assert.deepStrictEqual(plan([read(aes), second], [], { alicloud: both }).notes, [
      note.replace("1 bucket has its", "2 buckets have their").replace(/: logs$/, ": logs, more"),
    ]);
    assert.deepStrictEqual(plan([read(aes)], [managed], { alicloud: [inline] }).notes, []);
    assert.deepStrictEqual(plan([read(aes)], [], { alicloud: [{ ...inline, isIgnored: true }] }).notes, []);
  });
});

describe("what an import writes", () => {
  it("the engine's import file has the state as it is to be", () => {
    const state = { bucket: "logs", sseAlgorithm: "AES256", region: "cn-hangzhou", __provider: providerText };
    const type = "pulumi-nodejs:dynamic/oss:BucketEncryption";
    assert.deepStrictEqual(JSON.parse(importFile({ resources: [logs] })), {
      resources: [{ type, name: "logs", id: "logs", inputs: state, outputs: state }],
    });
  });

  it("the import file of the plugin's resource has ids that say how a bucket is reached", () => {
    const type = "oss-encryption:index:BucketEncryption";
    const far = { ...logs, name: "far", connection: "finance" };
    const plain = { ...logs, name: "plain", region: null };
    assert.deepStrictEqual(JSON.parse(nativeImportFile({ resources: [logs, far, plain] })), {
      resources: [
        { type, name: "logs", id: "logs@cn-hangzhou" },
        { type, name: "far", id: "finance/logs@cn-hangzhou" },
        { type, name: "plain", id: "logs" },
      ],
    });
  });

  it("the plugin's resources in YAML are added to, and what somebody changed is kept", () => {
    const declared = { resources: [logs], withoutRule: [{ ...logs, name: "bare" }] };
    const text = yamlText(yamlResources, declared);
    const type = "oss-encryption:index:BucketEncryption";
    const properties = { bucket: "logs", ...aes, region: "cn-hangzhou" };
    assert.deepStrictEqual(parse(text), { resources: { logs: { type, properties } } });
    const more = {
      resources: [
        { ...logs, name: "bare" },
        { ...logs, ...awkward },
      ],
      withoutRule: [],
    };
    const added = addToYaml(yamlResources, text.replace("AES256", "SM4"), more);
    assert.ok(added);
    assert.deepStrictEqual(added.kept, []);
    assert.deepStrictEqual(parse(added.text), {
      resources: {
        logs: { type, properties: { ...properties, sseAlgorithm: "SM4" } },
        bare: { type, properties },
        "007": { type, properties: { bucket: "007", ...awkward.rule, connection: awkward.connection } },
      },
    });
    assert.doesNotMatch(added.text, /^ *# /m);
    const again = addToYaml(yamlResources, text.replace("AES256", "SM4"), declared);
    assert.deepStrictEqual(again?.kept, ["logs"]);
    assert.equal(addToYaml(yamlResources, "name: other\n", declared), undefined);
  });

  it("the TypeScript means the same, whatever the values hold", () => {
    const text = program({ resources: [logs, awkward], withoutRule: [{ ...logs, name: "bare" }] });
    const { diagnostics, outputText } = ts.transpileModule(text, {
      reportDiagnostics: true,
      compilerOptions: { module: ts.ModuleKind.CommonJS },
    });
    assert.deepStrictEqual(diagnostics, []);
    const declared: unknown[] = [];
    const BucketEncryption = function (...args: unknown[]) {
      declared.push(args);
    };
    runInNewContext(outputText, { require: () => ({ BucketEncryption }), exports: {} });
    assert.deepEqual(JSON.parse(JSON.stringify(declared)), [
      ["logs", { bucket: "logs", sseAlgorithm: "AES256", region: "cn-hangzhou" }],
      ["007", { bucket: "007", ...awkward.rule, connection: awkward.connection }],
    ]);
    assert.match(text, /^\/\/ new BucketEncryption\("bare", \{ bucket: "logs", /m);
  });

  it("the YAML means the same, whatever the values hold", () => {
    const text = yamlText(rulesConfig, {
      resources: [logs, awkward],
      withoutRule: [{ ...logs, name: "bare" }],
    });
    const rules = {
      logs: { ...aes, region: "cn-hangzhou" },
      "007": { ...awkward.rule, connection: awkward.connection },
    };
    assert.deepStrictEqual(parse(text), { config: { "oss-encryption:rules": rules } });
    const uncommented = text.replaceAll("    # ", "    ").replace(/^ {4}These.*\n/m, "");
    assert.deepStrictEqual(parse(uncommented), {
      config: { "oss-encryption:rules": { ...rules, bare: { ...aes, region: "cn-hangzhou" } } },
    });
  });
});

describe("an audit's JSON", () => {
  it("an audit's JSON gives the buckets and their connections", () => {
    const buckets = [
      { bucket: "a", region: "r", connection: "c", rule: null },
      { bucket: "b", region: null, connection: null },
    ];
    const text = JSON.stringify({ version: 1, buckets });
    assert.deepStrictEqual(parseAudit(text, "f"), {
      addresses: [
        { bucket: "a", region: "r", connection: "c" },
        { bucket: "b", region: null, connection: null },
      ],
      excluded: 0,
      unlisted: [],
      emptyFilters: [],
    });
  });

  it("an audit's JSON tells what the audit could not list, and how many buckets it left out", () => {
    const exempt = { region: null, connection: null, status: "exempt" };
    const buckets = [
      { ...exempt, bucket: "excluded", exemptFrom: null },
      { ...exempt, bucket: "excused", exemptFrom: "unfulfilled" },
    ];
    const unlisted = [{ connection: null, reason: "403" }];
    const text = JSON.stringify({ version: 1, buckets, unlisted, emptyFilters: ["--prefix x-"] });
    assert.deepStrictEqual(parseAudit(text, "f"), {
      addresses: [{ bucket: "excused", region: null, connection: null }],
      excluded: 1,
      unlisted,
      emptyFilters: ["--prefix x-"],
    });
  });
  for (const text of [
    "",
    "[]",
    "null",
    '{"version":2,"buckets":[]}',
    '{"version":1,"buckets":[{}]}',
    '{"version":1}',
    '{"version":1,"buckets":[],"unlisted":{}}',
  ]) {
    it(`an audit's JSON can't be ${text || "empty"}`, () =>
      assert.throws(() => parseAudit(text, "f"), /^UserError: --from: f is not what/));
  }
});

describe("resources of the alicloud provider in a state", () => {
  it("alicloud resources are found unless they wait for deletion or are looked up only", () => {
    const type = "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption";
    const one = (urn: string, more = {}) => ({ urn, type, id: `bucket-${urn}`, ...more });
    const bucket = (urn: string, serverSideEncryptionRule: unknown, more = {}) =>
      one(urn, { type: "alicloud:oss/bucket:Bucket", inputs: { serverSideEncryptionRule }, ...more });
    const resources = [
      one("a"),
      one("b", { protect: true }),
      one("c", { delete: true }),
      one("d", { external: true }),
      { ...one("e"), type: "t" },
      one("f", { id: undefined }),
      bucket("g", { sseAlgorithm: "AES256" }),
      bucket("h", undefined),
      bucket("i", null),
      bucket("j", {}, { ignoreChanges: ['["serverSideEncryptionRule"]'] }),
      bucket("k", {}, { ignoreChanges: ["tags"] }),
    ];
    const found = (urn: string, more: Partial<AlicloudRule> = {}) => ({
      urn,
      bucket: `bucket-${urn}`,
      type: "alicloud.oss.BucketServerSideEncryption",
      isProtected: false,
      isIgnored: false,
      ...more,
    });
    assert.deepStrictEqual(alicloudRules({ version: 3, deployment: { resources } }), [
      found("a"),
      found("b", { isProtected: true }),
      found("g", { type: "alicloud.oss.Bucket" }),
      found("j", { type: "alicloud.oss.Bucket", isIgnored: true }),
      found("k", { type: "alicloud.oss.Bucket" }),
    ]);
  });

  it("they are taken out of a state, all of them, by commands that Windows can start", () => {
    const resources = Array.from({ length: 1_000 }, (_, n): AlicloudRule => ({
      urn: `urn:pulumi:prod::infra::alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption::encryption-${n}`,
      bucket: `bucket-${n}`,
      type: "alicloud.oss.BucketServerSideEncryption",
      isProtected: n === 999,
      isIgnored: false,
    }));
    const commands = dropArguments(resources, "prod");
    assert.deepEqual(
      commands.flatMap((args) => args.filter((one) => one.startsWith("urn:"))),
      resources.map(({ urn }) => urn),
    );
    assert.ok(commands.every((args) => args.join(" ").length < 32_767));
    const forced = commands.filter((args) => args.includes("--force"));
    assert.deepEqual(forced, commands.slice(-1));
  });

  it("a shell takes the command that names them as it is meant", async () => {
    const args = ["urn:pulumi:p::s::a$b:c::it's", "a b", "--yes", ""];
    const { stdout } = await promisify(execFile)("sh", ["-c", shellLine("printf '%s\\n'", args)]);
    assert.deepStrictEqual(stdout.split("\n").slice(0, -1), args);
  });
});

describe("the options of oss-encryption import", () => {
  const refused: [string, RegExp][] = [
    ["--run", /^oss-encryption: --run needs --stack, the stack to import into\.$/m],
    ["--from-alicloud", /^oss-encryption: --from-alicloud needs --stack, the stack to import into\.$/m],
    ["--from-peer", /^oss-encryption: --from-alicloud needs --stack, the stack to import into\.$/m],
    ["--from-peer a --from-alicloud b", /'--from-peer \[stack\]' cannot be used with .*'--from-alicloud/],
    ["--from-alicloud a --bucket b", /'--from-alicloud \[stack\]' cannot be used with .*'--bucket/],
    ["--from-peer a --bucket b", /'--from-peer \[stack\]' cannot be used with .*'--bucket/],
  ];
  for (const [options, message] of refused) {
    it(`import refuses ${options}`, async () => {
      const { code, stdout, stderr } = await ossEncryption(["import", ...options.split(" ")]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, message);
    });
  }
});
