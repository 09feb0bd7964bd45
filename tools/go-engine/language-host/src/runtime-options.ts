import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb";

export const packageManagers = ["npm", "pnpm", "yarn", "bun"] as const;
export type PackageManager = (typeof packageManagers)[number];

/** `runtime.options` of Pulumi.yaml, PulumiPolicy.yaml or PulumiPlugin.yaml. */
export interface RuntimeOptions {
  /** Whether the SDK compiles TypeScript while it runs; default true. */
  typescript: boolean;
  /** Path of the tsconfig.json that it does so with, relative to the program. */
  tsconfig: string | undefined;
  /** Arguments for Node.js itself. */
  nodeargs: string[];
  /** Undefined: lock files tell. */
  packagemanager: PackageManager | undefined;
  /** Whether development dependencies are left out of an installation; default false. */
  production: boolean;
}

/** @throws Error naming the option that has a wrong value, and what is allowed. */
export async function runtimeOptions(info: ProgramInfo | undefined): Promise<RuntimeOptions> {
  const given = info?.getOptions()?.toJavaScript() ?? {};
  const flag = (name: string, byDefault: boolean) => {
    const value = given[name] ?? byDefault;
    if (typeof value !== "boolean") throw new Error(`The runtime option ${name} must be true or false.`);
    return value;
  };
  const text = (name: string) => {
    const value = given[name];
    if (value !== undefined && typeof value !== "string") {
      throw new Error(`The runtime option ${name} must be a string.`);
    }
    return value;
  };
  return {
    typescript: flag("typescript", true),
    tsconfig: text("tsconfig"),
    nodeargs: await words(text("nodeargs") ?? ""),
    packagemanager: packageManager(text("packagemanager") ?? "auto"),
    production: flag("production", false),
  };
}

function packageManager(name: string): PackageManager | undefined {
  if (name === "auto") return undefined;
  const found = packageManagers.find((known) => known === name);
  if (!found) {
    throw new Error(
      `The runtime option packagemanager must be auto, ${packageManagers.join(", ")}: not ${name}.`,
    );
  }
  return found;
}

/** The words of a command line, without quotes. */
async function words(commandLine: string): Promise<string[]> {
  const { split } = await import("shlex");
  try {
    return split(commandLine);
  } catch (error) {
    throw new Error(`The runtime option nodeargs is no command line: ${String(error)}`, { cause: error });
  }
}

/** What tells the SDK's runners how to read TypeScript. */
export function typeScriptEnvironment({ typescript, tsconfig }: RuntimeOptions): Record<string, string> {
  return {
    ...(typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    ...(tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig } : {}),
  };
}
