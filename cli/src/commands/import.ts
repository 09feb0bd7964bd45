import { join, resolve } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";
import { selectionOptions } from "../audit/flags";
import { openReach, type Reach } from "../audit/reach";
import { RuleReader, type Reading } from "../audit/read-rules";
import { checkSelection, type Selected, type Selection, type Unlisted } from "../audit/select-buckets";
import { engineSignal } from "../drift/engine-signal";
import { inEngineWords } from "../drift/project";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { dropPeers, importArguments, importInto } from "../import/engine-commands";
import { importReport } from "../import/import-report";
import { dropArguments, peerResources, shellLine, type PeerResource } from "../import/peer";
import { plan, type Plan } from "../import/plan";
import { readAudit } from "../import/read-audit";
import { importFile, program, rulesConfig } from "../import/render";
import { isFolder, writeFiles } from "../output/write-files";
import { jsonOption, markdownOption, printReport } from "../output/format";
import { exampleHelp, type Context } from "../subcommand";

const description = `Bring the default encryption that buckets have under a stack's management.

Reads the rules and writes the file that \`pulumi import\` takes, and the program or the config that
declares the same; --run imports at once. Nothing is sent to OSS but reads: the rules stay as they
are. With --stack, buckets that it manages already are skipped, and its config is used. Exit code:
0 done, 1 a bucket could not be read or imported.`;

const examples = [
  ["oss-encryption import --stack prod", "All buckets: an import file, and TypeScript"],
  [
    "oss-encryption audit --json > audit.json && oss-encryption import --from audit.json --stack prod --run",
    "What an audit found, imported at once",
  ],
  ["oss-encryption import --stack prod --prefix logs- --program config", "Some buckets, as stack config"],
  [
    "oss-encryption import --stack prod --from-peer --run",
    "Take over from alicloud.oss.BucketServerSideEncryption",
  ],
] as const;

const importName = "oss-encryption.import.json";
const programs = {
  typescript: { name: "bucket-encryption.ts", render: program },
  config: { name: "oss-encryption.rules.yaml", render: rulesConfig },
};

export const importBuckets = (context: Context) =>
  new Command("import")
    .summary("bring buckets under a stack's management")
    .description(description)
    .addOption(selectionOptions.bucket())
    .addOption(selectionOptions.prefix())
    .addOption(selectionOptions.region())
    .addOption(selectionOptions.connection())
    .addOption(
      new Option("--from <file>", "the buckets in the JSON of an audit").conflicts([
        ...["bucket", "prefix", "region", "connection"],
      ]),
    )
    .addOption(
      new Option(
        "--from-peer [stack]",
        "the buckets of alicloud.oss.BucketServerSideEncryption in this stack's state (default: that of --stack)",
      ).conflicts(["from", "bucket", "prefix", "region"]),
    )
    .addOption(new Option("--stack <name>", "stack to import into"))
    .option("--cwd <folder>", "folder of the Pulumi project, with --stack", ".")
    .option("--out <folder>", "folder for the files", ".")
    .addOption(
      new Option("--program <kind>", "what declares the buckets")
        .choices(["typescript", "config"])
        .default("typescript" as const),
    )
    .option("--force", "replace files that exist")
    .option("--run", "import into the stack at once; with --from-peer, also take the others out of its state")
    .addOption(selectionOptions.concurrency())
    .addOption(jsonOption())
    .addOption(markdownOption())
    .addHelpText("after", exampleHelp(examples))
    .action(async (flags) => {
      await checkFlags(flags);
      const reach = await openReach({ cwd: flags.cwd, stack: flags.stack ? [flags.stack] : [] }, context);
      try {
        await run(flags, reach, context);
      } finally {
        reach.close();
      }
    });

interface Flags extends Selection {
  from?: string | undefined;
  fromPeer?: string | true | undefined;
  stack?: string | undefined;
  cwd: string;
  out: string;
  program: keyof typeof programs;
  force?: true | undefined;
  run?: true | undefined;
  concurrency: number;
  json?: true | undefined;
  markdown?: true | undefined;
}

