import assert from "node:assert/strict";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { startEmulator, type Emulator } from "oss-emulator";
import { dynamicResourceType } from "pulumi-oss-encryption/oss";
import { compareStack } from "../../cli/src/commands/drift/compare-stack";
import { fixStack, lookAgain } from "../../cli/src/commands/drift/fix-stack";
import type { FixedBucket } from "../../cli/src/commands/drift/fixed-bucket";
import { lookAtAllAgain } from "../../cli/src/commands/drift/last-look";
import { verdict, type StackReport } from "../../cli/src/commands/drift/report";
import type { StateResource } from "../../cli/src/pulumi/stack-state";
import type { Context } from "../../cli/src/subcommand";
import { UserError } from "../../cli/src/user-error";
import { accessTo } from "../../tools/emulator-access";

const urnOf = (name: string) => `urn:pulumi:prod::infra::${dynamicResourceType}::${name}`;
const resource = (name: string, bucket = name): StateResource => ({
  urn: urnOf(name),
  type: dynamicResourceType,
  id: bucket,
  inputs: { bucket, sseAlgorithm: "AES256" },
});
const old = (name: string) => ({ ...resource(name, `${name}-old`), delete: true });

type OnEvent = (event: EngineEvent) => void;

describe("drift --fix, with a stand-in for the engine", () => {
  let emulator: Emulator;
  let advice: string | undefined;
  beforeEach(async () => {
    emulator = await startEmulator();
    for (const bucket of ["logs", "logs-old", "moved", "moved-old"]) {
      emulator.createBucket(bucket, { encryption: { SSEAlgorithm: "AES256" } });
    }
    emulator.setEncryption("logs", { SSEAlgorithm: "SM4" });
  });
  afterEach(() => emulator.close());

  interface UpOptions {
    target: string[];
    replace?: string[];
    refresh: boolean;
  }

  /** A stack whose program is as deployed; `states` are what its exports give, one after the other. */
  function standIn(
    name: string,
    states: (StateResource[] | Error)[],
    up: (options: UpOptions) => void,
    preview: (target: string[]) => void = () => undefined,
  ): Stack {
    const exports = states.values();
    return {
      name,
      exportStack: () => {
        const resources = exports.next().value ?? assert.fail();
        if (resources instanceof Error) return Promise.reject(resources);
        return Promise.resolve({ version: 3, deployment: { resources } });
      },
      getAllConfig: () => Promise.resolve({}),
      preview: ({ target, onEvent }: { target: string[]; onEvent: OnEvent }) => {
        preview(target);
        for (const urn of target) {
          onEvent({ resourcePreEvent: { metadata: { urn, op: "same" } } } as EngineEvent);
        }
        return Promise.resolve();
      },
      up: (options: UpOptions) => Promise.resolve(options).then(up),
    } as unknown as Stack;
  }

  const newContext = () =>
    ({
      env: accessTo(emulator),
      signal: new AbortController().signal,
      progress: { update: () => undefined },
      adviseIfInterrupted: (text: string | undefined) => (advice = text),
    }) as unknown as Context;

  async function fixed(stack: Stack, cwd = "."): Promise<FixedBucket[]> {
    advice = undefined;
    const context = newContext();
    const compared = await compareStack(stack, context);
    return fixStack(stack, compared, { context, cwd, ask: () => Promise.resolve(true) });
  }

  const summary = (buckets: readonly FixedBucket[]) =>
    buckets.map((one) => [one.bucket, one.status, one.fix, one.fixReason]);

  const fix = async (states: (StateResource[] | Error)[], up: () => void, cwd?: string) =>
    summary(await fixed(standIn("prod", states, up), cwd));

  const putBack = () => {
    emulator.setEncryption("logs", { SSEAlgorithm: "AES256" });
  };

  it("keeps the drift that was found where what came of pulumi up can't be read", async () => {
    const states = [[resource("logs"), resource("moved")], new UserError("the passphrase is wrong")];
    const reason = "pulumi up was run, and what came of it could not be read: the passphrase is wrong";
    assert.deepEqual(await fix(states, putBack), [
      ["logs", "changed", "failed", reason],
      ["moved", "same", undefined, undefined],
    ]);
  });

  it("keeps also why pulumi up itself failed", async () => {
    const states = [[resource("logs")], new UserError("The passphrase is wrong.")];
    const failing = () => {
      throw new UserError("The backend is down.");
    };
    const reason =
      "The backend is down. pulumi up was run, and what came of it could not be read: The passphrase is wrong.";
    assert.deepEqual(await fix(states, failing), [["logs", "changed", "failed", reason]]);
  });

  it("says what is half done, and what to run, where it is interrupted while pulumi up runs", async () => {
    for (const [cwd, given] of [
      [".", ""],
      ["the project", " --cwd 'the project'"],
    ] as const) {
      let meanwhile: string | undefined;
      await fix([[resource("logs")], [resource("logs")]], () => (meanwhile = advice), cwd);
      assert.deepEqual(
        [meanwhile, advice],
        [
          `Rules may have been put back in part: run oss-encryption drift --stack prod${given}. ` +
            `If pulumi says that the stack is locked, first run pulumi cancel --stack prod --yes${given}.`,
          undefined,
        ],
      );
    }
  });

  it("names what waits for its deletion after the run, not before it", async () => {
    const before = [resource("logs"), resource("moved"), old("moved")];
    assert.deepEqual(await fix([before, [resource("logs"), resource("moved"), old("logs")]], putBack), [
      ["logs", "changed", "reasserted", undefined],
      ["moved", "same", undefined, undefined],
      ["logs-old", "pending", undefined, undefined],
    ]);
  });

  const late = "The first look did not show this drift, so nothing was done.";

  it("tells of a bucket that had not drifted what is live after the run, not before it", async () => {
    const states = [
      [resource("logs"), resource("moved")],
      [resource("logs"), resource("moved")],
    ];
    const meanwhile = () => {
      putBack();
      emulator.setEncryption("moved", { SSEAlgorithm: "SM4" });
    };
    assert.deepEqual(await fix(states, meanwhile), [
      ["logs", "changed", "reasserted", undefined],
      ["moved", "changed", "skipped", late],
    ]);
  });

  it("is done in parts that fit on a command line, in the state's order", async () => {
    const buckets = Array.from({ length: 20 }, (_, n) => `bucket-${n}`);
    for (const bucket of buckets) emulator.createBucket(bucket);
    const long = "long".repeat(500);
    const deployed = buckets.map((bucket, n) => ({
      ...resource(`${long}-${bucket}`, bucket),
      protect: n >= 10,
    }));
    const begun = deployed.map((one, n) => (n === 5 ? { ...one, pendingReplacement: true } : one));
    const previews: string[][] = [];
    const ups: UpOptions[] = [];
    const up = (options: UpOptions) => {
      ups.push(options);
      for (const urn of options.target) {
        emulator.setEncryption(urn.split(`${long}-`)[1] ?? "", { SSEAlgorithm: "AES256" });
      }
    };
    const fixes = await fixed(standIn("prod", [begun, deployed], up, (target) => previews.push(target)));
    assert.deepEqual(
      fixes.map((one) => one.fix),
      buckets.map(() => "reasserted"),
    );
    const urns = deployed.map(({ urn }) => urn);
    assert.deepEqual(previews.flat(), urns);
    assert.deepEqual(
      ups.flatMap(({ target }) => target),
      urns,
    );
    assert.deepEqual(
      ups.flatMap(({ replace = [] }) => replace),
      urns.slice(0, 10).filter((_, n) => n !== 5),
    );
    const sizes = [previews.map((target) => target.length), ups.map(({ target }) => target.length)];
    assert.deepEqual(sizes, [
      [6, 6, 6, 2],
      [6, 4, 6, 4],
    ]);
  });

  describe("of several stacks", () => {
    const sm4 = { ...resource("logs"), inputs: { bucket: "logs", sseAlgorithm: "SM4" } };
    const kms = { ...resource("logs"), inputs: { bucket: "logs", sseAlgorithm: "KMS" } };
    const putKms = () => {
      emulator.setEncryption("logs", { SSEAlgorithm: "KMS" });
    };
    const withD = "Stack d declares a bucket of this name, too.";

    /** Checks and fixes stacks, one after the other, as the command does. */
    async function fixAll(...stacks: Stack[]) {
      const reports: StackReport[] = [];
      for (const stack of stacks) {
        reports.push({ stack: stack.name, status: "checked", buckets: await fixed(stack) });
      }
      const all = await lookAtAllAgain(reports, (name) =>
        lookAgain(stacks.find((one) => one.name === name) ?? assert.fail(), newContext()),
      );
      const shown = all.map((one) => (one.status === "checked" ? summary(one.buckets) : assert.fail()));
      return { shown, verdict: verdict(all) };
    }

    it("tells that what was put back for one has been overwritten for another one", async () => {
      const c = standIn("c", [[resource("logs")], [resource("logs")], [resource("logs")]], putBack);
      const d = standIn("d", [[kms], [kms]], putKms);
      assert.deepEqual(await fixAll(c, d), {
        shown: [
          [["logs", "changed", "failed", `It was put back, and has drifted again. ${withD}`]],
          [["logs", "changed", "reasserted", undefined]],
        ],
        verdict: "drift",
      });
    });

    it("tells that what was as declared for one has been overwritten for another one", async () => {
      const c = standIn("c", [[sm4], [sm4]], () => assert.fail());
      const d = standIn("d", [[kms], [kms]], putKms);
      assert.deepEqual(await fixAll(c, d), {
        shown: [
          [["logs", "changed", "skipped", `${late} ${withD}`]],
          [["logs", "changed", "reasserted", undefined]],
        ],
        verdict: "drift",
      });
    });

    it("leaves what was put back as told where nothing else was written to it", async () => {
      const c = standIn("c", [[resource("logs")], [resource("logs")], [resource("logs")]], putBack);
      const moved = { ...resource("moved"), inputs: { bucket: "moved", sseAlgorithm: "SM4" } };
      const d = standIn("d", [[moved], [moved]], () => {
        emulator.setEncryption("moved", { SSEAlgorithm: "SM4" });
      });
      assert.deepEqual(await fixAll(c, d), {
        shown: [
          [["logs", "changed", "reasserted", undefined]],
          [["moved", "changed", "reasserted", undefined]],
        ],
        verdict: "none",
      });
    });

    it("takes nothing for as declared that can't be read again", async () => {
      const locked = new UserError("the passphrase is wrong");
      const both = [resource("logs"), resource("moved")];
      const c = standIn("c", [both, both, locked], putBack);
      const d = standIn("d", [[kms], [kms]], putKms);
      const unread =
        "Another stack was written to after this one, which could not be read again then: the passphrase is wrong";
      assert.deepEqual((await fixAll(c, d)).shown[0], [
        ["logs", "changed", "failed", `${unread} ${withD}`],
        ["moved", "unreadable", undefined, undefined],
      ]);
    });

    it("reads none again that nothing was written after", async () => {
      const c = standIn("c", [[sm4]], () => assert.fail());
      const d = standIn("d", [[resource("moved")]], () => assert.fail());
      assert.deepEqual(await fixAll(c, d), {
        shown: [[["logs", "same", undefined, undefined]], [["moved", "same", undefined, undefined]]],
        verdict: "none",
      });
    });
  });
});
