import { createRequire } from "node:module";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build, type Metafile } from "esbuild";
import { run } from "./run";

const repository = join(__dirname, "..");
const name = "pulumi-resource-oss-encryption";

/** Platforms as the engine names them. The plugin is JavaScript, so their archives differ in how it is started. */
const platforms = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64"];

/**
 * The plugin in one file that needs Node.js and nothing else. It begins by taking DEBUG away: with DEBUG=* a library would
 * print tokens.
 */
export async function bundlePlugin(file: string, version: string): Promise<Metafile> {
  const { metafile } = await build({
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
    metafile: true,
  });
  await chmod(file, 0o755);
  return metafile;
}

/** Names, versions and licences of the packages that a bundle is made of, with the licences' texts. */
async function notices({ inputs }: Metafile): Promise<string> {
  const folders = Object.keys(inputs).flatMap((input) => {
    const found = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(
      relative(repository, resolve(input)),
    );
    return found ? [join(repository, found[0])] : [];
  });
  const texts = [...new Set(folders)].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(
      await readFile(join(folder, "package.json"), "utf8"),
    ) as Manifest;
    const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
    const text = file ? `\n${(await readFile(join(folder, file), "utf8")).trim()}\n` : "";
    return `${name} ${version}: ${license ?? "see its text"}\n${text}`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(72)}\n\n`);
}

interface Manifest {
  name: string;
  version: string;
  license?: string;
}

/**
 * Makes an archive for each platform, as `pulumi plugin install` takes them: `pulumi-resource-oss-encryption-v0.2.0-linux-amd64.tar.gz`.
 * Returns their paths.
 */
export async function packPlugin(out: string, version: string): Promise<string[]> {
  await mkdir(out, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), "plugin-"));
  try {
    const metafile = await bundlePlugin(join(folder, name), version);
    await writeFile(join(folder, "THIRD_PARTY_NOTICES"), await notices(metafile));
    await cp(join(repository, "provider/LICENSE"), join(folder, "LICENSE"));
    await writeFile(join(folder, `${name}.cmd`), `@node "%~dp0${name}" %*\r\n`);
    const archives = [];
    for (const platform of platforms) {
      const archive = join(out, `${name}-v${version}-${platform}.tar.gz`);
      const starter = platform.startsWith("windows") ? [`${name}.cmd`] : [];
      const files = [name, ...starter, "LICENSE", "THIRD_PARTY_NOTICES"];
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
