import assert from "node:assert/strict";
import { copyFile, link, mkdir, mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { describeWithEngine } from "../support/with-engine";
import { until } from "../support/until";
import { DriftStack, type DriftJson } from "./drift-stack";

describeWithEngine("oss-encryption drift, where it can't tell", (engine) => {
  let stack: DriftStack;
  let temporary: string;

  before(async () => {
    temporary = await mkdtemp(join(tmpdir(), "drift-faults-"));
    stack = await DriftStack.deploy(engine(), { logs: { sseAlgorithm: "AES256" } });
    const { code, stderr } = await stack.project.pulumi(["stack", "select"]);
    assert.equal(code, 0, stderr);
  });
  afterEach(() => stack.emulator.clearFaults());
  after(async () => {
    await stack.close();
    await rm(temporary, { recursive: true, force: true });
  });

  const json = (text: string) => JSON.parse(text) as { verdict: string; stacks: object[] };

  it("says no drift only of what it has read", async () => {
    stack.emulator.fault({ operation: "GetBucketEncryption", connection: "reset", times: Infinity });
    const { code, json, of } = await stack.drift();
    assert.equal(json.verdict, "unknown");
    assert.equal(code, 1);
    assert.equal(of("logs")?.status, "unreadable");
    assert.match(of("logs")?.reason ?? "", /^GetBucketEncryption of bucket logs failed: no answer from/);
  });

  it("tells a stack without our resources and one that does not exist from one without drift", async () => {
    const init = ["stack", "init", "empty", "--no-select", "--non-interactive"];
    const created = await stack.engine(init);
    assert.equal(created.code, 0, created.stderr);

    const named = await stack.run(["drift", "--stack", "empty", "--stack", "nope", "--json"]);
    assert.equal(named.code, 1);
    assert.deepEqual(json(named.stdout), {
      version: 1,
      verdict: "unknown",
      stacks: [
        { stack: "empty", status: "empty" },
        { stack: "nope", status: "failed", reason: "no stack named 'nope' found" },
      ],
    });
    const all = await stack.run(["drift", "--all", "--markdown"]);
    assert.equal(
      all.stdout,
      "### Stack empty: manages no bucket's encryption, so there is nothing to check\n\n" +
        "### Stack test: no drift (1 bucket)\n",
    );
    assert.equal(all.code, 0);
  });

  it("leaves the user's selected stack selected, and checks it by default", async () => {
    const { code, stdout } = await stack.run(["drift"]);
    assert.equal(code, 0);
    assert.equal(stdout, "Stack test: no drift (1 bucket)\n");
  });

  it("reads with the config that the stack has now, for which no program has to run", async () => {
    const { project } = stack;
    await project.setConfig({ "alicloud:accessKey": "LTAI-unknown", "alicloud:secretKey": "unknown" });
    const { code, of, stderr } = await stack.drift();
    await project.setConfig({});
    assert.equal(code, 1);
    assert.match(
      of("logs")?.reason ?? "",
      /403 InvalidAccessKeyId: .* the stack config\. They win over OSS_ACCESS_KEY_ID in the environment\.$/,
    );
    assert.doesNotMatch(stderr, /run-program/);
  });

  it("takes --run-program, and says once that it is no longer needed", async () => {
    const { code, stdout, stderr } = await stack.run(["drift", "--stack", "test", "--run-program"]);
    assert.deepEqual([code, stdout], [0, "Stack test: no drift (1 bucket)\n"]);
    assert.deepEqual(
      stderr.split("\n").filter((line) => line.includes("--run-program")),
      [
        "oss-encryption: --run-program is no longer needed: drift reads by itself, with the stack's current config.",
      ],
    );
  });

  it("takes no empty name for a stack", async () => {
    const { code, stdout, stderr } = await stack.run(["drift", "--stack", ""]);
    assert.deepEqual(
      [code, stdout, stderr],
      [1, "", "error: option '--stack <name>' argument '' is invalid. It can't be empty.\n"],
    );
  });

  const unusable: [string, string[], NodeJS.ProcessEnv, RegExp][] = [
    [
      "a folder that isn't there",
      ["--cwd", "nowhere"],
      {},
      /^oss-encryption: --cwd: .*nowhere is not a folder\.$/m,
    ],
    ["a folder without a project", ["--cwd", "/", "--all"], {}, /no Pulumi\.yaml project file found/],
    ["no engine", [], { PATH: dirname(process.execPath) }, /No pulumi is on PATH.*docs\/install/],
  ];
  for (const [what, flags, env, said] of unusable) {
    it(`says what is wrong in a sentence: ${what}`, () => saysWhatIsWrong(flags, env, said));
  }

  it("says what is wrong in a sentence: a wrong passphrase, where something is secret", async () => {
    const { code, stderr } = await stack.project.pulumi(["config", "set", "--secret", "hidden", "value"]);
    assert.equal(code, 0, stderr);
    await saysWhatIsWrong([], { PULUMI_CONFIG_PASSPHRASE: "wrong" }, /incorrect passphrase/);
  });

  async function saysWhatIsWrong(flags: string[], env: NodeJS.ProcessEnv, said: RegExp): Promise<void> {
    const { code, stdout, stderr } = await stack.run(["drift", ...flags], { env });
    assert.equal(code, 1);
    assert.match(stdout + stderr, said);
    assert.doesNotMatch(stdout + stderr, /^\s+at |no drift \(1|Command failed/m);
  }

  it("needs the engine's command, the project's settings and the backend, and nothing else of the project", async () => {
    const [bin, alone] = [join(temporary, "bin"), join(temporary, "alone")];
    for (const folder of [bin, alone]) await mkdir(folder);
    const [from, to] = [engine().command, join(bin, "pulumi")];
    // Not a symbolic link: the engine would look beside its true self for hosts and plugins.
    await link(from, to).catch(() => copyFile(from, to));
    for (const name of ["Pulumi.yaml", "Pulumi.test.yaml"]) {
      await copyFile(join(stack.project.folder, name), join(alone, name));
    }
    const { code, status } = await stack.drift(["--cwd", alone], {
      env: {
        PATH: [bin, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
        PULUMI_HOME: join(temporary, "home"),
      },
    });
    assert.deepEqual(status, { logs: "same" });
    assert.equal(code, 0);
  });

  it("reads each stack with its own config", async () => {
    const keys = ["alicloud:accessKey=LTAI-unknown", "alicloud:secretKey=unknown"];
    for (const args of [
      ["stack", "init", "second", "--no-select"],
      ["up", "--yes", "--skip-preview", "--stack", "second"],
      ["config", "set-all", "--stack", "second", ...keys.flatMap((pair) => ["--plaintext", pair])],
    ]) {
      const { code, stdout, stderr } = await stack.engine([...args, "--non-interactive"]);
      assert.equal(code, 0, stdout + stderr);
    }
    for (const names of [
      ["test", "second"],
      ["second", "test"],
    ]) {
      const flags = names.flatMap((name) => ["--stack", name]);
      const { code, stdout } = await stack.run(["drift", ...flags, "--json"]);
      assert.equal(code, 1);
      const { stacks } = JSON.parse(stdout) as DriftJson;
      const statuses = stacks.map((one) => [one.stack, one.buckets?.map(({ status }) => status)]);
      assert.deepEqual(Object.fromEntries(statuses), { test: ["same"], second: ["unreadable"] });
    }
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`leaves neither process, lock nor temporary file behind at ${signal}`, async () => {
      stack.emulator.fault({ operation: "GetBucketEncryption", connection: "hang", times: Infinity });
      stack.emulator.clearRequests();
      const folder = await mkdtemp(join(temporary, "tmp-"));
      const { code, stdout, stderr } = await stack.run(["drift", "--stack", "test"], {
        env: { TMPDIR: folder },
        onStart: (child) => void until(isAsked).then(() => child.kill(signal)),
      });
      assert.equal(code, signal === "SIGINT" ? 130 : 143);
      assert.equal(stdout, "");
      assert.match(stderr, /Interrupted\.\n$/);
      assert.deepEqual(await readdir(folder), []);
      // The engine's children end by themselves once the engine is gone.
      if (process.platform === "linux") await until(async () => !(await hasProcesses(stack.project.folder)));
      assert.deepEqual(await stack.locks(), []);
    });
  }

  const isAsked = () => stack.emulator.requests.length > 0;

  async function hasProcesses(folder: string): Promise<boolean> {
    const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const folders = await Promise.all(ids.map((id) => readlink(`/proc/${id}/cwd`).catch(() => "")));
    return folders.some((one) => one.startsWith(folder));
  }
});
