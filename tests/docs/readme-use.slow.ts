import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PulumiProject } from "../../tools/pulumi-project";
import { run } from "../../tools/run";
import { pack } from "../../tools/pack";
import { repository } from "../support/repository";
import { describeWithEngine } from "../support/with-engine";
import { blocks } from "./pages";

/** What `pulumi new typescript` makes, but for its program. */
const template: Record<string, string> = {
  "Pulumi.yaml": "name: project\nruntime:\n  name: nodejs\n  options:\n    packagemanager: npm\n",
  "package.json": JSON.stringify({
    name: "project",
    main: "index.ts",
    devDependencies: { "@types/node": "^18", typescript: "^5.0.0" },
    dependencies: { "@pulumi/pulumi": "^3.113.0" },
  }),
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      strict: true,
      outDir: "bin",
      target: "es2020",
      module: "commonjs",
      moduleResolution: "node",
      sourceMap: true,
      experimentalDecorators: true,
      pretty: true,
      noFallthroughCasesInSwitch: true,
      noImplicitReturns: true,
      forceConsistentCasingInFileNames: true,
    },
    files: ["index.ts"],
  }),
};

describeWithEngine("README.md in a project of Pulumi's template, without an account", (engine) => {
  let folder: string;
  let emulator: ChildProcess | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "packed-"));
  });
  after(async () => {
    emulator?.kill();
    await rm(folder, { recursive: true });
  });

  it("installs, deploys and finds the declared rules in the emulator, word for word", async () => {
    const page = await readFile(join(repository, "README.md"), "utf8");
    const [program = ""] = blocks(page, "ts");
    const block = (begins: string) => blocks(page, "sh").find((one) => one.startsWith(begins)) ?? "";
    const [, start = ""] = /`npx (oss-emulator [^`]*)`/.exec(page) ?? [];
    const tarballs: Record<string, string> = {
      "pulumi-oss-encryption": join(folder, (await pack("provider", folder)).filename),
      "oss-emulator": join(folder, (await pack("emulator", folder)).filename),
    };
    await using project = await PulumiProject.create({
      engine: engine(),
      linked: false,
      files: { ...template, "index.ts": program },
    });
    const shell = async (command: string, env: NodeJS.ProcessEnv) => {
      const outcome = await run("/bin/sh", ["-ec", command], { cwd: project.folder, env });
      assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
      return outcome.stdout;
    };

    // npx would get it by itself.
    for (const command of [block("npm install pulumi-oss-encryption"), "npm install oss-emulator"]) {
      const packed = command.replace(/\S+$/m, (name) => tarballs[name] ?? name);
      assert.notEqual(packed, command);
      await shell(packed, { ...process.env, CI: "" });
    }
    const [name = "", ...flags] = start.split(" ");
    emulator = spawn(join(project.folder, "node_modules/.bin", name), [...flags, "--port", "0"]);
    const { OSS_ENDPOINT = "", ...keys } = await printed(emulator);

    const env = { ...project.environment(), OSS_ENDPOINT };
    await shell(`pulumi stack select ${PulumiProject.stack}`, env);
    const deploy = block("pulumi config set alicloud:region")
      .replaceAll(/(OSS_\w+)=…/g, (_, key: string) => `${key}=${keys[key] ?? ""}`)
      .replace(/pulumi up$/m, "pulumi up --yes");
    assert.match(await shell(deploy, env), /\+ 3 created/);
    const buckets: unknown = await (await fetch(`${OSS_ENDPOINT}/_emulator/buckets`)).json();
    assert.deepEqual(buckets, {
      "logs-prod": { SSEAlgorithm: "AES256" },
      "payroll-prod": { SSEAlgorithm: "KMS", KMSMasterKeyID: "9468da86-3509-4f8d-a61e-6eab1eac1f8b" },
    });
  });
});

/** What the emulator says about itself, by the names of variables. */
async function printed({ stdout }: ChildProcess): Promise<Record<string, string>> {
  assert(stdout);
  const found: Record<string, string> = {};
  for await (const line of createInterface(stdout)) {
    for (const [, name = "", value = ""] of line.matchAll(/\b(OSS_[A-Z_]+)=([^\s,]+)/g)) {
      found[name] ??= value;
    }
    if (line.includes("/_emulator/")) break;
  }
  return found;
}
