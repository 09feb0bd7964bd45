import assert from "node:assert/strict";
import { runCommand } from "../../provider/src/credentials/run-command";
import { splitCommand } from "../../provider/src/credentials/split-command";

/** A command, and what the aliyun command line makes of it; undefined: it refuses it. */
const commands: [command: string, unix: string[] | undefined, windows?: string[]][] = [
  ["tool", ["tool"]],
  ["  tool   --id\tprod  ", ["tool", "--id", "prod"]],
  [`tool "a b" 'c "d"'`, ["tool", "a b", 'c "d"']],
  [`tool "" ''`, ["tool", "", ""]],
  [`to"ol"'s'`, ["tools"]],
  [`tool "a\\"b"`, ["tool", 'a"b']],
  [`tool a\\ b`, ["tool", "a b"], ["tool", "a\\", "b"]],
  [`tool "\\$HOME \\n"`, ["tool", "$HOME \\n"], ["tool", "\\$HOME \\n"]],
  [`tool $HOME | rm *`, ["tool", "$HOME", "|", "rm", "*"]],
  [`tool 'a\\b'`, ["tool", "a\\b"]],
  ["tool \\\n a", ["tool", "a"], ["tool", "\\", "a"]],
  [
    `"C:\\Program Files\\tool.exe" C:\\x`,
    ["C:\\Program Files\\tool.exe", "C:x"],
    ["C:\\Program Files\\tool.exe", "C:\\x"],
  ],
  [`tool "a`, undefined],
  ["tool 'a", undefined],
];

describe("a process_command", () => {
  for (const [command, unix, windows = unix] of commands) {
    it(`is split like the command line does: ${JSON.stringify(command)}`, () => {
      assert.deepEqual(splitCommand(command, false), unix);
      assert.deepEqual(splitCommand(command, true), windows);
    });
  }

  it("is refused with a backslash at its end, but on Windows", () => {
    assert.equal(splitCommand("tool a\\", false), undefined);
    assert.deepEqual(splitCommand("tool a\\", true), ["tool", "a\\"]);
  });

  it("is stopped when it takes too long", async () => {
    const forEver = [process.execPath, "-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"];
    assert.deepEqual(await runCommand(forEver, process.env, 200), {
      failure: "took too long and was stopped",
    });
  });

  it("is no program where its name can't be one", async () => {
    assert.deepEqual(await runCommand(["some\0secret"], {}), { failure: "can't be started" });
  });
});
