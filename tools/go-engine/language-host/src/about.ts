import { createRequire } from "node:module";
import { join } from "node:path";
import {
  type AboutRequest,
  AboutResponse,
  RuntimeOptionPrompt,
  type RuntimeOptionsRequest,
  RuntimeOptionsResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { packageManagerOf, versionOf } from "./package-manager";
import { packageManagers, runtimeOptions } from "./runtime-options";

/** What `pulumi about` says of the runtime. */
export async function about(request: AboutRequest): Promise<AboutResponse> {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() ?? "";
  const { packagemanager } = await runtimeOptions(info);
  const manager = await packageManagerOf(folder, packagemanager);
  const response = new AboutResponse();
  response.setExecutable(process.execPath);
  response.setVersion(process.version);
  response.getMetadataMap().set("packagemanager", manager);
  response.getMetadataMap().set("packagemanagerVersion", (await versionOf(manager)) ?? "");
  const typescript = typescriptVersion(folder);
  if (typescript) response.getMetadataMap().set("typescriptVersion", typescript);
  return response;
}

function typescriptVersion(folder: string): string | undefined {
  try {
    const load = createRequire(join(folder, "package.json"));
    return (load("typescript/package.json") as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** What `pulumi new` asks: the package manager, where the template doesn't name one. Those that are installed come first. */
export async function runtimeOptionsPrompts(request: RuntimeOptionsRequest): Promise<RuntimeOptionsResponse> {
  const response = new RuntimeOptionsResponse();
  const given = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
  if ("packagemanager" in given) return response;
  const prompt = new RuntimeOptionPrompt();
  prompt.setKey("packagemanager");
  prompt.setDescription("The package manager to use for installing dependencies");
  prompt.setDefault(choice("npm"));
  const versions = await Promise.all(packageManagers.map(versionOf));
  const isInstalled = (_: unknown, index: number) => versions[index] !== undefined;
  prompt.setChoicesList([
    ...packageManagers.filter(isInstalled).map((name) => choice(name)),
    ...packageManagers
      .filter((name, index) => !isInstalled(name, index))
      .map((name) => choice(name, `${name} [not found]`)),
  ]);
  response.addPrompts(prompt);
  return response;
}

function choice(value: string, displayName = value): RuntimeOptionPrompt.RuntimeOptionValue {
  const option = new RuntimeOptionPrompt.RuntimeOptionValue();
  option.setStringvalue(value);
  option.setDisplayname(displayName);
  return option;
}
