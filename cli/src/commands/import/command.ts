import { resolve } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";
import type { Deployment } from "@pulumi/pulumi/automation";
import { RuleReader, type ReadSelection } from "../../buckets/read-rules";
import { checkSelection, type Selection } from "../../buckets/select-buckets";
import { selectionOptions } from "../../buckets/selection-options";
import { exitCodes } from "../../exit-codes";
import { notEmpty } from "../../option-values";
import { isFolder } from "../../output/files";
import { jsonOption, markdownOption, printReport } from "../../output/format";
import { orUserError } from "../../pulumi/project";
import { inFolder, shellLine, unlockAdvice } from "../../pulumi/shell-line";
import { alicloudRules, type AlicloudRule } from "../../pulumi/alicloud-rules";
import { managedResources } from "../../pulumi/stack-state";
import { openSession, type Session } from "../../session";
import { exampleHelp, type Context } from "../../subcommand";
import { UserError } from "../../user-error";
import { checkDroppable } from "./check-droppable";
import type { programs } from "./declarations";
import { dropArguments, importArguments } from "./engine-commands";
import { plan, type Plan } from "./plan";
import { readAudit } from "./read-audit";
import { importReport } from "./report";
import { writeDeclarations, type WrittenFiles } from "./write-declarations";

const description = `Bring the default encryption that buckets have under a stack's management.

Reads the rules and writes the file that \`pulumi import\` takes, and the program or the config that
declares the same; --run imports at once. Nothing is sent to OSS but reads: the rules stay as they
are. With --stack, buckets that it manages already are skipped, and its config is used. Exit code:
0 done, 1 a bucket could not be read or imported.`;

const examples = [
  ["oss-encryption import --stack prod", "All buckets: an import file, and TypeScript"],
  [
    "oss-encryption audit --json > audit.json; oss-encryption import --from audit.json --stack prod --run",
    "What an audit found, imported at once",
  ],
  ["oss-encryption import --stack prod --prefix logs- --program config", "Some buckets, as stack config"],
  [
    "oss-encryption import --stack prod --native --run",
    "Into a stack of the provider plugin, in any language",
  ],
  [
    "oss-encryption import --stack prod --from-alicloud --run",
    "Take over from alicloud.oss.BucketServerSideEncryption",
  ],
] as const;

