import { basename, dirname, resolve } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";
import { identify } from "../../buckets/identities";
import { RuleReader } from "../../buckets/read-rules";
import { checkSelection, defaultName, type Selection } from "../../buckets/select-buckets";
import { selectionOptions } from "../../buckets/selection-options";
import { exitCodes, type ExitCode } from "../../exit-codes";
import { notEmpty, repeatable, wholeNumber } from "../../option-values";
import { isFolder, refuseExisting, writeFiles } from "../../output/files";
import { jsonText } from "../../output/document";
import { jsonOption, markdownOption, printReport, type FormatOptions } from "../../output/format";
import { alicloudRules } from "../../pulumi/alicloud-rules";
import { managedResources } from "../../pulumi/stack-state";
import { openSession, type Session } from "../../session";
import { exampleHelp, type Context } from "../../subcommand";
import { UserError } from "../../user-error";
import {
  applyExceptions,
  auditBucket,
  excludedBucket,
  verdict,
  type Audit,
  type Managers,
  type Verdict,
} from "./audit";
import { auditCsv } from "./csv";
import { readExceptions, type Exception } from "./exceptions";
import { auditPage } from "./html/page";
import { addKeys, addObjects } from "./keys-and-objects";
import { auditReport } from "./report";
import { filtersOf } from "./provenance";
import { requirement, type Requirement } from "./requirement";
import { auditSarif } from "./sarif";

const description = `Read the default encryption of every bucket and check it against a requirement.

Lists the buckets that the credentials can see, in all regions, and changes nothing. Credentials
and region come from the environment, or with --stack from that stack's config as for the
provider. OSS takes any CMK id for a rule, so KMS is asked whether the CMK is there and enabled.
Exit code: 0 all buckets fulfil the requirement, 2 some do not or name a CMK that can't be used,
1 not everything could be read.`;

const examples = [
  ["oss-encryption audit", "Every bucket has a default rule"],
  [
    "oss-encryption audit --require customer-managed-key --prefix payroll- --json",
    "Buckets that must use a CMK of your own",
  ],
  ["oss-encryption audit --stack prod", "Which buckets the stack manages, and which no stack does"],
  ["oss-encryption audit --html audit.html", "A page for auditors, to filter and to print"],
  ["oss-encryption audit --bucket logs --objects --sample 1000", "How existing objects are encrypted"],
] as const;

const exitCodeOf: Record<Verdict, ExitCode> = {
  fulfilled: exitCodes.ok,
  findings: exitCodes.findings,
  unknown: exitCodes.failed,
};

export const audit = (context: Context) =>
  new Command("audit")
    .summary("check the default encryption of all buckets")
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
    .addOption(selectionOptions.exclude())
    .option(
      "--exceptions <file>",
      "YAML or JSON file of buckets that need not fulfil it for some time: { exceptions: [{ bucket, reason, until }] }",
      notEmpty,
    )
    .addOption(
      new Option(
        "--stack <name>",
        "say what this stack manages, and use the first one's config; repeatable",
      ).argParser(repeatable),
    )
    .option("--cwd <folder>", "folder of the Pulumi project, with --stack", notEmpty, ".")
    .option("--objects", "count existing objects by their encryption: one request for each object")
    .addOption(
      new Option("--sample <n>", "with --objects: only the first objects of a bucket").argParser(
        wholeNumber(1, 1_000_000),
      ),
    )
    .addOption(selectionOptions.concurrency())
    .addOption(jsonOption().conflicts(["csv", "sarif"]))
    .addOption(markdownOption().conflicts(["csv", "sarif"]))
    .addOption(new Option("--csv", "print CSV, for a spreadsheet").conflicts("sarif"))
    .option("--sarif", "print SARIF 2.1.0, for what collects findings of scanners")
    .option("--html <file>", "also write the report as an HTML page that is complete in one file", notEmpty)
    .option("--force", "with --html: replace a file that exists")
    .addHelpText("after", exampleHelp(examples))
    .action(async (options) => {
      if (options.sample !== undefined && !options.objects) throw new UserError("--sample needs --objects.");
      if (options.force && options.html === undefined) throw new UserError("--force needs --html.");
      checkSelection(options);
      const required = requirement(options.require);
      const { html, force = false } = options;
      const writePage = html === undefined ? undefined : await openPage(html, force);
      const exceptions = options.exceptions === undefined ? [] : await readExceptions(options.exceptions);
      const session = await openSession(options, context);
      try {
        const audit = await run(required, exceptions, options, session, context);
        context.progress.clear();
        print(audit, options, context.stdout);
        // After the report: a disk that is full takes nothing of it away.
        await writePage?.(auditPage(audit), context.signal);
        context.finish(exitCodeOf[verdict(audit)]);
      } finally {
        session.close();
      }
    });

