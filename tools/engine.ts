import { join } from "node:path";
import { parseArgs } from "node:util";
import { download } from "./engine/install";
import { cacheFolder, type Engine, inCache, minimumVersion, onPath, pulumiHome } from "./engine/locate";
import { goBuild } from "./go-engine/build";
import { linkLanguageHost } from "./go-engine/link-language-host";

export type { Engine } from "./engine/locate";

export interface FindOptions {
  env?: NodeJS.ProcessEnv;
  /** Told what is passed over and what takes long, one line each. */
  log?: (line: string) => void;
  signal?: AbortSignal;
}

/** A Pulumi engine that is on this machine already, or undefined. */
export async function locateEngine({ env = process.env, log = silent }: FindOptions = {}): Promise<
  Engine | undefined
> {
  return (await onPath(env, log)) ?? (await inCache(env));
}

/**
 * A Pulumi engine: from PATH, from the cache folder, by the official download or by a build with Go, in this order.
 *
 * @throws Error naming the four ways if none of them worked.
 */
export async function findEngine(options: FindOptions = {}): Promise<Engine> {
  const { env = process.env, log = silent, signal } = options;
  const here = await locateEngine(options);
  if (here) return here;
  for (const install of [download, goBuild]) {
    try {
      return await install({ env, log, signal });
    } catch (error) {
      signal?.throwIfAborted();
      log(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(noEngine(env));
}

/** What a person can do about a missing engine. */
export function noEngine(env: NodeJS.ProcessEnv = process.env): string {
  return `No Pulumi engine. Any of these gives one:
  - put a pulumi of version ${minimumVersion} or a later 3.x on PATH (https://www.pulumi.com/docs/install/)
  - unpack a release into ${cacheFolder(env)}, so that it holds bin/pulumi
  - let \`npm run engine\` reach get.pulumi.com and github.com, and it downloads one
  - install Go, let \`npm run engine\` reach a Go module proxy, and it builds one`;
}

export function describe(engine: Engine): string {
  const host = engine.languageHost
    ? "with the Node.js language host"
    : "without a Node.js language host: tools/go-engine/language-host stands in for it";
  const yaml = engine.yamlHost ? "" : "; without Pulumi's YAML host: no programs in YAML";
  return `Pulumi ${engine.version} from ${engine.source}: ${engine.command} (${host}${yaml})`;
}

function silent(): void {
  // Nobody wants to know.
}

const help = `Finds a Pulumi engine, or makes one: a pulumi on PATH, the cache folder, the official download, a build with Go.
If it has no Node.js language host, this checkout's is linked into Pulumi's folder of plugins.

usage: npm run engine [-- --json]

  --json  print {"command", "version", "source", "languageHost", "yamlHost"} on stdout
  --help  print this`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const interruption = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => interruption.abort(new Error("Interrupted: nothing was installed.")));
  }
  const engine = await findEngine({ log: console.error, signal: interruption.signal });
  if (!engine.languageHost) {
    const link = await linkLanguageHost(join(pulumiHome(), "plugins"));
    console.error(`This checkout's Node.js language host is linked at ${link}.`);
  }
  console.log(values.json ? JSON.stringify(engine) : describe(engine));
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
