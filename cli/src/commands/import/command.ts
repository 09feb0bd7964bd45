import { join, resolve } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";
import { RuleReader, type Reading } from "../../buckets/read-rules";
import { checkSelection, type Selection, type Unlisted } from "../../buckets/select-buckets";
import { selectionOptions } from "../../buckets/selection-options";
import { exitCodes } from "../../exit-codes";
import { isFolder, writeFiles } from "../../output/files";
import { jsonOption, markdownOption, printReport } from "../../output/format";
import { engineSignal } from "../../pulumi/engine";
import { openSession, type Session } from "../../session";
import { exampleHelp, type Context } from "../../subcommand";
import { UserError } from "../../user-error";
import { findAlicloudResources, type AlicloudResource } from "./alicloud";
import {
  dropAlicloudResources,
  dropArguments,
  importArguments,
  importInto,
  shellLine,
} from "./engine-commands";
import { plan, type Plan } from "./plan";
import { readAudit } from "./read-audit";
import { importFile, program, rulesConfig } from "./render";
import { importReport } from "./report";

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
    // The name that --from-alicloud had at first.
    .addOption(
      new Option("--from-peer [stack]")
        .conflicts(["fromAlicloud", "from", "bucket", "prefix", "region"])
        .hideHelp(),
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
    .option(
      "--run",
      "import into the stack at once; with --from-alicloud, also take the others out of its state",
    )
    .addOption(selectionOptions.concurrency())
    .addOption(jsonOption())
    .addOption(markdownOption())
    .addHelpText("after", exampleHelp(examples))
    .action(async ({ fromPeer, ...given }) => {
      const options: ImportOptions = { ...given, fromAlicloud: given.fromAlicloud ?? fromPeer };
      await checkOptions(options);
      const { cwd, stack } = options;
      const session = await openSession({ cwd, stack: stack ? [stack] : [] }, context);
      try {
        await run(options, session, context);
      } finally {
        session.close();
      }
    });

interface ImportOptions extends Selection {
  from?: string | undefined;
  /** True: of the stack to import into. */
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

async function checkOptions(options: ImportOptions): Promise<void> {
  checkSelection(options);
  if (options.run && !options.stack) throw new UserError("--run needs --stack, the stack to import into.");
  if (options.fromAlicloud && !options.stack) {
    throw new UserError("--from-alicloud needs --stack, the stack to import into.");
  }
  if (!(await isFolder(options.out))) throw new UserError(`--out: ${resolve(options.out)} is not a folder.`);
}

async function run(options: ImportOptions, session: Session, context: Context): Promise<void> {
  const from = options.fromAlicloud ? await session.project?.stack(alicloudStack(options)) : undefined;
  const alicloud = from ? await findAlicloudResources(from) : [];
  const { readings, unlisted } = await read(options, alicloud, session, context);
  const planned = plan(readings, options.stack ? session.stacks.get(options.stack) : []);
  const files = await write(planned, options, context);
  const moved = alicloud.filter(({ bucket }) => isManagedAfter(planned, bucket));
  const commands = options.run ? [] : commandsLeft(options, planned, moved);
  if (options.run) await runEngine(options, planned, moved, session, context);
  context.progress.clear();
  const imported = options.run && planned.resources.length > 0 ? options.stack : undefined;
  printReport(importReport({ plan: planned, unlisted, files, imported, commands }), options, context.stdout);
  const isWhole = planned.refused.length === 0 && unlisted.length === 0;
  context.finish(isWhole ? exitCodes.ok : exitCodes.failed);
}

/** The stack whose state holds the alicloud provider's resources. */
const alicloudStack = ({ fromAlicloud, stack = "" }: ImportOptions) =>
  typeof fromAlicloud === "string" ? fromAlicloud : stack;

const isManagedAfter = ({ resources, managed }: Plan, bucket: string) =>
  [...resources, ...managed].some((one) => one.bucket === bucket);

async function read(
  options: ImportOptions,
  alicloud: readonly AlicloudResource[],
  { connections }: Session,
  context: Context,
): Promise<{ readings: Reading[]; unlisted: Unlisted[] }> {
  const reader = new RuleReader(connections, context, options.concurrency);
  if (options.from) {
    const places = await readAudit(options.from);
    return { readings: await reader.readEach(places), unlisted: [] };
  }
  const bucket = options.fromAlicloud ? alicloud.map((one) => one.bucket) : options.bucket;
  return reader.readAll({ ...options, bucket });
}

async function write(planned: Plan, options: ImportOptions, { signal }: Context): Promise<string[]> {
  if (planned.resources.length === 0) return [];
  const { name, render } = programs[options.program];
  const files = { [importName]: importFile(planned), [name]: render(planned) };
  await writeFiles(options.out, files, { force: options.force ?? false, signal });
  return Object.keys(files).map((file) => join(options.out, file));
}

function commandsLeft(
  options: ImportOptions,
  { resources }: Plan,
  moved: readonly AlicloudResource[],
): string[] {
  const stack = options.stack ?? "<stack>";
  const imports = resources.length > 0 ? [importArguments(join(options.out, importName), stack)] : [];
  const drops = moved.map((resource) => dropArguments(resource, alicloudStack(options)));
  return [...imports, ...drops].map((args) => shellLine("pulumi", args));
}

async function runEngine(
  options: ImportOptions,
  { resources }: Plan,
  moved: readonly AlicloudResource[],
  { project }: Session,
  { progress, signal, stdin }: Context,
): Promise<void> {
  const stack = await project?.stack(options.stack ?? "");
  const from = await project?.stack(alicloudStack(options));
  if (!stack || !from) return;
  const toEngine = engineSignal(signal, stdin);
  if (resources.length > 0) {
    progress.update(`Stack ${stack.name}: importing ${resources.length} buckets …`);
    await importInto(stack, resolve(options.out, importName), toEngine);
  }
  if (moved.length > 0) {
    progress.update(`Stack ${from.name}: taking ${moved.length} resources out of its state …`);
  }
  await dropAlicloudResources(from, moved, toEngine);
}
