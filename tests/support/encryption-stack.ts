import { startEmulator, type Emulator, type EmulatorOptions } from "oss-emulator";
import type { Engine } from "../../tools/engine";
import { credentialsOf } from "../../tools/emulator-access";
import { PulumiProject, type Operation } from "../../tools/pulumi-project";
import { StackOnEmulator } from "./stack-on-emulator";

/** One `BucketEncryption` of the program under test. */
export interface Declaration {
  name: string;
  args: Record<string, unknown>;
  opts?: {
    import?: string;
    deleteBeforeReplace?: boolean;
    retainOnDelete?: boolean;
    protect?: boolean;
    aliases?: unknown[];
  };
  /** Put into a component resource. */
  inComponent?: boolean;
  /** With a program of the plugin's resources: the explicit provider. */
  provider?: string;
  /** Arguments to wrap in `pulumi.secret`. */
  secret?: string[];
}

/** Declares what declarations.json says. JavaScript, because it starts a second faster than TypeScript. */
const program = `
const pulumi = require("@pulumi/pulumi");
const { BucketEncryption } = require("pulumi-oss-encryption");
class Group extends pulumi.ComponentResource {
  constructor(name) { super("test:index:Group", name); }
}
for (const { name, args, opts, inComponent, secret = [] } of require("./declarations.json")) {
  const parent = inComponent ? new Group("group-of-" + name) : undefined;
  for (const key of secret) args[key] = pulumi.secret(args[key]);
  new BucketEncryption(name, args, { ...opts, parent });
}
`;

/** A stack of `BucketEncryption`s and the OSS that it is deployed to. */
export class EncryptionStack extends StackOnEmulator {
  static async create(
    engine: Engine,
    options: {
      emulator?: EmulatorOptions;
      /** A stack whose OSS this one is deployed to, too. */
      beside?: EncryptionStack;
      env?: (emulator: Emulator) => Promise<Record<string, string>>;
      /** Files of the project besides those of its program. */
      files?: Record<string, string>;
    } = {},
  ): Promise<EncryptionStack> {
    const emulator = options.beside?.emulator ?? (await startEmulator(options.emulator));
    const ownsEmulator = options.beside === undefined;
    try {
      const env = options.env ? await options.env(emulator) : { OSS_ENDPOINT: emulator.url };
      const project = await PulumiProject.create({
        engine,
        files: { "index.js": program, "declarations.json": "[]", ...options.files },
        env: { ...credentialsOf(emulator), OSS_REGION: "cn-hangzhou", ...env },
      });
      return new EncryptionStack(emulator, project, ownsEmulator);
    } catch (error) {
      if (ownsEmulator) await emulator.close();
      throw error;
    }
  }

  async declare(...declarations: Declaration[]): Promise<void> {
    await this.project.write({ "declarations.json": JSON.stringify(declarations) });
  }
}

/** What an operation did with each `BucketEncryption`, by logical name; resources that stayed the same are left out. */
export function steps({ events }: Operation): Record<string, string> {
  return Object.fromEntries(
    events
      .flatMap(({ resourcePreEvent, resOutputsEvent }) => resOutputsEvent ?? resourcePreEvent ?? [])
      .filter(({ metadata }) => metadata.type.endsWith(":BucketEncryption") && metadata.op !== "same")
      .map(({ metadata }) => [metadata.urn.split("::").at(-1), metadata.op]),
  ) as Record<string, string>;
}