async function checkFlags(flags: Flags): Promise<void> {
  checkSelection(flags);
  if (flags.run && !flags.stack) throw new Failure("--run imports into a stack: name it with --stack.");
  if (flags.fromPeer && !flags.stack)
    throw new Failure("--from-peer needs --stack, the stack to import into.");
  if (!(await isFolder(flags.out))) throw new Failure(`--out: ${resolve(flags.out)} is not a folder.`);
}

async function run(flags: Flags, reach: Reach, context: Context): Promise<void> {
  const peers = flags.fromPeer ? await findPeers(flags, reach) : [];
  const { readings, unlisted } = await read(flags, peers, reach, context);
  const planned = plan(readings, flags.stack ? reach.stacks.get(flags.stack) : []);
  const files = await write(planned, flags, context);
  const moved = peers.filter(({ bucket }) => isManagedAfter(planned, bucket));
  const commands = flags.run ? [] : commandsLeft(flags, planned, moved);
  if (flags.run) await runEngine(flags, planned, moved, reach, context);
  context.progress.clear();
  const imported = flags.run && planned.resources.length > 0 ? flags.stack : undefined;
  printReport(importReport({ plan: planned, unlisted, files, imported, commands }), flags, context.stdout);
  const isWhole = planned.refused.length === 0 && unlisted.length === 0;
  context.finish(isWhole ? exitCodes.ok : exitCodes.failed);
}

const peerStack = ({ fromPeer, stack = "" }: Flags) => (typeof fromPeer === "string" ? fromPeer : stack);

const isManagedAfter = ({ resources, managed }: Plan, bucket: string) =>
  [...resources, ...managed].some((one) => one.bucket === bucket);

async function findPeers(flags: Flags, { project }: Reach): Promise<PeerResource[]> {
  const stack = await project?.stack(peerStack(flags));
  if (!stack) return [];
  const peers = peerResources(await inEngineWords(stack.exportStack()));
  if (peers.length > 0) return peers;
  throw new Failure(
    `--from-peer: the state of stack ${stack.name} holds no alicloud.oss.BucketServerSideEncryption.`,
  );
}

async function read(
  flags: Flags,
  peers: readonly PeerResource[],
  { connections }: Reach,
  context: Context,
): Promise<{ readings: Reading[]; unlisted: Unlisted[] }> {
  const reader = new RuleReader(connections, context, flags.concurrency);
  if (flags.fromPeer) return reader.readAll({ ...flags, bucket: peers.map(({ bucket }) => bucket) });
  if (!flags.from) return reader.readAll(flags);
  const selected: Selected[] = await readAudit(flags.from);
  return { readings: await reader.readSelected(selected), unlisted: [] };
}

async function write(planned: Plan, flags: Flags, { signal }: Context): Promise<string[]> {
  if (planned.resources.length === 0) return [];
  const { name, render } = programs[flags.program];
  const files = { [importName]: importFile(planned), [name]: render(planned) };
  await writeFiles(flags.out, files, { force: flags.force ?? false, signal });
  return Object.keys(files).map((file) => join(flags.out, file));
}

function commandsLeft(flags: Flags, { resources }: Plan, moved: readonly PeerResource[]): string[] {
  const stack = flags.stack ?? "<stack>";
  const imports = resources.length > 0 ? [importArguments(join(flags.out, importName), stack)] : [];
  const drops = moved.map((peer) => dropArguments(peer, peerStack(flags)));
  return [...imports, ...drops].map((args) => shellLine("pulumi", args));
}

async function runEngine(
  flags: Flags,
  { resources }: Plan,
  moved: readonly PeerResource[],
  { project }: Reach,
  { progress, signal, stdin }: Context,
): Promise<void> {
  const stack = await project?.stack(flags.stack ?? "");
  const from = await project?.stack(peerStack(flags));
  if (!stack || !from) return;
  const toEngine = engineSignal(signal, stdin);
  if (resources.length > 0) {
    progress.update(`Stack ${stack.name}: importing ${resources.length} buckets …`);
    await importInto(stack, resolve(flags.out, importName), toEngine);
  }
  if (moved.length > 0)
    progress.update(`Stack ${from.name}: taking ${moved.length} resources out of its state …`);
  await dropPeers(from, moved, toEngine);
}
