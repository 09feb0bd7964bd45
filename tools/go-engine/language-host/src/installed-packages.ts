import { access, readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import {
  DependencyInfo,
  type GetProgramDependenciesRequest,
  GetProgramDependenciesResponse,
  type GetRequiredPackagesRequest,
  GetRequiredPackagesResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PackageParameterization } from "@pulumi/pulumi/proto/plugin_pb";

interface Parameterization {
  name: string;
  version: string;
  /** Base64. */
  value: string;
}

/** What is read of a package.json. */
interface Manifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  pulumi?: {
    /** Whether the package is the SDK of a provider's plugin. */
    resource?: boolean;
    name?: string;
    version?: string;
    server?: string;
    parameterization?: Parameterization;
    extensionParameterization?: Parameterization;
  };
}

/** The plugins that the installed SDKs of providers need. */
export async function requiredPackages(
  request: GetRequiredPackagesRequest,
): Promise<GetRequiredPackagesResponse> {
  const response = new GetRequiredPackagesResponse();
  for (const manifest of await installed(request.getInfo()?.getProgramDirectory() ?? "")) {
    const { resource, name = pluginName(manifest), ...pulumi } = manifest.pulumi ?? {};
    const version = pulumi.version ?? manifest.version;
    if (!resource || !name || !version) continue;
    const dependency = new PackageDependency();
    dependency.setKind("resource");
    dependency.setName(name);
    dependency.setVersion(`v${version.replace(/^v/, "")}`);
    dependency.setServer(pulumi.server ?? "");
    dependency.setParameterization(parameterization(pulumi.parameterization));
    dependency.setExtension$(parameterization(pulumi.extensionParameterization));
    response.addPackages(dependency);
  }
  return response;
}

/** What `pulumi about` lists. */
export async function programDependencies(
  request: GetProgramDependenciesRequest,
): Promise<GetProgramDependenciesResponse> {
  const folder = request.getInfo()?.getProgramDirectory() ?? "";
  const { dependencies, devDependencies } = (await manifestIn(folder)) ?? {};
  const declared = Object.keys({ ...dependencies, ...devDependencies });
  const found = request.getTransitivedependencies()
    ? await installed(folder)
    : await Promise.all(declared.map((name) => manifestIn(join(folder, "node_modules", name))));
  const response = new GetProgramDependenciesResponse();
  for (const manifest of found) {
    if (!manifest?.name) continue;
    const dependency = new DependencyInfo();
    dependency.setName(manifest.name);
    dependency.setVersion(manifest.version ?? "");
    response.addDependencies(dependency);
  }
  return response;
}

/** Every package below a program's node_modules, each folder once. */
async function installed(program: string): Promise<Manifest[]> {
  const seen = new Set<string>();
  const found: Manifest[] = [];

  async function visitAll(modules: string): Promise<void> {
    for (const name of await readdir(modules).catch(() => [])) {
      const folder = join(modules, name);
      // A scope holds packages; .pnpm holds folders that each have a node_modules.
      if (name.startsWith("@")) await visitAll(folder);
      else await visit(folder);
      if (name === ".pnpm") {
        for (const id of await readdir(folder)) await visitAll(join(folder, id, "node_modules"));
      }
    }
  }

  async function visit(link: string): Promise<void> {
    const folder = await realpath(link).catch(() => link);
    if (seen.has(folder)) return;
    seen.add(folder);
    const manifest = await manifestIn(folder);
    if (!manifest || (await isPolicyPack(folder))) return;
    found.push(manifest);
    await visitAll(join(folder, "node_modules"));
  }

  await visitAll(join(program, "node_modules"));
  return found;
}

/** What a policy pack depends on is no dependency of the program. */
function isPolicyPack(folder: string): Promise<boolean> {
  return access(join(folder, "PulumiPolicy.yaml")).then(
    () => true,
    () => false,
  );
}

async function manifestIn(folder: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}

/** Packages of others must name their plugin. */
function pluginName({ name }: Manifest): string | undefined {
  return name?.startsWith("@pulumi/") ? name.slice("@pulumi/".length) : undefined;
}

function parameterization(given: Parameterization | undefined): PackageParameterization | undefined {
  if (!given) return undefined;
  const message = new PackageParameterization();
  message.setName(given.name);
  message.setVersion(given.version);
  message.setValue(given.value);
  return message;
}
