import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ossEncryption, type RunOptions } from "../support/oss-encryption";
import { until } from "../support/until";
import { describeWithEngine } from "../support/with-engine";

/** A stack that no other test names, so that its engines are told from others'. */
const stackName = `unreachable-${process.pid}`;

/** Processes with this text in their command lines, by their ids. */
function running(text: string): string[] {
  const lines = execFileSync("ps", ["-e", "-o", "pid=,args="], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line.includes(text)).map((line) => line.trim().split(" ")[0] ?? "");
}

describeWithEngine("a signal, while the engine waits for a backend that does not answer", (engine) => {
  let backend: Server;
  let requests = 0;
  let folder: string;
  before(async () => {
    backend = createServer(() => requests++).listen(0, "127.0.0.1");
    await once(backend, "listening");
    folder = await mkdtemp(join(tmpdir(), "signals-"));
    await writeFile(join(folder, "Pulumi.yaml"), "name: project\nruntime: nodejs\n");
  });
  beforeEach(() => (requests = 0));
  after(async () => {
    backend.closeAllConnections();
    backend.close();
    await rm(folder, { recursive: true });
  });
  const environment = (path = dirname(engine().command)) => ({
    PATH: [dirname(process.execPath), path, process.env.PATH].join(delimiter),
    HOME: folder,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `http://127.0.0.1:${(backend.address() as AddressInfo).port}`,
    PULUMI_ACCESS_TOKEN: "pul-0",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  });
  const run = (args: string[], onStart: RunOptions["onStart"]) =>
    ossEncryption(args, { cwd: folder, env: environment(), ...(onStart ? { onStart } : {}) });

  for (const [signal, code] of [
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const) {
    for (const command of ["audit", "drift", "import", "permissions"]) {
      it(`${signal} ends ${command}, and the engine with it`, async () => {
        const result = await run([command, "--stack", stackName], (child) => {
          void until(() => requests > 0).then(() => child.kill(signal));
        });
        const lastLine = result.stderr.split("\n").at(-2);
        assert.deepEqual([result.code, result.stdout, lastLine], [code, "", "Interrupted."]);
        assert.deepEqual(running(stackName), []);
      });
    }
  }

  it("a second one ends the command at once, and an engine that heeds none with it", async () => {
    // Stands in for an engine that is stuck: it ends at no signal, as Go does inside a system call.
    const bin = await mkdtemp(join(folder, "bin-"));
    const stuck = join(bin, "pulumi");
    const [started, signalled] = [join(bin, "started"), join(bin, "signalled")];
    const script = `#!/bin/sh
[ "$1" = version ] && echo v3.259.0 && exit
trap "touch ${signalled}" INT TERM
touch ${started}
while :; do sleep 0.1; done
`;
    await writeFile(stuck, script, { mode: 0o755 });
    const args = [join(__dirname, "../../cli/bin/oss-encryption.js"), "audit", "--stack", "prod"];
    const child = spawn(process.execPath, args, { cwd: folder, env: environment(bin), stdio: "pipe" });
    const exited = once(child, "exit");
    await until(() => existsSync(started));
    child.kill("SIGTERM");
    // The command has heeded the first one. Closer together, two signals are taken for one.
    await until(() => existsSync(signalled));
    await pause(500);
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [143, null]);
    await until(() => running(stuck).length === 0);
  });
});

describe("a disk that is full", () => {
  it("is said in a sentence, and the command has failed", async () => {
    const command = `exec "$0" "$1" permissions > /dev/full`;
    const bin = join(__dirname, "../../cli/bin/oss-encryption.js");
    const child = spawn("sh", ["-c", command, process.execPath, bin], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const [code] = (await once(child, "close")) as [number | null];
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^oss-encryption: The report can't be written to the standard output \(ENOSPC\)\.$/m,
    );
    assert.doesNotMatch(stderr, /^\s+at /m);
  });
});
