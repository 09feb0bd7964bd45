import { join, resolve } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";
import { selectionOptions } from "../../buckets/selection-options";
import { openSession, type Session } from "../../session";
import { RuleReader, type Reading } from "../../buckets/read-rules";
import { checkSelection, type Selected, type Selection, type Unlisted } from "../../buckets/select-buckets";
import { engineSignal } from "../../pulumi/engine-signal";
import { inEngineWords } from "../../pulumi/project";
import { exitCodes } from "../../exit-codes";
import { UserError } from "../../user-error";
import { dropAlicloudResources, importArguments, importInto } from "./engine-commands";
import { importReport } from "./report";
import { dropArguments, alicloudResources, shellLine, type AlicloudResource } from "./alicloud";
import { plan, type Plan } from "./plan";
import { readAudit } from "./read-audit";
import { importFile, program, rulesConfig } from "./render";
import { isFolder, writeFiles } from "../../output/files";
import { jsonOption, markdownOption, printReport } from "../../output/format";
import { exampleHelp, type Context } from "../../subcommand";

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
    "oss-encryption import --stack prod --from-alicloud --run",
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
        "bucket",
        "prefix",
        "region",
        "connection",
      ]),
    )
    .addOption(
      new Option(
        "--from-alicloud [stack]",
        "the buckets of alicloud.oss.BucketServerSideEncryption in this stack's state (default: that of --stack)",
      ).conflicts(["from", "bucket", "prefix", "region"]),
    )
    // The name of --from-alicloud in 0.1.
    .addOption(new Option("--from-peer [stack]").conflicts("fromAlicloud").hideHelp())
    .addOption(new Option("--stack <name>", "stack to import into"))
    .option("--cwd <folder>", "folder of the Pulumi project, with --stack", ".")
    .option("--out <folder>", "folder for the files", ".")
    .addOption(
      new Option("--program <kind>", "what declares the buckets")
        .choices(["typescript", "config"])
        .default("typescript" as const),
    )
    .option("--force", "replace files that exist")
    .option(
      "--run",
      "import into the stack at once; with --from-alicloud, also take the others out of its state",
    )
    .addOption(selectionOptions.concurrency())
    .addOption(jsonOption())
    .addOption(markdownOption())
    .addHelpText("after", exampleHelp(examples))
    .action(async ({ fromPeer, ...given }) => {
      const flags: Flags = { ...given, fromAlicloud: given.fromAlicloud ?? fromPeer };
      await checkFlags(flags);
      const session = await openSession({ cwd: flags.cwd, stack: flags.stack ? [flags.stack] : [] }, context);
      try {
        await run(flags, session, context);
      } finally {
        session.close();
      }
    });

interface Flags extends Selection {
  from?: string | undefined;
  fromAlicloud?: string | true | undefined;
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
  if (flags.run && !flags.stack) throw new UserError("--run imports into a stack: name it with --stack.");
  if (flags.fromAlicloud && !flags.stack) {
    throw new UserError("--from-alicloud needs --stack, the stack to import into.");
  }
  if (!(await isFolder(flags.out))) throw new UserError(`--out: ${resolve(flags.out)} is not a folder.`);
}

async function run(flags: Flags, session: Session, context: Context): Promise<void> {
  const alicloud = flags.fromAlicloud ? await findAlicloudResources(flags, session) : [];
  const { readings, unlisted } = await read(flags, alicloud, session, context);
  const planned = plan(readings, flags.stack ? session.stacks.get(flags.stack) : []);
  const files = await write(planned, flags, context);
  const moved = alicloud.filter(({ bucket }) => isManagedAfter(planned, bucket));
  const commands = flags.run ? [] : commandsLeft(flags, planned, moved);
  if (flags.run) await runEngine(flags, planned, moved, session, context);
  context.progress.clear();
  const imported = flags.run && planned.resources.length > 0 ? flags.stack : undefined;
  printReport(importReport({ plan: planned, unlisted, files, imported, commands }), flags, context.stdout);
  const isWhole = planned.refused.length === 0 && unlisted.length === 0;
  context.finish(isWhole ? exitCodes.ok : exitCodes.failed);
}

const alicloudStack = ({ fromAlicloud, stack = "" }: Flags) =>
  typeof fromAlicloud === "string" ? fromAlicloud : stack;

const isManagedAfter = ({ resources, managed }: Plan, bucket: string) =>
  [...resources, ...managed].some((one) => one.bucket === bucket);

async function findAlicloudResources(flags: Flags, { project }: Session): Promise<AlicloudResource[]> {
  const stack = await project?.stack(alicloudStack(flags));
  if (!stack) return [];
  const alicloud = alicloudResources(await inEngineWords(stack.exportStack()));
  if (alicloud.length > 0) return alicloud;
  throw new UserError(
    `--from-alicloud: the state of stack ${stack.name} holds no alicloud.oss.BucketServerSideEncryption.`,
  );
}

async function read(
  flags: Flags,
  alicloud: readonly AlicloudResource[],
  { connections }: Session,
  context: Context,
): Promise<{ readings: Reading[]; unlisted: Unlisted[] }> {
  const reader = new RuleReader(connections, context, flags.concurrency);
  if (flags.fromAlicloud) return reader.readAll({ ...flags, bucket: alicloud.map(({ bucket }) => bucket) });
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

function commandsLeft(flags: Flags, { resources }: Plan, moved: readonly AlicloudResource[]): string[] {
  const stack = flags.stack ?? "<stack>";
  const imports = resources.length > 0 ? [importArguments(join(flags.out, importName), stack)] : [];
  const drops = moved.map((resource) => dropArguments(resource, alicloudStack(flags)));
  return [...imports, ...drops].map((args) => shellLine("pulumi", args));
}

async function runEngine(
  flags: Flags,
  { resources }: Plan,
  moved: readonly AlicloudResource[],
  { project }: Session,
  { progress, signal, stdin }: Context,
): Promise<void> {
  const stack = await project?.stack(flags.stack ?? "");
  const from = await project?.stack(alicloudStack(flags));
  if (!stack || !from) return;
  const toEngine = engineSignal(signal, stdin);
  if (resources.length > 0) {
    progress.update(`Stack ${stack.name}: importing ${resources.length} buckets …`);
    await importInto(stack, resolve(flags.out, importName), toEngine);
  }
  if (moved.length > 0) {
    progress.update(`Stack ${from.name}: taking ${moved.length} resources out of its state …`);
  }
  await dropAlicloudResources(from, moved, toEngine);
}
