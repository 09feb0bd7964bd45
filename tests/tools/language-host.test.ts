import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { linkLanguageHost } from "../../tools/go-engine/link-language-host";
import { isRunning } from "../../tools/processes";
import { until } from "../support/until";

const languageHost = join(__dirname, "../../tools/go-engine/language-host/pulumi-language-nodejs");

describe("the language host that stands in for Pulumi's", () => {
  let folder: string;
  let parent: ChildProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "language-host-"));
  });
  afterEach(async () => {
    parent?.kill("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts one through a shell, which stands for the engine. */
  async function start(): Promise<{ pid: number; port: number }> {
    const script = `trap 'kill $host' TERM; "$0" 127.0.0.1:1 & host=$!; echo pid $host; wait`;
    parent = spawn("/bin/sh", ["-c", script, languageHost], {
      env: { PATH: dirname(process.execPath), TMPDIR: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    assert.ok(parent.stdout);
    const lines = createInterface(parent.stdout)[Symbol.asyncIterator]();
    const printed = [(await lines.next()).value, (await lines.next()).value] as string[];
    const find = (line: RegExp) => Number(printed.map((text) => line.exec(text)?.[1]).find(Boolean));
    return { pid: find(/^pid (\d+)$/), port: find(/^(\d+)$/) };
  }

  it("makes no temporary file, and answers what it does not do with UNIMPLEMENTED", async () => {
    const { port } = await start();
    assert.deepEqual(await readdir(folder), []);
    const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const asItIs = (bytes: Buffer) => bytes;
    const codeOf = (method: string) =>
      new Promise((resolve) => {
        const path = `/pulumirpc.LanguageRuntime/${method}`;
        client.makeUnaryRequest(path, asItIs, asItIs, Buffer.alloc(0), (error) => resolve(error?.code));
      });
    const methods = ["GenerateProgram", "GenerateProject", "GeneratePackage", "Pack", "Link", "Template"];
    const codes = await Promise.all(methods.map(codeOf));
    client.close();
    assert.deepEqual(
      codes,
      methods.map(() => grpc.status.UNIMPLEMENTED),
    );
  });

  it("ends when the engine that started it was killed", async () => {
    const { pid } = await start();
    const exit = once(parent ?? assert.fail(), "exit");
    parent?.kill("SIGKILL");
    await exit;
    await until(() => !isRunning(pid));
  });

  it("is linked into a folder of plugins, in the place of another checkout's but not of a real one", async () => {
    const plugins = join(folder, "plugins");
    const link = await linkLanguageHost(plugins);
    assert.equal(link, join(plugins, "language-nodejs-v3.259.0/pulumi-language-nodejs"));
    assert.equal(await readlink(link), languageHost);

    await rm(link);
    await symlink("/nowhere", link);
    await linkLanguageHost(plugins);
    assert.equal(await readlink(link), languageHost);

    await rm(dirname(link), { recursive: true });
    await mkdir(dirname(link));
    await writeFile(link, "official");
    await linkLanguageHost(plugins);
    assert.equal(await readFile(link, "utf8"), "official");
  });
});
