import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { pack, packages, type Pack, type Package } from "../tools/pack";
import { packPlugin } from "../tools/plugin-archive";
import { measureImport } from "./import";
import { checkMarks, writeFigures } from "./page";
import { median } from "./statistics";

/** What a user takes on with each package: packages that npm brings along, space on disk, and time to start. */
const runs = 9;

interface Row {
  what: string;
  packed: string;
  packages: string;
  disk: string;
  start: string;
}

interface Installed {
  folder: string;
  packages: number;
  bytes: number;
}

/** Installs into an empty folder, as npm does it for a user. */
function install(root: string, name: string, what: readonly string[]): Installed {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const flags = ["--no-audit", "--no-fund", "--omit=dev", "--loglevel=error"];
  execFileSync("npm", ["install", ...flags, ...what], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const lock = readFileSync(join(folder, "package-lock.json"), "utf8");
  const { packages } = JSON.parse(lock) as { packages: Record<string, unknown> };
  const bytes = bytesOnDisk(join(folder, "node_modules"));
  return { folder, packages: Object.keys(packages).filter(Boolean).length, bytes };
}

function bytesOnDisk(folder: string): number {
  const [kibibytes = ""] = execFileSync("du", ["-sk", folder]).toString().split("\t");
  return Number(kibibytes) * 1024;
}

/** Median time of a process, in milliseconds. */
function processTime(cwd: string, ...args: string[]): number {
  const times = Array.from({ length: runs }, () => {
    const started = performance.now();
    execFileSync(process.execPath, args, { cwd, stdio: "ignore" });
    return performance.now() - started;
  });
  return median(times);
}

/** Median time until the plugin tells its port, in milliseconds. */
async function pluginTime(main: string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    const child = spawn(process.execPath, [main, "127.0.0.1:9"], { stdio: ["ignore", "pipe", "ignore"] });
    await once(createInterface(child.stdout), "line");
    times.push(performance.now() - started);
    child.kill("SIGKILL");
    await once(child, "close");
  }
  return median(times);
}

const kib = (bytes: number) => `${Math.round(bytes / 1024)} KiB`;
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const ms = (time: number) => `${Math.round(time)} ms`;

async function measure(root: string): Promise<Row[]> {
  const packed = new Map<Package, Pack>();
  for (const name of packages) packed.set(name, await pack(name, root));
  const tarball = (name: Package) => join(root, packed.get(name)?.filename ?? "");
  const size = (name: Package) => kib(packed.get(name)?.size ?? NaN);
  const node = processTime(root, "-e", "0");

  const sdk = install(root, "sdk", ["@pulumi/pulumi"]);
  const provider = install(root, "provider", ["@pulumi/pulumi", tarball("provider")]);
  const cli = install(root, "cli", ["@pulumi/pulumi", tarball("provider"), tarball("cli")]);
  const policy = install(root, "policy", [tarball("policy")]);
  const emulator = install(root, "emulator", [tarball("emulator")]);
  const beyond = (one: Installed, base: Installed) => ({
    packages: String(one.packages - base.packages),
    disk: mib(one.bytes - base.bytes),
  });
  const sdkTime = processTime(provider.folder, "-e", 'require("@pulumi/pulumi")');
  const bin = (one: Installed, name: string) => join(one.folder, "node_modules/.bin", name);

  const [archive] = await packPlugin(join(root, "plugin"), "0.0.0");
  if (archive === undefined) throw new Error("There is no archive of the plugin.");
  const unpacked = join(root, "unpacked");
  mkdirSync(unpacked);
  execFileSync("tar", ["--extract", "--gzip", "--file", archive, "--directory", unpacked]);

  return [
    {
      what: "`@pulumi/pulumi`, which a program has anyway",
      packed: "",
      packages: String(sdk.packages),
      disk: mib(sdk.bytes),
      start: `${ms(sdkTime - node)} to load`,
    },
    {
      what: "`pulumi-oss-encryption`, beyond it",
      packed: size("provider"),
      ...beyond(provider, sdk),
      start: `${ms(measureImport(runs).medianMs)} to load in a program`,
    },
    {
      what: "`oss-encryption`, beyond both",
      packed: size("cli"),
      ...beyond(cli, provider),
      start: `${ms(processTime(cli.folder, bin(cli, "oss-encryption"), "--version"))} for \`--version\``,
    },
    {
      what: "`oss-encryption-policy`, alone",
      packed: size("policy"),
      packages: String(policy.packages),
      disk: mib(policy.bytes),
      start: "",
    },
    {
      what: "`oss-emulator`, alone",
      packed: size("emulator"),
      packages: String(emulator.packages),
      disk: mib(emulator.bytes),
      start: `${ms(processTime(emulator.folder, bin(emulator, "oss-emulator"), "--version"))} for \`--version\``,
    },
    {
      what: "provider plugin, an archive",
      packed: kib(statSync(archive).size),
      packages: "–",
      disk: mib(bytesOnDisk(unpacked)),
      start: `${ms(await pluginTime(join(unpacked, "pulumi-resource-oss-encryption")))} until it listens`,
    },
    { what: "Node.js by itself", packed: "", packages: "", disk: "", start: ms(node) },
  ];
}

async function main(): Promise<void> {
  const { write: page } = parseArgs({ options: { write: { type: "string" } } }).values;
  if (page !== undefined) await checkMarks(page, "sizes");
  const root = mkdtempSync(join(tmpdir(), "sizes-"));
  try {
    const rows = await measure(root);
    const [processor] = cpus();
    const table = [
      `Median of ${runs} starts on ${cpus().length} × ${processor?.model.trim() ?? "processor"}, Node ${process.version}.`,
      "",
      "| what | packed | packages | on disk | start |",
      "| ---- | ------ | -------- | ------- | ----- |",
      ...rows.map(
        ({ what, packed, packages, disk, start }) =>
          `| ${[what, packed, packages, disk, start].join(" | ")} |`,
      ),
    ].join("\n");
    if (page === undefined) {
      console.log(table);
      return;
    }
    const figures = (await format(table, { parser: "markdown" })).trimEnd();
    await writeFigures(page, figures, "sizes");
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
