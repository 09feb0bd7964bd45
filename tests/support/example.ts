import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../../tools/engine";
import { PulumiProject } from "../../tools/pulumi-project";
import { credentialsOf } from "../../tools/emulator-access";
import { pluginFolder } from "./plugin-project";
import type { Emulator } from "oss-emulator";

export const examplesFolder = join(__dirname, "../../examples");

/** Names of all examples. */
export function exampleNames(): string[] {
  return readdirSync(examplesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "workflows")
    .map(({ name }) => name)
    .sort();
}

/** The files of an example by path, as they are in the repository. */
export function exampleFiles(name: string): Record<string, string> {
  const folder = join(examplesFolder, name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.map((file) => [file.slice(folder.length + 1), readFileSync(file, "utf8")]));
}

/** As if the provider plugin were installed: where the language needs it the engine finds this checkout's. */
function withPlugin(files: Record<string, string>): Record<string, string> {
  if (files["Pulumi.yaml"]?.includes("runtime: nodejs")) return files;
  const plugins = { providers: [{ name: "oss-encryption", path: pluginFolder }] };
  return { ...files, "Pulumi.yaml": `${files["Pulumi.yaml"] ?? ""}plugins: ${JSON.stringify(plugins)}\n` };
}

/** A copy of an example, as a stack of its own that reaches the emulator. */
export function exampleProject(
  name: string,
  options: {
    engine: Engine;
    emulator: Emulator;
    config?: Record<string, unknown> | undefined;
    env?: Record<string, string>;
  },
): Promise<PulumiProject> {
  const { engine, emulator, config = {}, env } = options;
  return PulumiProject.create({
    engine,
    files: withPlugin(exampleFiles(name)),
    config,
    env: {
      ...credentialsOf(emulator),
      OSS_ENDPOINT: emulator.url,
      STS_ENDPOINT: emulator.url,
      // `npm test` has checked the types.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      ...env,
    },
  });
}
