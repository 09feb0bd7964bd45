import { Command, Option } from "@commander-js/extra-typings";
import { OssEncryptionError } from "pulumi-oss-encryption/oss";
import { repeatable } from "../../buckets/selection-options";
import { openSession, type Session } from "../../session";
import type { Selected } from "../../buckets/select-buckets";
import { secretText } from "../../pulumi/stack-state";
import { exitCodes, type ExitCode } from "../../exit-codes";
import { UserError } from "../../user-error";
import type { Block, Cell, Tone } from "../../output/document";
import { jsonOption, markdownOption, printReport } from "../../output/format";
import { renderText } from "../../output/text";
import { check, type Tried } from "./check";
import { neededByOthers, permissions as needed, policyDocument, type Permission } from "./policy";
import { exampleHelp, type Context } from "../../subcommand";

const description = `Print the least RAM policy that the provider and this command need.

The policy is JSON on stdout; what each action is for is said on stderr. --check tries with the
current credentials what can be tried by reading: whether they may write a rule is not tried.
OSS asks for no KMS action to declare a rule, and takes any CMK id: --check asks KMS whether the
CMK is there and enabled. Exit code: 0, or with --check 2 if something is missing or a CMK can't be
used, and 1 if it could not be told.`;

const examples = [
  ["oss-encryption permissions --stack prod", "For the buckets of a stack"],
  ["oss-encryption permissions --read-only", "To audit all buckets"],
  ["oss-encryption permissions --bucket logs --check", "Whether these credentials may read the rule"],
] as const;

export const permissions = (context: Context) =>
  new Command("permissions")
    .summary("print the RAM policy that is needed, or check it")
    .description(description)
    .addOption(new Option("--bucket <name>", "a bucket; repeatable (default: all)").argParser(repeatable))
    .addOption(
      new Option("--stack <name>", "the buckets that this stack manages, and its config").conflicts("bucket"),
    )
    .option("--cwd <folder>", "folder of the Pulumi project, with --stack", ".")
    .option("--read-only", "only what preview, refresh, drift and audit need")
    .option("--objects", "with what audit --objects needs")
    .option("--check", "try what the current credentials may do, changing nothing")
    .addOption(jsonOption())
    .addOption(markdownOption())
    .addHelpText("after", exampleHelp(examples))
    .action(async (flags) => {
      if ((flags.json ?? flags.markdown) && !flags.check) {
        throw new UserError("--json and --markdown go with --check: the policy is JSON.");
      }
      const session = await openSession({ cwd: flags.cwd, stack: flags.stack ? [flags.stack] : [] }, context);
      try {
        const targets = targetsOf(flags.bucket, flags.stack, session);
        const scope = { buckets: targets?.map(({ bucket }) => bucket), readOnly: flags.readOnly ?? false };
        const keys = keysOf(flags.stack, session);
        const all = needed({ ...scope, keys, objects: flags.objects ?? false });
        if (!flags.check) {
          context.progress.clear();
          context.progress.say(renderText([reasons(all)], process.stderr).trimEnd());
          context.stdout.write(`${JSON.stringify(policyDocument(all), undefined, 2)}\n`);
          return;
        }
        context.progress.update("Trying what the credentials may do …");
        const tried = await check(all, targets ?? (await anyBucket(session)), session.connections);
        context.progress.clear();
        printReport({ json: { version: 1, tried }, blocks: blocks(tried) }, flags, context.stdout);
        context.finish(exitCodeOf(tried));
      } finally {
        session.close();
      }
    });

function targetsOf(
  buckets: string[] | undefined,
  stack: string | undefined,
  { stacks }: Session,
): Selected[] | undefined {
  if (stack === undefined) return buckets?.map((bucket) => ({ bucket }));
  const managed = (stacks.get(stack) ?? []).filter(({ bucket }) => bucket !== secretText);
  if (managed.length === 0) {
    throw new UserError(`Stack ${stack} manages no bucket's encryption: name buckets with --bucket.`);
  }
  return managed.map(({ bucket, region, connection }) => ({
    bucket,
    ...(region ? { region } : {}),
    ...(connection ? { connection } : {}),
  }));
}

/** The CMKs that a stack declares; undefined: not known. */
function keysOf(stack: string | undefined, { stacks }: Session): string[] | undefined {
  if (stack === undefined) return undefined;
  const keys = (stacks.get(stack) ?? []).flatMap(({ kmsMasterKeyId }) => kmsMasterKeyId ?? []);
  return keys.includes(secretText) ? undefined : [...new Set(keys)];
}

/** One bucket stands for all; none where they may not be listed, which the check shows by itself. */
async function anyBucket({ connections }: Session): Promise<Selected[]> {
  try {
    for await (const page of connections.inventory({}).listBuckets()) return page.slice(0, 1);
  } catch (error) {
    if (!(error instanceof OssEncryptionError)) throw error;
  }
  return [];
}

function reasons(all: readonly Permission[]): Block {
  const others = all.some(({ action }) => action.startsWith("kms:")) ? neededByOthers : [];
  const rows = [...all, ...others].map(({ action, reason }) => [action, reason]);
  return { table: { columns: ["action", "for"], rows } };
}

const tones: Record<Tried["result"], Tone> = {
  allowed: "good",
  missing: "bad",
  unknown: "unsure",
  untried: "quiet",
  keyUnusable: "bad",
};
const words = {
  allowed: "allowed",
  missing: "missing",
  unknown: "could not be told",
  untried: "not tried",
  keyUnusable: "allowed, but the key is unusable",
};

function exitCodeOf(tried: readonly Tried[]): ExitCode {
  const results = new Set(tried.map(({ result }) => result));
  if (results.has("missing") || results.has("keyUnusable")) return exitCodes.findings;
  return results.has("unknown") ? exitCodes.failed : exitCodes.ok;
}

function blocks(tried: readonly Tried[]): Block[] {
  const rows = tried.map(({ action, bucket, result, reason }): Cell[] => [
    action,
    bucket || "(account)",
    { text: words[result], tone: tones[result] },
    reason ?? "",
  ]);
  return [{ table: { columns: ["action", "bucket", "result", "reason"], rows } }];
}
