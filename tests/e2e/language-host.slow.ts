import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readdir, readFile, realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { isRunning } from "../../tools/processes";
import { PulumiProject } from "../../tools/pulumi-project";
import { run } from "../../tools/run";
import { until } from "../support/until";
import { describeWithEngine } from "../support/with-engine";

/** With an engine that was built with Go it is the stand-in that does all this. */
describeWithEngine("the Node.js language host", (engine) => {
  let project: PulumiProject;
  const pulumiYaml = (options: object) =>
    JSON.stringify({ name: "project", runtime: { name: "nodejs", options } });
  const outputs = async () => {
    const { stdout } = await project.pulumi(["stack", "output", "--json", "--show-secrets"]);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  /** For the subcommands that know no stack. */
  const pulumi = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    run(engine().command, args, {
      cwd: project.folder,
      // Nothing that is installed here comes from the network.
      env: { ...project.environment(), npm_config_offline: "true", ...env },
    });

  async function create(files: Record<string, string>): Promise<void> {
    project = await PulumiProject.create({ engine: engine(), files });
  }
  afterEach(() => project.close());

  describe("running a program", () => {
    it("tells a program its stack and config, passes nodeargs to Node.js, and says nothing of itself", async () => {
      await create({
        "Pulumi.yaml": pulumiYaml({ nodeargs: "--title 'a program' --no-deprecation" }),
        "index.js": `
          const pulumi = require("@pulumi/pulumi");
          const config = new pulumi.Config();
          module.exports = {
            stack: [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack(), pulumi.runtime.isDryRun()],
            folders: [process.cwd(), pulumi.getRootDirectory()],
            config: config.require("greeting"),
            secret: config.requireSecret("password"),
            nodeargs: process.execArgv,
          };`,
      });
      await project.setConfig({ "project:greeting": "hello" });
      const secret = await project.pulumi(["config", "set", "--secret", "password", "sesame"]);
      assert.equal(secret.code, 0, secret.stderr);
      const up = await project.up();
      assert.equal(up.code, 0, up.stdout + up.stderr);
      assert.doesNotMatch(up.stdout + up.stderr, /warning|Diagnostics/);
      const folder = await realpath(project.folder);
      assert.deepEqual(await outputs(), {
        stack: ["organization", "project", "test", false],
        folders: [folder, folder],
        config: "hello",
        secret: "sesame",
        nodeargs: ["--title", "a program", "--no-deprecation"],
      });
    });

    it("runs TypeScript, with the tsconfig.json that the options name", async () => {
      await create({
        "Pulumi.yaml": pulumiYaml({ tsconfig: "strict.json" }),
        "strict.json": '{ "compilerOptions": { "noUnusedLocals": true, "module": "commonjs" } }',
        "index.ts": 'const unused = 1;\nexport const said: string = "hello";\n',
      });
      const refused = await project.preview();
      assert.equal(refused.code, 1);
      assert.match(refused.stdout, /index\.ts\(1,7\): error TS6133/);
      await project.write({ "Pulumi.yaml": pulumiYaml({}) });
      const up = await project.up();
      assert.equal(up.code, 0, up.stdout + up.stderr);
      assert.deepEqual(await outputs(), { said: "hello" });
    });

    it("runs TypeScript as ES modules with a loader of the program's own", async () => {
      await create({
        "Pulumi.yaml": pulumiYaml({ typescript: false, nodeargs: "--import tsx" }),
        "package.json": '{ "private": true, "type": "module", "main": "index.ts" }',
        "index.ts": 'export const url: string = new URL("x", import.meta.url).protocol;\n',
      });
      const up = await project.up();
      assert.equal(up.code, 0, up.stdout + up.stderr);
      assert.deepEqual(await outputs(), { url: "file:" });
    });

    it("shows a program's error as it is, and ends with 1", async () => {
      await create({
        // Node 20 takes half a minute to colour some of the SDK's stack frames, so there is none.
        "index.js":
          'throw Object.assign(new (require("@pulumi/pulumi").RunError)("no such thing"), { stack: "" });',
      });
      const up = await project.up();
      assert.equal(up.code, 1);
      assert.match(up.stdout, /error: no such thing/);
      assert.doesNotMatch(up.stdout + up.stderr, /exit code/);
      await project.write({ "index.js": "process.exit(7);" });
      const exits = await project.up();
      assert.equal(exits.code, 1);
      assert.match(exits.stdout, /error: .*Program exited with non-zero exit code: 7/);
    });

    it("names an option that has a wrong value", async () => {
      await create({ "Pulumi.yaml": pulumiYaml({ typescript: "yes" }), "index.js": "" });
      const up = await project.up();
      assert.equal(up.code, 1);
      assert.match(up.stdout, /typescript (option )?must be/);
    });

    it("says what to install where a program can't require the SDK", async () => {
      project = await PulumiProject.create({ engine: engine(), linked: false, files: { "index.js": "" } });
      const up = await project.up();
      assert.equal(up.code, 1);
      assert.match(up.stdout, /run pulumi install/);
    });

    it("ends a program when pulumi is interrupted", async () => {
      await create({
        "index.js": 'require("fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1000);',
      });
      const child = spawn(engine().command, ["preview", "--stack", "test", "--non-interactive"], {
        cwd: project.folder,
        env: project.environment(),
        stdio: "ignore",
      });
      const exit = once(child, "exit");
      const pid = await until(() => readFile(join(project.folder, "pid"), "utf8").catch(() => ""));
      child.kill("SIGINT");
      await exit;
      await until(() => !isRunning(Number(pid)));
    });
  });

  describe("running a policy pack", () => {
    const pack = (text: string) => ({
      "index.js": "",
      "pack/PulumiPolicy.yaml": "runtime: nodejs\n",
      "pack/package.json": '{ "name": "pack", "version": "1.0.0", "main": "index.js" }',
      "pack/index.js": text,
    });
    const preview = () => project.preview(["--policy-pack", join(project.folder, "pack")]);

    it("runs it in its folder, and tells it which stack it judges", async () => {
      await create(
        pack(`
          const pulumi = require("@pulumi/pulumi");
          const { PolicyPack } = require("@pulumi/policy");
          const stack = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack(), pulumi.runtime.isDryRun()];
          const found = [...stack, new pulumi.Config("project").get("greeting"), process.cwd()];
          const policy = {
            name: "say",
            description: "Says what it knows.",
            enforcementLevel: "mandatory",
            validateStack: (_, report) => report(JSON.stringify(found)),
          };
          new PolicyPack("pack", { policies: [policy] });`),
      );
      await project.setConfig({ "project:greeting": "hello" });
      const { code, stdout, stderr, events } = await preview();
      assert.equal(code, 1, stdout + stderr);
      const [said] = events.flatMap(({ policyEvent }) => policyEvent?.message ?? []);
      const [text = ""] = /\[.*\]/.exec(said ?? stdout) ?? [];
      const folder = await realpath(join(project.folder, "pack"));
      assert.deepEqual(JSON.parse(text), ["organization", "project", "test", true, "hello", folder]);
    });

    it("shows why a pack does not start", async () => {
      await create(pack('throw new Error("no policies today");'));
      const { code, stdout, stderr } = await preview();
      assert.equal(code, 1);
      assert.match(stdout + stderr, /no policies today/);
    });
  });

  describe("running a plugin", () => {
    it("serves a resource provider from a folder with a PulumiPlugin.yaml, and ends it", async () => {
      await create({
        "Pulumi.yaml": JSON.stringify({
          name: "project",
          runtime: "nodejs",
          plugins: { providers: [{ name: "greeter", path: "./greeter" }] },
        }),
        "index.js": `
          const { CustomResource } = require("@pulumi/pulumi");
          class Greeting extends CustomResource {
            constructor(name, args) {
              super("greeter:index:Greeting", name, { ...args, said: undefined, cwd: undefined, pid: undefined });
            }
          }
          const { said, cwd, pid } = new Greeting("greeting", { to: "you" });
          module.exports = { said, cwd, pid };`,
        "greeter/PulumiPlugin.yaml": "runtime: nodejs\n",
        "greeter/package.json": '{ "name": "greeter", "version": "1.0.0", "main": "index.js" }',
        "greeter/index.js": `
          const { main } = require("@pulumi/pulumi/provider");
          const provider = {
            version: "1.0.0",
            async check(urn, olds, news) {
              return { inputs: news };
            },
            async create(urn, { to }) {
              const said = process.env.GREETING + " " + to;
              return { id: "1", outs: { to, said, cwd: process.cwd(), pid: process.pid } };
            },
          };
          main(provider, process.argv.slice(2));`,
      });
      const up = await project.up([], { env: { GREETING: "good morning" } });
      assert.equal(up.code, 0, up.stdout + up.stderr);
      const { pid, ...rest } = await outputs();
      assert.deepEqual(rest, { said: "good morning you", cwd: await realpath(project.folder) });
      await until(() => !isRunning(Number(pid)));
    });
  });

  describe("installing dependencies", () => {
    const withDependency = {
      "package.json": '{ "private": true, "dependencies": { "greet": "file:./greet" } }',
      "greet/package.json": '{ "name": "greet", "version": "1.2.3" }',
    };

    /** Package managers that only say how they were called. */
    async function fakes(...names: string[]): Promise<NodeJS.ProcessEnv> {
      const bin = join(project.folder, "bin");
      for (const name of names) {
        await project.write({
          [`bin/${name}`]: `#!/bin/sh\necho ${name} "$@" > called; mkdir -p node_modules\n`,
        });
        await chmod(join(bin, name), 0o755);
      }
      return { PATH: [bin, project.environment().PATH].join(delimiter) };
    }

    it("installs with npm, and then knows what is installed", async () => {
      await create({
        ...withDependency,
        "node_modules/@acme/things/package.json":
          '{ "name": "@acme/things", "version": "2.0.0", "pulumi": { "resource": true, "name": "things" } }',
      });
      const about = async () => {
        const { stdout } = await pulumi(["about", "--json"]);
        return JSON.parse(stdout) as { plugins?: { name: string }[]; dependencies?: object[] };
      };
      const { plugins = [] } = await about();
      assert.deepEqual(
        plugins.filter(({ name }) => name === "things"),
        [{ name: "things", version: "2.0.0", kind: "resource" }],
      );
      const install = await pulumi(["install", "--no-plugins"]);
      assert.equal(install.code, 0, install.stdout + install.stderr);
      assert.match(install.stdout, /Finished installing dependencies/);
      assert.ok((await readdir(join(project.folder, "node_modules"))).includes("greet"));
      assert.deepEqual((await about()).dependencies, [{ name: "greet", version: "1.2.3" }]);
    });

    it("installs with the package manager that the options name, without development dependencies if they say so", async () => {
      await create({ "Pulumi.yaml": pulumiYaml({ packagemanager: "pnpm", production: true }) });
      const install = await pulumi(["install", "--no-plugins"], await fakes("pnpm"));
      assert.equal(install.code, 0, install.stdout + install.stderr);
      const called = await readFile(join(project.folder, "called"), "utf8");
      assert.equal(called, "pnpm install --use-stderr --production\n");
    });

    it("installs with the package manager that the lock file belongs to", async () => {
      await create({ "yarn.lock": "" });
      const install = await pulumi(["install", "--no-plugins"], await fakes("yarn", "pnpm"));
      assert.equal(install.code, 0, install.stdout + install.stderr);
      assert.equal(await readFile(join(project.folder, "called"), "utf8"), "yarn install\n");
    });

    it("fails where the package manager fails, with what that says", async () => {
      await create({ "package.json": '{ "dependencies": { "greet": "file:./nowhere.tgz" } }' });
      const install = await pulumi(["install", "--no-plugins"]);
      assert.notEqual(install.code, 0);
      assert.match(install.stdout + install.stderr, /nowhere\.tgz/);
    });
  });
});
