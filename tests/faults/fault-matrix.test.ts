import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { startEmulator, type EncryptionRule, type Emulator } from "oss-emulator";
import { accessTo } from "../../tools/emulator-access";
import { lead } from "../support/lead";
import { served } from "../support/served";
import { VerbError, providerText, type Props } from "../support/verbs";
import { documentedFaultTable, renderFaultTable, unpadded } from "./fault-document";
import { columns, faultTable, type Column, type Outcome, type Row } from "./fault-table";
import { InProcess } from "./in-process";
import { VirtualClock } from "../support/virtual-clock";

const bucket = "fault-bucket";
const earlier = { SSEAlgorithm: "KMS" } as const;
/** These limits run on the machine's clock, and making certificates for all emulators of a row takes a slow one long. */
const patience = { "alicloud:clientConnectTimeout": "600000", "alicloud:clientReadTimeout": "600000" };
const rules: Record<string, EncryptionRule> = {
  AES256: { SSEAlgorithm: "AES256" },
  SM4: { SSEAlgorithm: "SM4" },
};
const state = (sseAlgorithm: string): Props => ({ bucket, sseAlgorithm, __provider: providerText });
const declared = state("AES256");

type Verb = "create" | "update" | "read" | "delete";
const verbs: Record<Column, readonly Verb[]> = {
  write: ["create", "update"],
  confirm: ["create", "update"],
  read: ["read"],
  delete: ["delete"],
};
const requests: Record<Column, "Get" | "Put" | "Delete"> = {
  write: "Put",
  confirm: "Get",
  read: "Get",
  delete: "Delete",
};

describe("create, update, read and delete", () => {
  for (const row of faultTable) {
    it(`each verb does what the table says with ${row.name}, and the next run heals what is left`, () =>
      Promise.all(
        columns.flatMap((column) =>
          verbs[column].flatMap((verb) =>
            outcomesOf(row, column, verb).map((outcome, isLasting) =>
              tryOut(row, column, verb, outcome, isLasting === 1).catch((error: unknown) => {
                if (error instanceof Error) {
                  error.message = `${verb}, ${column}, ${isLasting}: ${error.message}`;
                }
                throw error;
              }),
            ),
          ),
        ),
      ));
  }
});

it("docs/faults.md shows the fault table as it is: npx tsx tests/faults/fault-document.ts writes it", () => {
  assert.equal(unpadded(documentedFaultTable()), unpadded(renderFaultTable()));
});

function outcomesOf({ create, outcomes }: Row, column: Column, verb: Verb): readonly Outcome[] {
  if (create && verb === "create" && column === "write") return create;
  return outcomes[column] ?? [];
}

async function tryOut(
  row: Row,
  column: Column,
  verb: Verb,
  outcome: Outcome,
  isLasting: boolean,
): Promise<void> {
  const clock = new VirtualClock(() => way?.onSleep(isLasting));
  const started = Date.now();
  await using emulator = await startEmulator({ clock: () => started + clock.elapsed });
  const region = row.way === "another region" ? "cn-shanghai" : "cn-hangzhou";
  emulator.createBucket(bucket, { region, ...(verb === "create" ? {} : { encryption: earlier }) });
  const way = await openWay(row, emulator);
  const env = { ...accessTo(emulator), OSS_ENDPOINT: way?.url ?? emulator.url };
  const run = new InProcess({ clock, env, config: { ...patience, ...row.config } });

  if (row.fault) {
    const { stale } = row.fault;
    emulator.fault({
      ...row.fault,
      operation: `${requests[column]}BucketEncryption`,
      times: isLasting || stale ? Infinity : 1,
      // The look before a create is not what confirms it.
      after: column === "confirm" && verb === "create" && !stale ? 1 : 0,
      ...(stale && !isLasting ? { forMs: 3_000 } : {}),
    });
  }
  if (verb === "read") emulator.setEncryption(bucket, rules.SM4);
  const kept = await play(run, verb).catch((error: unknown) => {
    if (error instanceof VerbError) return error;
    throw error;
  });
  run.close();
  way?.close();
  checkOutcome({ row, column, verb, emulator, outcome, kept });
  emulator.clearFaults();
  await heal(emulator, verb, kept);
}

/** The verb, and what the engine keeps of it. */
async function play(run: InProcess, verb: Verb): Promise<Props | undefined> {
  switch (verb) {
    case "create":
      return (await run.create(declared)).outs;
    case "update":
      return (await run.update(bucket, state("KMS"), declared)).outs;
    case "read": {
      const { id, props } = await run.read(bucket, state("KMS"));
      return id ? props : undefined;
    }
    case "delete":
      await run.delete(bucket, state("KMS"));
      return undefined;
  }
}

