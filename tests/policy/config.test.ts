import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Config, packFolder, PolicyHost } from "./policy-host";
import { bucket, encryption, unknown, type WireProps } from "./wire";

const KMS = "oss-bucket-encryption-kms";
const KEY = "oss-bucket-encryption-customer-managed-key";
const ALGORITHMS = "oss-bucket-encryption-allowed-algorithms";
const mandatory = { enforcementLevel: "mandatory" } as const;

describe("policy config", () => {
  let host: PolicyHost;
  before(async () => {
    host = await PolicyHost.start();
  });
  after(() => host[Symbol.asyncDispose]());

  it("enables what the baseline preset enables, by default", async () => {
    const { policiesList } = await host.info();
    assert.deepEqual(
      policiesList.map(({ name, enforcementlevel }) => `${name} ${enforcementlevel}`),
      [
        "oss-bucket-encryption-declared 1",
        "oss-bucket-encryption-declared-once 1",
        "oss-bucket-encryption-ignore-changes 0",
        `${KMS} 2`,
        `${KEY} 2`,
        `${ALGORITHMS} 2`,
        "oss-bucket-encryption-protected 2",
      ],
    );
  });

  const wrong: [title: string, config: Config, problem: RegExp][] = [
    [
      "an unknown rule",
      { "oss-bucket-kms": mandatory },
      /oss-bucket-kms is not a policy of this pack; it has oss-bucket-encryption-declared, /,
    ],
    [
      "a property for all rules",
      { all: { ...mandatory, includeBuckets: ["a"] } },
      /all: includeBuckets is not a property of this policy; it takes enforcementLevel\./,
    ],
    [
      "an unknown property",
      { [KMS]: { ...mandatory, includeBucket: ["a"] } },
      new RegExp(
        `${KMS}: includeBucket is not a property of this policy; it takes enforcementLevel, includeBuckets, `,
      ),
    ],
    [
      "a string for a list",
      { [KMS]: { ...mandatory, includeBuckets: "a" } },
      new RegExp(`${KMS}: includeBuckets must be a list of at least one string`),
    ],
    [
      "an empty list",
      { [KMS]: { ...mandatory, excludeStacks: [] } },
      new RegExp(`${KMS}: excludeStacks must be a list of at least one string`),
    ],
    [
      "a number in a list",
      { [KEY]: { ...mandatory, keyIds: [7] } },
      new RegExp(`${KEY}: keyIds must be a list of at least one string`),
    ],
    [
      "a number for a string",
      { [KEY]: { ...mandatory, keyId: 7 } },
      new RegExp(`${KEY}: keyId must be a string that is not empty`),
    ],
    [
      "an algorithm that OSS does not have",
      { [ALGORITHMS]: { ...mandatory, algorithms: ["aes256"] } },
      new RegExp(`${ALGORITHMS}: algorithms must list only AES256, KMS, SM4`),
    ],
    [
      "remediation without a key",
      { [KEY]: { enforcementLevel: "remediate" } },
      new RegExp(`${KEY}: keyId is required with enforcement level remediate`),
    ],
    [
      "a key that is not allowed",
      { [KEY]: { ...mandatory, keyId: "a", keyIds: ["b"] } },
      new RegExp(`${KEY}: keyId must be one of keyIds`),
    ],
    [
      "AES256 alone where KMS is required",
      { [KMS]: mandatory, [ALGORITHMS]: { ...mandatory, algorithms: ["AES256"] } },
      new RegExp(`${KMS} requires KMS, but algorithms of ${ALGORITHMS} does not allow it`),
    ],
    [
      "AES256 alone where a key is required for some",
      {
        [KEY]: { ...mandatory, includeBuckets: ["payroll-*"] },
        [ALGORITHMS]: { ...mandatory, algorithms: ["AES256"] },
      },
      new RegExp(`${KEY} requires KMS, but`),
    ],
  ];
  for (const [title, config, problem] of wrong) {
    it(`refuses ${title} before any resource is judged`, async () => {
      await assert.rejects(host.configure(config), problem);
    });
  }

  const stacks = "stacks are written project/stack, as in */dev";
  const buckets = "names of buckets have lower-case letters, digits and hyphens, 63 at most, as in logs-*";
  const hopeless: [property: string, patterns: string[], syntax: string][] = [
    ["includeStacks", ["dev", "shop/", "/dev", "shop/*/dev", "shop dev/*"], stacks],
    ["excludeBuckets", ["Logs", "logs?", "-logs*", "*logs-", "logs.prod", "a".repeat(64)], buckets],
  ];
  for (const [property, patterns, syntax] of hopeless) {
    it(`refuses a pattern of ${property} that can never match`, async () => {
      for (const pattern of patterns) {
        const problem = `${KMS}: ${property} has "${pattern}", which can never match: ${syntax}.`;
        await assert.rejects(
          host.configure({ [KMS]: { ...mandatory, [property]: [pattern] } }),
          ({ message }: Error) => message.includes(problem),
          pattern,
        );
      }
    });
  }

  it("takes every pattern that can match", async () => {
    await host.configure({
      [KMS]: {
        ...mandatory,
        includeStacks: ["*", "*dev", "shop/*", "my-shop.eu/dev_1"],
        excludeBuckets: ["*", "*-tmp", "logs-*", "a*b", "with_underscore", "_a_", "_*", "a".repeat(63)],
      },
    });
  });

  it("lists all problems at once", async () => {
    const config: Config = { [KMS]: { ...mandatory, a: 1 }, [KEY]: { ...mandatory, b: 1 } };
    await assert.rejects(host.configure(config), /customer-managed-key: b is[^]*kms: a is/);
  });

  it("sees no contradiction in rules that are for different buckets, or disabled", async () => {
    const only = { ...mandatory, algorithms: ["AES256"] };
    await host.configure({
      [KMS]: { ...mandatory, includeBuckets: ["prod-*"] },
      [ALGORITHMS]: { ...only, excludeBuckets: ["prod-*"] },
    });
    await host.configure({ [KMS]: { enforcementLevel: "disabled" }, [ALGORITHMS]: only });
  });

  it("takes the level of all rules, which the engine hands over with that of each", async () => {
    await host.configure({ all: mandatory, [KMS]: mandatory });
  });

  const presets = readdirSync(join(packFolder, "presets"));
  assert.notEqual(presets.length, 0);
  for (const preset of presets) {
    it(`accepts the preset ${preset}`, async () => {
      const rules = JSON.parse(readFileSync(join(packFolder, "presets", preset), "utf8")) as Record<
        string,
        "mandatory"
      >;
      await host.configure(
        Object.fromEntries(
          Object.entries(rules).map(([rule, enforcementLevel]) => [rule, { enforcementLevel }]),
        ),
      );
    });
  }

  describe("of the scope", () => {
    const scoped = async (scope: WireProps, ...names: string[]) => {
      await host.configure({ [KMS]: { ...mandatory, ...scope } });
      const found = await host.judge(
        names.map((name) =>
          encryption(name, { bucket: name === "?" ? unknown : name, sseAlgorithm: "AES256" }),
        ),
      );
      return found
        .filter((line) => line.startsWith("kms "))
        .map((line) => line.split(":")[0]?.slice("kms ".length));
    };

    it("includes and excludes by patterns of the whole bucket name", async () => {
      assert.deepEqual(
        await scoped({ includeBuckets: ["prod-*", "logs"] }, "prod-a", "a-prod-b", "logs", "logs2"),
        ["prod-a mandatory", "logs mandatory"],
      );
      assert.deepEqual(
        await scoped({ excludeBuckets: ["*-tmp"], includeBuckets: ["a*"] }, "a-tmp", "a-tmp-b", "b"),
        ["a-tmp-b mandatory"],
      );
    });

    it("waits for a name that isn't known, if names matter", async () => {
      assert.deepEqual(await scoped({ excludeBuckets: ["*-tmp"] }, "?"), ["? advisory"]);
      assert.deepEqual(await scoped({ excludeStacks: ["shop/dev"] }, "?"), ["? mandatory"]);
    });

    it("includes and excludes by project and stack", async () => {
      assert.deepEqual(await scoped({ includeStacks: ["shop/*"] }, "a"), ["a mandatory"]);
      assert.deepEqual(await scoped({ includeStacks: ["*/dev"] }, "a"), []);
      assert.deepEqual(await scoped({ excludeStacks: ["shop/prod"] }, "a"), []);
    });

    it("holds for the rules about the stack too", async () => {
      await host.configure({
        "oss-bucket-encryption-declared": { ...mandatory, excludeBuckets: ["scratch-*"] },
      });
      const found = await host.judge([
        bucket("a", { bucket: "scratch-1" }),
        bucket("b", { bucket: "b-scratch-1" }),
        bucket("c", {}),
      ]);
      assert.deepEqual(
        found.map((line) => line.split(":")[0]),
        ["declared b mandatory", "declared c mandatory"],
      );
    });
  });
});
