import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { type Engine, pulumiHome } from "./engine/locate";
import { linkLanguageHost } from "./go-engine/link-language-host";
import { type Outcome, run } from "./run";

export interface ProjectOptions {
  engine: Engine;
  /** The project's files by path, relative to its folder. Pulumi.yaml and package.json are made where they are left out. */
  files?: Record<string, string>;
  /** Added to the environment of every command. Nothing else comes from the caller's but PATH and TMPDIR. */
  env?: Record<string, string>;
  /** Stack config; values of any JSON type. */
  config?: Record<string, unknown>;
  /** Whether the packages of this repository can be required; default true. Without them the project installs its own. */
  linked?: boolean;
  /** npm packages made for this project alone, as the text of their index.js by package name. */
  packages?: Record<string, string>;
  signal?: AbortSignal;
}

export interface Operation extends Outcome {
  /** What the engine reported, in its order. */
  events: EngineEvent[];
}

export interface CommandOptions {
  env?: Record<string, string>;
  /** Milliseconds; default: twenty minutes. */
  timeout?: number | undefined;
}

/** One resource of an exported stack. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  initErrors?: string[];
}

const repository = dirname(__dirname);

/** The files of the program at the root of this repository. */
export async function rootProgram(): Promise<Record<string, string>> {
  const names = ["Pulumi.yaml", "index.ts"];
  const texts = await Promise.all(names.map((name) => readFile(join(repository, name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ""]));
}

/**
 * A Pulumi project in a temporary folder with a stack on a file backend of its own, driven by the real command
 * line. Packages of this repository can be required in it. Isolated from the caller: no credentials, profiles,
 * proxies, login or settings of theirs are seen, and nothing is left when it is closed.
 */
export class PulumiProject implements AsyncDisposable {
  static readonly stack = "test";

  private constructor(
    /** The folder of Pulumi.yaml. */
    readonly folder: string,
    private readonly root: string,
    private readonly options: ProjectOptions,
  ) {}

  static async create(options: ProjectOptions): Promise<PulumiProject> {
    const root = await mkdtemp(join(tmpdir(), "pulumi-project-"));
    const project = new PulumiProject(join(root, "project"), root, options);
    try {
      await project.prepare();
    } catch (error) {
      await project.close();
      throw error;
    }
    return project;
  }

  private async prepare(): Promise<void> {
    const { engine, files, config, packages = {}, linked = true } = this.options;
    const plugins = join(this.root, "home", "plugins");
    for (const folder of [this.folder, join(this.root, "backend"), plugins]) {
      await mkdir(folder, { recursive: true });
    }
    // Found from the project as from any folder below it, and beside it there is room for packages of its own.
    if (linked) await symlink(join(repository, "node_modules"), join(this.root, "node_modules"));
    await linkResourcePlugins(join(pulumiHome(), "plugins"), plugins);
    if (!engine.languageHost) await linkLanguageHost(plugins);
    await this.write({
      "Pulumi.yaml": "name: project\nruntime: nodejs\n",
      "package.json": '{ "private": true }\n',
      ...files,
    });
    for (const [name, text] of Object.entries(packages)) {
      await this.write({ [`node_modules/${name}/index.js`]: text });
    }
    const { code, stderr } = await this.pulumi(["stack", "init", "--no-select"]);
    if (code !== 0) throw new Error(`pulumi stack init failed: ${stderr}`);
    if (config) await this.setConfig(config);
  }

  /** Writes files of the project, making folders as needed. */
  async write(files: Record<string, string>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  /** Replaces the stack's config. For secrets use `pulumi(["config", "set", "--secret", …])` after it. */
  async setConfig(config: Record<string, unknown>): Promise<void> {
    const file = join(this.folder, `Pulumi.${PulumiProject.stack}.yaml`);
    const salt = /^encryptionsalt: .*\n/m.exec(await readFile(file, "utf8"))?.[0] ?? "";
    await writeFile(file, `${salt}config: ${JSON.stringify(config)}\n`);
  }

  /** Runs the command line with `--stack` and `--non-interactive`; a non-zero exit code is a result, not an error. */
  async pulumi(args: readonly string[], { env, timeout }: CommandOptions = {}): Promise<Outcome> {
    const { engine, signal } = this.options;
    return run(engine.command, [...args, "--stack", PulumiProject.stack, "--non-interactive"], {
      cwd: this.folder,
      env: { ...this.environment(), ...env },
      timeout,
      signal,
    });
  }

  up(flags: readonly string[] = [], options?: CommandOptions): Promise<Operation> {
    return this.operation(["up", "--yes", "--skip-preview", ...flags], options);
  }

  preview(flags: readonly string[] = [], options?: CommandOptions): Promise<Operation> {
    return this.operation(["preview", ...flags], options);
  }

  refresh(flags: readonly string[] = [], options?: CommandOptions): Promise<Operation> {
    const yes = flags.includes("--preview-only") ? [] : ["--yes", "--skip-preview"];
    return this.operation(["refresh", ...yes, ...flags], options);
  }

  destroy(flags: readonly string[] = [], options?: CommandOptions): Promise<Operation> {
    return this.operation(["destroy", "--yes", "--skip-preview", ...flags], options);
  }

  /** Runs `pulumi import --file` on these entries of its "resources". */
  async import(resources: readonly unknown[], options?: CommandOptions): Promise<Operation> {
    await this.write({ "import.json": JSON.stringify({ resources }) });
    const flags = [
      "--file",
      "import.json",
      "--generate-code=false",
      "--protect=false",
      "--yes",
      "--skip-preview",
    ];
    return this.operation(["import", ...flags], options);
  }

  /** The stack's state as `pulumi stack export` prints it. */
  async exportStack(): Promise<{ text: string; resources: StateResource[] }> {
    const { code, stdout, stderr } = await this.pulumi(["stack", "export"]);
    if (code !== 0) throw new Error(`pulumi stack export failed: ${stderr}`);
    const { deployment } = JSON.parse(stdout) as { deployment: { resources?: StateResource[] } };
    return { text: stdout, resources: deployment.resources ?? [] };
  }

  async close(): Promise<void> {
    await rm(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async operation(args: readonly string[], options?: CommandOptions): Promise<Operation> {
    const log = join(this.root, "events.jsonl");
    await rm(log, { force: true });
    const outcome = await this.pulumi([...args, "--event-log", log], options);
    const lines = (await readFile(log, "utf8").catch(() => "")).split("\n").filter(Boolean);
    return { ...outcome, events: lines.map((line) => JSON.parse(line) as EngineEvent) };
  }

  /** The whole environment of every command, for one that is run beside them. */
  environment(): NodeJS.ProcessEnv {
    const { engine, env } = this.options;
    return {
      PATH: [dirname(process.execPath), dirname(engine.command), process.env.PATH].join(delimiter),
      HOME: join(this.root, "home"),
      TMPDIR: tmpdir(),
      PULUMI_HOME: join(this.root, "home"),
      PULUMI_BACKEND_URL: pathToFileURL(join(this.root, "backend")).href,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
      // Without it there is no --event-log.
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...env,
    };
  }
}

/** Links the machine's resource plugins into another folder of plugins. The engine passes over folders that are links. */
async function linkResourcePlugins(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(() => []);
  const plugins = entries.filter((entry) => entry.isDirectory() && entry.name.startsWith("resource-"));
  for (const { name } of plugins) {
    await mkdir(join(to, name));
    for (const file of await readdir(join(from, name))) {
      await symlink(join(from, name, file), join(to, name, file));
    }
  }
}
