import { basename, dirname, resolve } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";
import { addKeys, addObjects } from "./keys-and-objects";
import { auditReport } from "./report";
import { repeatable, selectionOptions, wholeNumber } from "../../buckets/selection-options";
import { auditPage } from "./html/page";
import { judge, verdict, type Verdict } from "./judge";
import { openSession, type Session } from "../../session";
import { RuleReader } from "../../buckets/read-rules";
import { requirement } from "./requirement";
import { checkSelection } from "../../buckets/select-buckets";
import { exitCodes, type ExitCode } from "../../exit-codes";
import { UserError } from "../../user-error";
import { jsonOption, markdownOption, printReport } from "../../output/format";
import { isFolder, refuseExisting, writeFiles } from "../../output/files";
import { exampleHelp, type Context } from "../../subcommand";

const description = `Read the default encryption of every bucket and judge it against a requirement.

Lists the buckets that the credentials can see, in all regions, and changes nothing. Credentials
and region come from the environment, or with --stack from that stack's config as for the
provider. OSS takes any CMK id for a rule, so KMS is asked whether the CMK is there and enabled.
Exit code: 0 all fulfil the requirement, 2 some don't or name a CMK that uploads fail with, 1 it
could not be told.`;

const examples = [
  ["oss-encryption audit", "Every bucket has a default rule"],
  [
    "oss-encryption audit --require customer-managed-key --prefix payroll- --json",
    "Some need a key of one's own",
  ],
  ["oss-encryption audit --stack prod", "Which buckets the stack manages, and which nobody does"],
  ["oss-encryption audit --html audit.html", "A page to hand on, to filter and to print"],
  [
    "oss-encryption audit --bucket logs --objects --sample 1000",
    "What the objects carry that are there already",
  ],
] as const;

const exitCodeOf: Record<Verdict, ExitCode> = {
  fulfilled: exitCodes.ok,
  findings: exitCodes.findings,
  unknown: exitCodes.failed,
};

export const audit = (context: Context) =>
  new Command("audit")
    .summary("judge the default encryption of all buckets")
    .description(description)
    .option(
      "--require <what>",
      "declared (any rule), kms, customer-managed-key, or a list of algorithms such as AES256,KMS",
      "declared",
    )
    .addOption(selectionOptions.bucket())
    .addOption(selectionOptions.prefix())
    .addOption(selectionOptions.region())
    .addOption(selectionOptions.connection())
    .addOption(
      new Option(
        "--stack <name>",
        "say what this stack manages, and use the first one's config; repeatable",
      ).argParser(repeatable),
    )
    .option("--cwd <folder>", "folder of the Pulumi project, with --stack", ".")
    .option("--objects", "count objects by the encryption they carry: a request each")
    .addOption(
      new Option("--sample <n>", "with --objects: only the first objects of a bucket").argParser(
        wholeNumber(1, 1_000_000),
      ),
    )
    .addOption(selectionOptions.concurrency())
    .addOption(jsonOption())
    .addOption(markdownOption())
    .option("--html <file>", "also write a page for auditors, complete in one file")
    .option("--force", "with --html: replace a file that exists")
    .addHelpText("after", exampleHelp(examples))
    .action(async (flags) => {
      if (flags.sample !== undefined && !flags.objects) throw new UserError("--sample goes with --objects.");
      if (flags.force && flags.html === undefined) throw new UserError("--force goes with --html.");
      checkSelection(flags);
      const required = requirement(flags.require);
      const page = flags.html === undefined ? undefined : await openPage(flags.html, flags.force ?? false);
      const session = await openSession(flags, context);
      try {
        const reader = new RuleReader(session.connections, context, flags.concurrency);
        const { readings, unlisted } = await reader.readAll(flags);
        const managers = managersIn(session);
        const buckets = readings.map((reading) => judge(reading, required, managers));
        await addKeys(buckets, session.connections, flags.concurrency, context);
        if (flags.objects) await addObjects(buckets, session.connections, flags.sample, context);
        context.progress.clear();
        const done = { require: required.text, buckets, unlisted };
        printReport(auditReport(done), flags, context.stdout);
        // After the report: a disk that is full takes nothing of it away.
        await page?.(auditPage(done, new Date()), context.signal);
        context.finish(exitCodeOf[verdict(done)]);
      } finally {
        session.close();
      }
    });

/** Names the stacks that manage a bucket; undefined where no stack was named. */
function managersIn({ stacks }: Session): ((bucket: string) => string[]) | undefined {
  if (stacks.size === 0) return undefined;
  const managers = new Map<string, string[]>();
  for (const [stack, resources] of stacks) {
    for (const { bucket } of resources) managers.set(bucket, [...(managers.get(bucket) ?? []), stack]);
  }
  return (bucket) => managers.get(bucket) ?? [];
}

/** Makes sure that a page can be written, and says how. Throws {@link UserError} where it exists already. */
async function openPage(
  file: string,
  force: boolean,
): Promise<(page: string, signal: AbortSignal) => Promise<void>> {
  const path = resolve(file);
  const [folder, name] = [dirname(path), basename(path)];
  if (!(await isFolder(folder))) throw new UserError(`--html: ${folder} is not a folder.`);
  if (await isFolder(path)) throw new UserError(`--html: ${path} is a folder.`);
  if (!force) await refuseExisting(folder, [name]);
  return (page, signal) => writeFiles(folder, { [name]: page }, { force, signal });
}