interface Played {
  row: Row;
  column: Column;
  verb: Verb;
  emulator: Emulator;
  outcome: Outcome;
  kept: Props | VerbError | undefined;
}

function checkOutcome({ row, column, verb, emulator, outcome, kept }: Played): void {
  const live = emulator.encryption(bucket);
  const before = { create: undefined, read: rules.SM4, update: earlier, delete: earlier }[verb];
  const tries = served(emulator, bucket).filter((request) => request === requests[column]).length;
  const looks = column === "confirm" && verb === "create" ? 1 : 0;
  assert.equal(tries - looks, arriving(row, verb, outcome), "tries");

  if ("error" in outcome) {
    assert.ok(kept instanceof VerbError, `succeeded: ${JSON.stringify(kept)}`);
    assert.ok(kept.message.includes(outcome.error), kept.message);
    const isUnconfirmed = kept.message.startsWith("OSS accepted");
    const isRepeatedByUs = outcome.error.endsWith("NoSuchBucket");
    if (!isUnconfirmed && !isRepeatedByUs) {
      assert.equal(Number(/tried (\d+) times/.exec(kept.message)?.[1] ?? 1), outcome.tries);
    }
    // OSS has taken the write, or said so: the state tells what is pending.
    const pending = { id: bucket, properties: declared, reasons: [kept.message] };
    assert.deepStrictEqual(kept.pending, column === "confirm" || isUnconfirmed ? pending : undefined);
    const mayBeGone = verb === "delete" && row.fault?.connection !== undefined && live === undefined;
    if (!mayBeGone) assert.deepStrictEqual(live, column === "confirm" ? rules.AES256 : before);
    return;
  }
  if (kept instanceof VerbError) throw kept;
  if (verb === "read") {
    const shown =
      "read" in outcome ? { gone: undefined, "the earlier rule": state("KMS") }[outcome.read] : state("SM4");
    assert.deepStrictEqual(kept, shown);
  } else if (verb === "delete") {
    assert.deepStrictEqual(live, row.fault?.answer?.code?.startsWith("NoSuch") ? earlier : undefined);
  } else {
    assert.deepStrictEqual([kept, live], [declared, rules.AES256]);
  }
}

/** How many of the tries OSS sees. */
function arriving({ way }: Row, verb: Verb, outcome: Outcome): number {
  // The look before the write has taken the detour.
  if (way === "another region" && (verb === "create" || verb === "delete")) return 1;
  if (way === "untrusted certificate") return 0;
  if (way === "closed port") return "error" in outcome ? 0 : outcome.tries - 1;
  return outcome.tries;
}

/** What the next run of the engine does about what is left: the declared rule is live, or none after a delete. */
async function heal(emulator: Emulator, verb: Verb, kept: Props | VerbError | undefined): Promise<void> {
  const run = new InProcess({ clock: new VirtualClock(), env: accessTo(emulator) });
  const failed = kept instanceof VerbError;
  if (verb === "delete") {
    if (failed) await run.delete(bucket, state("KMS"));
    if (failed) assert.equal(emulator.encryption(bucket), undefined);
  } else {
    const { inputs } = await run.check({}, declared);
    if (failed && kept.pending) await run.update(bucket, kept.pending.properties, inputs);
    else if (failed && verb === "create") await run.create(inputs);
    else if (verb !== "create") await run.update(bucket, failed || !kept ? state("KMS") : kept, inputs);
    assert.deepStrictEqual(emulator.encryption(bucket), rules.AES256);
  }
  run.close();
}

interface Way {
  url: string;
  /** The client waits before its next try: what passes, passes now. */
  onSleep: (isLasting: boolean) => unknown;
  close: () => void;
}

/** A broken way to the emulator. */
async function openWay({ way }: Row, emulator: Emulator): Promise<Way | undefined> {
  if (way === "untrusted certificate") {
    return { url: emulator.httpsUrl, onSleep: () => undefined, close: () => undefined };
  }
  if (way !== "closed port") return undefined;
  const door = createServer((socket) => lead(socket, connect(emulator.port, "127.0.0.1")));
  const port = await listening(door, 0);
  door.close();
  const onSleep = (isLasting: boolean) => isLasting || door.listening || listening(door, port);
  return { url: `http://${doorHost}:${port}`, onSleep, close: () => door.close() };
}

/** Nobody else listens there, so that a port that was closed is free when it is opened again. Other systems have one address. */
const doorHost = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1";

async function listening(server: Server, port: number): Promise<number> {
  await once(server.listen(port, doorHost), "listening");
  return (server.address() as AddressInfo).port;
}