export const importBuckets = (context: Context) =>
  new Command("import")
    .summary("bring buckets under a stack's management")
    .description(description)
    .addOption(selectionOptions.bucket())
    .addOption(selectionOptions.prefix())
    .addOption(selectionOptions.region())
    .addOption(selectionOptions.connection())
    .addOption(
      new Option("--from <file>", "the buckets in the JSON of an audit")
        .argParser(notEmpty)
        .conflicts(["bucket", "prefix", "region", "connection"]),
    )
    .addOption(
      new Option(
        "--from-alicloud [stack]",
        "the buckets of alicloud.oss.BucketServerSideEncryption in this stack's state (default: that of --stack)",
      )
        .argParser(notEmpty)
        .conflicts(["from", "bucket", "prefix", "region"]),
    )
    // The name that --from-alicloud had at first.
    .addOption(
      new Option("--from-peer [stack]")
        .argParser(notEmpty)
        .conflicts(["fromAlicloud", "from", "bucket", "prefix", "region"])
        .hideHelp(),
    )
    .addOption(new Option("--stack <name>", "stack to import into").argParser(notEmpty))
    .option("--cwd <folder>", "folder of the Pulumi project, with --stack", notEmpty, ".")
    .option("--out <folder>", "folder for the files", notEmpty, ".")
    .addOption(
      new Option("--program <kind>", "what declares the buckets")
        .choices(["typescript", "config"])
        .default("typescript" as const),
    )
    .addOption(
      new Option(
        "--native",
        "the plugin's resource, for programs in any language: declared in YAML, read by pulumi import itself",
      ).conflicts("program"),
    )
    // Files were replaced with it once; nothing is overwritten any more.
    .addOption(new Option("--force").hideHelp())
    .option(
      "--run",
      "import into the stack at once; with --from-alicloud, also take the others out of its state",
    )
    .addOption(selectionOptions.concurrency())
    .addOption(jsonOption())
    .addOption(markdownOption())
    .addHelpText("after", exampleHelp(examples))
    .action(async ({ fromPeer, native, program, ...given }) => {
      const options: ImportOptions = {
        ...given,
        program: native ? "yaml" : program,
        fromAlicloud: given.fromAlicloud ?? fromPeer,
      };
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
  const { alicloud, state } = await alicloudIn(options, session);
  const { readings, unlisted, emptyFilters, excluded } = await read(options, alicloud, session, context);
  const own = session.states.get(options.stack ?? "");
  const managed = own ? managedResources(own) : [];
  const taken = new Set(alicloud.map(({ urn }) => urn));
  const planned = plan(readings, managed, {
    alicloud: own ? alicloudRules(own).filter(({ urn }) => !taken.has(urn)) : [],
    namesAreBuckets: options.program === "config",
  });
  // Theirs go also where there is no rule to take over: it is for the program to say which one there is to be.
  const kept = new Set(planned.refused.map(({ bucket }) => bucket));
  const dropped = alicloud.filter(({ bucket }) => !kept.has(bucket));
  if (state) checkDroppable(state, alicloudStack(options), dropped);
  const written = await writeDeclarations(planned, managed, options, context.signal);
  if (options.run) await runEngine(options, planned, dropped, written, session, context);
  context.progress.clear();
  const report = importReport({
    plan: planned,
    unlisted,
    emptyFilters,
    excluded,
    written,
    imported: options.run && planned.resources.length > 0 ? options.stack : undefined,
    dropped: options.run ? dropped : [],
    keptAlicloud: alicloud.filter(({ bucket }) => kept.has(bucket)),
    commands: options.run ? [] : commandsLeft(options, planned, dropped, written),
  });
  printReport(report, options, context.stdout);
  const isWhole = [planned.refused, unlisted, emptyFilters].every(({ length }) => length === 0);
  context.finish(isWhole ? exitCodes.ok : exitCodes.failed);
}

/** The stack whose state holds the alicloud provider's resources. */
const alicloudStack = ({ fromAlicloud, stack = "" }: ImportOptions) =>
  typeof fromAlicloud === "string" ? fromAlicloud : stack;

/** What the alicloud provider manages, and the state that says so. Throws {@link UserError} where it manages nothing. */
async function alicloudIn(
  options: ImportOptions,
  { project, states }: Session,
): Promise<{ alicloud: AlicloudRule[]; state?: Deployment }> {
  if (!options.fromAlicloud || !project) return { alicloud: [] };
  const from = alicloudStack(options);
  const state = states.get(from) ?? (await orUserError((await project.stack(from)).exportStack()));
  const alicloud = alicloudRules(state).filter(
    ({ type }) => type === "alicloud.oss.BucketServerSideEncryption",
  );
  if (alicloud.length > 0) return { alicloud, state };
  throw new UserError(
    `--from-alicloud: the state of stack ${from} holds no alicloud.oss.BucketServerSideEncryption.`,
  );
}

async function read(
  options: ImportOptions,
  alicloud: readonly AlicloudRule[],
  { connections }: Session,
  context: Context,
): Promise<Omit<ReadSelection, "excluded"> & { excluded: number }> {
  const reader = new RuleReader(connections, context, options.concurrency);
  if (options.from) {
    const { addresses, ...found } = await readAudit(options.from);
    return { ...found, readings: await reader.readEach(addresses) };
  }
  const bucket = options.fromAlicloud ? alicloud.map((one) => one.bucket) : options.bucket;
  return { ...(await reader.readAll({ ...options, bucket })), excluded: 0 };
}

function commandsLeft(
  options: ImportOptions,
  { resources }: Plan,
  dropped: readonly AlicloudRule[],
  { importFile }: WrittenFiles,
): string[] {
  const { stack = "<stack>", cwd } = options;
  // With --cwd the engine looks for the file from there.
  const file = importFile && cwd !== "." ? resolve(importFile) : importFile;
  const imports = file && resources.length > 0 ? [importArguments(file, stack)] : [];
  const drops = dropArguments(dropped, alicloudStack(options));
  return [...imports, ...drops].map((args) => shellLine("pulumi", inFolder(args, cwd)));
}

async function runEngine(
  options: ImportOptions,
  { resources }: Plan,
  dropped: readonly AlicloudRule[],
  { importFile }: WrittenFiles,
  { project }: Session,
  { progress, adviseIfInterrupted }: Context,
): Promise<void> {
  const stack = options.stack ?? "";
  const from = alicloudStack(options);
  const again = "run the same command again, it goes on where it stopped";
  const step = async (name: string, args: string[]) => {
    adviseIfInterrupted(`What was done so far stays: ${again}. ${unlockAdvice(name, options.cwd)}`);
    try {
      await project?.run(args);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const command = args.slice(0, args[0] === "state" ? 2 : 1).join(" ");
      throw new UserError(`pulumi ${command}: ${error.message} When that is put right, ${again}.`);
    }
  };
  if (importFile && resources.length > 0) {
    progress.update(`Stack ${stack}: importing ${resources.length} buckets …`);
    await step(stack, importArguments(resolve(importFile), stack));
  }
  for (const args of dropArguments(dropped, from)) {
    progress.update(`Stack ${from}: taking ${dropped.length} resources out of its state …`);
    await step(from, args);
  }
  adviseIfInterrupted(undefined);
}
