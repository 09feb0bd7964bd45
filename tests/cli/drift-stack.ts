import { readdir } from "node:fs/promises";
import { EncryptionStack } from "../support/encryption-stack";
import type { Engine } from "../../tools/engine";
import { PulumiProject } from "../../tools/pulumi-project";
import { run } from "../../tools/run";
import { ossEncryption, type CommandResult, type RunOptions } from "../support/oss-encryption";

/**
 * Declares rules.json, and beside them a resource of somebody else's that can't be read. A `follower` hangs on a bucket,
 * and has another id once it is replaced.
 */
const program = `
const pulumi = require("@pulumi/pulumi");
const { BucketEncryption } = require("pulumi-oss-encryption");
class Neighbour extends pulumi.dynamic.Resource {
  constructor() {
    super({
      create: async () => ({ id: "1", outs: {} }),
      read: async () => { throw new Error("the neighbour can't be read"); },
    }, "neighbour", {});
  }
}
new Neighbour();
class Follower extends pulumi.dynamic.Resource {
  constructor(bucket) {
    super({
      diff: async (id, { bucket }, news) => ({ replaces: bucket === news.bucket ? [] : ["bucket"] }),
      create: async ({ bucket }) => ({ id: String(Date.now()), outs: { bucket } }),
    }, "follower", { bucket });
  }
}
const group = new pulumi.ComponentResource("test:index:Group", "group");
for (const [name, { secret, child, follower, opts, ...args }] of Object.entries(require("./rules.json"))) {
  if (secret) args.kmsMasterKeyId = pulumi.secret(args.kmsMasterKeyId);
  const { bucket } = new BucketEncryption(name, { bucket: name, ...args }, { ...opts, parent: child ? group : undefined });
  if (follower) new Follower(bucket);
}
`;

export type Rules = Record<string, Record<string, unknown>>;

/** What `drift --json` prints, as docs/cli.md describes it. */
export interface DriftJson {
  version: number;
  verdict: string;
  stacks: { stack: string; status: string; reason?: string; buckets?: DriftBucket[] }[];
}

interface DriftBucket {
  urn: string;
  bucket: string;
  region: string | null;
  connection: string | null;
  status: string;
  pending?: string;
  reason?: string;
  changes?: object[];
  ignored?: object[];
  fix?: string;
  fixReason?: string;
}

function runIn(
  project: PulumiProject,
  args: readonly string[],
  { env, ...options }: RunOptions = {},
): Promise<CommandResult> {
  return ossEncryption(args, {
    cwd: project.folder,
    env: { ...project.environment(), ...env },
    ...options,
  });
}

/** Runs `drift --json` on a project's stack and gives back what it found, by bucket. */
export async function driftOf(project: PulumiProject, flags: readonly string[] = [], options?: RunOptions) {
  const result = await runIn(project, ["drift", "--stack", PulumiProject.stack, "--json", ...flags], options);
  if (result.stdout === "") throw new Error(`exit code ${String(result.code)}: ${result.stderr}`);
  const json = JSON.parse(result.stdout) as DriftJson;
  const buckets = json.stacks[0]?.buckets ?? [];
  const by = (key: "status" | "fix") =>
    Object.fromEntries(buckets.filter((one) => one[key]).map((one) => [one.bucket, one[key]]));
  const of = (name: string) => buckets.find(({ bucket }) => bucket === name);
  return { ...result, json, status: by("status"), fix: by("fix"), of };
}

/** A deployed stack, and the command that checks it. */
export class DriftStack implements AsyncDisposable {
  private constructor(
    private readonly stack: EncryptionStack,
    private readonly command: string,
  ) {}

  static async deploy(engine: Engine, rules: Rules): Promise<DriftStack> {
    const stack = await EncryptionStack.create(engine);
    const deployed = new DriftStack(stack, engine.command);
    try {
      for (const bucket of Object.keys(rules)) stack.emulator.createBucket(bucket);
      await stack.project.write({ "index.js": program });
      await deployed.declare(rules);
      await deployed.up();
      return deployed;
    } catch (error) {
      await stack.close();
      throw error;
    }
  }

  get emulator() {
    return this.stack.emulator;
  }

  get project() {
    return this.stack.project;
  }

  declare(rules: Rules): Promise<void> {
    return this.project.write({ "rules.json": JSON.stringify(rules) });
  }

  async up(): Promise<void> {
    const { code, stdout, stderr } = await this.project.up();
    if (code !== 0) throw new Error(stdout + stderr);
    this.emulator.clearRequests();
  }

  /** Runs `oss-encryption` in the project's folder. */
  run(args: readonly string[], options?: RunOptions): Promise<CommandResult> {
    return runIn(this.project, args, options);
  }

  /** Runs `drift --json` on the stack and gives back what it found, by bucket. */
  drift(flags: readonly string[] = [], options?: RunOptions) {
    return driftOf(this.project, flags, options);
  }

  /** Runs the engine itself, without `--stack`. */
  engine(args: readonly string[]) {
    return run(this.command, args, {
      cwd: this.project.folder,
      env: this.project.environment(),
    });
  }

  /** Lock files of the stack in its file backend. */
  async locks(): Promise<string[]> {
    const backend = new URL(this.project.environment().PULUMI_BACKEND_URL ?? "");
    const names = await readdir(backend, { recursive: true });
    return names.filter((name) => name.includes("locks") && name.endsWith(".json"));
  }

  /** Operations that OSS was asked for since the last call, each once. */
  takeOperations(): string[] {
    return [...new Set(this.stack.takeOperations())].map(String).sort();
  }

  close(): Promise<void> {
    return this.stack.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
