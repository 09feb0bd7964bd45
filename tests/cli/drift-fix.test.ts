import assert from "node:assert/strict";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { startEmulator, type Emulator } from "oss-emulator";
import { dynamicResourceType } from "pulumi-oss-encryption/oss";
import { compareStack } from "../../cli/src/commands/drift/compare-stack";
import { fixStack } from "../../cli/src/commands/drift/fix-stack";
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

  /** Fixes a stack whose program is as deployed; `states` are what its exports give, one after the other. */
  async function fix(states: (StateResource[] | Error)[], up: () => void, cwd = ".") {
    advice = undefined;
    const exports = states.values();
    const stack = {
      name: "prod",
      exportStack: () => {
        const resources = exports.next().value ?? assert.fail();
        if (resources instanceof Error) return Promise.reject(resources);
        return Promise.resolve({ version: 3, deployment: { resources } });
      },
      getAllConfig: () => Promise.resolve({}),
      preview: ({ onEvent }: { onEvent: OnEvent }) => {
        onEvent({ resourcePreEvent: { metadata: { urn: urnOf("logs"), op: "same" } } } as EngineEvent);
        return Promise.resolve();
      },
      up: () => Promise.resolve().then(up),
    } as unknown as Stack;
    const context = {
      env: accessTo(emulator),
      signal: new AbortController().signal,
      progress: { update: () => undefined },
      adviseIfInterrupted: (text: string | undefined) => (advice = text),
    } as unknown as Context;
    const compared = await compareStack(stack, context);
    const buckets = await fixStack(stack, compared, { context, cwd, ask: () => Promise.resolve(true) });
    return buckets.map((one) => [one.bucket, one.status, one.fix, one.fixReason]);
  }

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
});