interface AuditOptions extends Selection, FormatOptions {
  concurrency: number;
  exceptions?: string | undefined;
  objects?: true | undefined;
  sample?: number | undefined;
  csv?: true | undefined;
  sarif?: true | undefined;
}

async function run(
  required: Requirement,
  exceptions: readonly Exception[],
  options: AuditOptions,
  session: Session,
  context: Context,
): Promise<Audit> {
  const { connections } = session;
  const connectionRefs = (options.connection ?? [null]).map((name) => ({
    connection: name === defaultName ? null : name,
  }));
  // Beside the lists, which do not wait for it.
  const [identities, { buckets, ...found }] = await Promise.all([
    identify(connections, connectionRefs),
    readBuckets(required, options, session, context),
  ]);
  const time = new Date();
  return {
    require: required.text,
    buckets,
    ...found,
    staleExceptions: applyExceptions(buckets, exceptions, time),
    time,
    version: context.version,
    identities,
    filters: filtersOf(options),
  };
}

async function readBuckets(
  required: Requirement,
  options: AuditOptions,
  session: Session,
  context: Context,
): Promise<Pick<Audit, "buckets" | "unlisted" | "emptyFilters">> {
  const { connections } = session;
  const reader = new RuleReader(connections, context, options.concurrency);
  const { readings, unlisted, emptyFilters, excluded } = await reader.readAll(options);
  const managers = managersIn(session);
  const read = readings.map((reading) => auditBucket(reading, required, managers));
  await addKeys(read, connections, options.concurrency, context);
  if (options.objects) await addObjects(read, connections, options.sample, context);
  return { buckets: [...read, ...excluded.map(excludedBucket)], unlisted, emptyFilters };
}

function print(audit: Audit, options: AuditOptions, stdout: NodeJS.WriteStream): void {
  if (options.csv) stdout.write(auditCsv(audit));
  else if (options.sarif) stdout.write(jsonText(auditSarif(audit)));
  else printReport(auditReport(audit), options, stdout);
}

/** Who manages a bucket; undefined where no stack was named. */
function managersIn({ states }: Session): ((bucket: string) => Managers) | undefined {
  if (states.size === 0) return undefined;
  const managers = new Map<string, Managers>();
  const of = (bucket: string): Managers => {
    const known = managers.get(bucket) ?? { managedBy: [] };
    managers.set(bucket, known);
    return known;
  };
  for (const [stack, state] of states) {
    for (const { address } of managedResources(state)) of(address.bucket).managedBy.push(stack);
    for (const { bucket, type } of alicloudRules(state)) (of(bucket).setBy ??= []).push({ stack, type });
  }
  return (bucket) => managers.get(bucket) ?? { managedBy: [] };
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
  const ifExists = "--force replaces it";
  if (!force) await refuseExisting(folder, [name], ifExists);
  const replace = force ? [name] : [];
  return (page, signal) => writeFiles(folder, { [name]: page }, { replace, ifExists, signal });
}
