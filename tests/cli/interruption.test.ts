import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { mock } from "node:test";
import { Interruption } from "../../cli/src/terminal/interruption";

describe("a signal to the command line", () => {
  let process: EventEmitter;
  let ends: number;
  let interruption: Interruption;
  let now: number;
  beforeEach(() => {
    [process, ends, now] = [new EventEmitter(), 0, 1_000];
    mock.method(performance, "now", () => now);
    interruption = new Interruption(process as NodeJS.Process, () => ends++);
  });
  afterEach(() => mock.restoreAll());

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    it(`${signal} is an abort, and the shell's exit code ${code}`, () => {
      assert.deepEqual([interruption.signal.aborted, interruption.exitCode], [false, undefined]);
      process.emit(signal, signal);
      assert.deepEqual([interruption.signal.reason, interruption.exitCode, ends], [signal, code, 0]);
    });
  }

  it("ends the command at once when it comes again, with the exit code of the first", () => {
    process.emit("SIGTERM", "SIGTERM");
    now += 301;
    process.emit("SIGINT", "SIGINT");
    assert.deepEqual([interruption.exitCode, ends], [143, 1]);
  });

  it("is one with another that comes within 300 ms, as with npx", () => {
    process.emit("SIGINT", "SIGINT");
    now += 300;
    process.emit("SIGINT", "SIGINT");
    assert.equal(ends, 0);
  });

  it("is the process's own again afterwards", () => {
    interruption.dispose();
    assert.deepEqual(process.eventNames(), []);
  });
});
