import { join } from "node:path";
import { startEmulator, type EmulatorOptions } from "oss-emulator";
import type { Engine } from "../../tools/engine";
import { credentialsOf } from "../../tools/emulator-access";
import { PulumiProject } from "../../tools/pulumi-project";
import { repository } from "./repository";
import { StackOnEmulator } from "./stack-on-emulator";

/** The folder of the provider plugin of this checkout, as a project's `plugins:` takes it. */
export const pluginFolder = join(repository, "provider/bin");

export const pluginType = "oss-encryption:index:BucketEncryption";

/** A resource of a YAML program, or whatever else its sections hold; JSON is YAML. */
export type Section = Record<string, unknown>;

/** What stands in a Pulumi.yaml beside its name and the plugin. */
export interface YamlProgram {
  resources?: Section;
  variables?: Section;
  outputs?: Section;
  config?: Section;
  options?: Section;
  /** Default: this checkout's plugin. */
  plugins?: Section;
}

/** The text of a Pulumi.yaml that is its own program and uses this checkout's plugin. */
const yamlProject = (program: YamlProgram): string => projectFile("yaml", { ...program });

/** The text of a Pulumi.yaml whose engine finds this checkout's plugin. */
export function projectFile(runtime: string, more: Section = {}): string {
  const providers = [{ name: "oss-encryption", path: pluginFolder }];
  return JSON.stringify({ name: "project", runtime, plugins: { providers }, ...more });
}

/** A resource of a YAML program: a bucket's default rule. */
export const yamlRule = (properties: Section, options?: Section): Section => ({
  type: pluginType,
  properties,
  ...(options && { options }),
});

/** A stack whose rules the provider plugin sets, and the OSS that it is deployed to. */
export class PluginStack extends StackOnEmulator {
  static async create(
    engine: Engine,
    options: {
      emulator?: EmulatorOptions;
      files?: Record<string, string>;
      env?: Record<string, string>;
    } = {},
  ): Promise<PluginStack> {
    const emulator = await startEmulator(options.emulator);
    try {
      const project = await PulumiProject.create({
        engine,
        files: { "Pulumi.yaml": yamlProject({}), ...options.files },
        env: {
          ...credentialsOf(emulator),
          OSS_ENDPOINT: emulator.url,
          OSS_REGION: "cn-hangzhou",
          ...options.env,
        },
      });
      return new PluginStack(emulator, project, true);
    } catch (error) {
      await emulator.close();
      throw error;
    }
  }

  /** Writes the YAML program. */
  async write(program: YamlProgram): Promise<void> {
    await this.project.write({ "Pulumi.yaml": yamlProject(program) });
  }

  /** Writes a YAML program that declares these default rules, by the resources' names. */
  async declare(rules: Record<string, Section>): Promise<void> {
    const resources = Object.entries(rules).map(([name, properties]) => [name, yamlRule(properties)]);
    await this.write({ resources: Object.fromEntries(resources) as Section });
  }
}
