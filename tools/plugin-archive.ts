import { createRequire } from "node:module";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { run } from "./run";

const repository = join(__dirname, "..");
const name = "pulumi-resource-oss-encryption";

/** Platforms as the engine names them. The plugin is JavaScript, so their archives differ in how it is started. */
const platforms = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64"];

/**
 * The plugin in one file that needs Node.js and nothing else. It begins by taking DEBUG away: with DEBUG=* a library would
 * print tokens.
 */
export async function bundlePlugin(file: string, version: string): Promise<void> {
  await build({
    entryPoints: [join(repository, "provider/dist/plugin/main.js")],
    outfile: file,
    bundle: true,
    platform: "node",
    target: "node20.19",
    legalComments: "none",
    minify: true,
    keepNames: true,
    define: { bundledVersion: JSON.stringify(version) },
    banner: { js: "#!/usr/bin/env node\ndelete process.env.DEBUG;" },
    logLevel: "warning",
  });
  await chmod(file, 0o755);
}

/**
 * Makes an archive for each platform, as `pulumi plugin install` takes them: `pulumi-resource-oss-encryption-v0.1.0-linux-amd64.tar.gz`.
 * Returns their paths.
 */
export async function packPlugin(out: string, version: string): Promise<string[]> {
  await mkdir(out, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), "plugin-"));
  try {
    await bundlePlugin(join(folder, name), version);
    await cp(join(repository, "provider/LICENSE"), join(folder, "LICENSE"));
    await writeFile(join(folder, `${name}.cmd`), `@node "%~dp0${name}" %*\r\n`);
    const archives = [];
    for (const platform of platforms) {
      const archive = join(out, `${name}-v${version}-${platform}.tar.gz`);
      const starter = platform.startsWith("windows") ? [`${name}.cmd`] : [];
      const files = [name, ...starter, "LICENSE"];
      const { code, stderr } = await run("tar", ["-czf", archive, "-C", folder, ...files]);
      if (code !== 0) throw new Error(`tar failed: ${stderr}`);
      archives.push(archive);
    }
    return archives;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const help = `Packs the provider plugin for pulumi plugin install: an archive for each platform.

usage: npm run plugin:pack [-- --out <folder>]

  --out <folder>  where the archives go (default: dist)
  --help          print this`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { out: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const { version } = createRequire(__filename)("../provider/package.json") as { version: string };
  for (const archive of await packPlugin(resolve(values.out ?? "dist"), version)) console.log(archive);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
